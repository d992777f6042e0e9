"""Globus Connect on this computer: its endpoint and its owner, as its own files say.

``personal`` reads the files of Globus Connect Personal, and ``server`` those of Globus Connect Server. Nothing here
calls a service, except for the owner's whole identity, which an Auth client looks up.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "local_endpoint.owner_info": ("GlobusConnectPersonalOwnerInfo",),
    "local_endpoint.personal": ("LocalGlobusConnectPersonal",),
    "local_endpoint.server": ("LocalGlobusConnectServer",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
