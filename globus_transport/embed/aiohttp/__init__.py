"""For aiohttp, 3.12.2 or later (extra ``aiohttp``): an authorizer, or layers of a stack, as a client middleware."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "embed.aiohttp.middlewares": ("GlobusAuth", "StackMiddleware"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
