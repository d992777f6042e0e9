"""Globus Transfer: collections, their files, and transfer and delete tasks. Reference: docs.globus.org/api/transfer."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.transfer.async_client": ("AsyncTransferClient",),
    "services.transfer.client": ("TransferClient",),
    "services.transfer.data.delete_data": ("DeleteData",),
    "services.transfer.data.transfer_data": ("TransferData",),
    "services.transfer.data.tunnel_data": ("CreateTunnelData",),
    "services.transfer.errors": ("TransferAPIError",),
    "services.transfer.response": ("IterableTransferResponse",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
