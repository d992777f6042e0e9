"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.transfer.data.delete_data import DeleteData as DeleteData
from globus_transport.services.transfer.data.transfer_data import TransferData as TransferData
from globus_transport.services.transfer.data.tunnel_data import CreateTunnelData as CreateTunnelData
