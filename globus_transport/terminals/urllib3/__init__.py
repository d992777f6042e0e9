"""The default terminal: urllib3 makes the connections, and ``http1`` writes and reads what goes over them."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "terminals.urllib3.terminal": ("Urllib3Terminal",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
