"""The default terminal of ``AsyncStack``: an event loop moves the bytes, and ``http1`` writes and reads them."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "terminals.asyncio.terminal": ("AsyncioTerminal",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
