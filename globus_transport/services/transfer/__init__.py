"""Globus Transfer: collections, files on them, and tasks. Reference: docs.globus.org/api/transfer.

Names are loaded when they are first used.
"""

from __future__ import annotations

# As in the package's own __init__: type checkers take it for true.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from globus_transport.services.transfer.clients import TransferClient
    from globus_transport.services.transfer.data.delete_data import DeleteData
    from globus_transport.services.transfer.data.transfer_data import TransferData
    from globus_transport.services.transfer.data.tunnel_data import CreateTunnelData
    from globus_transport.services.transfer.errors import TransferAPIError
    from globus_transport.services.transfer.replies import IterableTransferResponse

_MODULES = {
    "TransferClient": "clients",
    "DeleteData": "data.delete_data",
    "TransferData": "data.transfer_data",
    "CreateTunnelData": "data.tunnel_data",
    "TransferAPIError": "errors",
    "IterableTransferResponse": "replies",
}

__all__ = [
    "CreateTunnelData",
    "DeleteData",
    "IterableTransferResponse",
    "TransferAPIError",
    "TransferClient",
    "TransferData",
]

if not TYPE_CHECKING:
    import globus_transport

    # A module that the annotations of routes name is loaded with the first call of such a route.
    __getattr__ = globus_transport._lazily(globals(), _MODULES, {"filters"})


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
