"""For httpx (extra ``httpx``): an authorizer as ``auth=``, and a stack as a transport, for both kinds of clients."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "embed.httpx.public": ("AsyncStackTransport", "GlobusAuth", "StackTransport"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
