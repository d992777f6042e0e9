"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.transfer.async_client import AsyncTransferClient as AsyncTransferClient
from globus_transport.services.transfer.client import TransferClient as TransferClient
from globus_transport.services.transfer.data.delete_data import DeleteData as DeleteData
from globus_transport.services.transfer.data.transfer_data import TransferData as TransferData
from globus_transport.services.transfer.data.tunnel_data import CreateTunnelData as CreateTunnelData
from globus_transport.services.transfer.errors import TransferAPIError as TransferAPIError
from globus_transport.services.transfer.response import IterableTransferResponse as IterableTransferResponse
