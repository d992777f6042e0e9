"""Stores responses and uses them again (RFC 9111): the layer with its store, and the rules of freshness."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "middleware.cache.cache": ("Cache", "CacheStore", "MemoryStore"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
