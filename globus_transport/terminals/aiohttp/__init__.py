"""The terminal over an ``aiohttp.ClientSession`` (extra ``aiohttp``)."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "terminals.aiohttp.terminal": ("AiohttpTerminal",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
