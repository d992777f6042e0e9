"""A stack for code that takes a ``urllib3.PoolManager`` (no extra: urllib3 is always installed)."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "embed.urllib3.pool": ("StackPool",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
