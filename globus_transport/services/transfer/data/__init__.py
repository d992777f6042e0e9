"""The documents that are submitted to Globus Transfer: transfers, deletes and tunnels.

``field_checks`` checks their paths and deadlines.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.transfer.data.delete_data": ("DeleteData",),
    "services.transfer.data.transfer_data": ("TransferData",),
    "services.transfer.data.tunnel_data": ("CreateTunnelData",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
