"""For requests (extra ``requests``): an authorizer as ``auth=``, and a stack as an adapter of a session."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "embed.requests.adapter": ("StackAdapter",),
    "embed.requests.auth": ("GlobusAuth",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
