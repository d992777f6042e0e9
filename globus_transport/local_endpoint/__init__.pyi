"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.local_endpoint.owner_info import GlobusConnectPersonalOwnerInfo as GlobusConnectPersonalOwnerInfo
from globus_transport.local_endpoint.personal import LocalGlobusConnectPersonal as LocalGlobusConnectPersonal
from globus_transport.local_endpoint.server import LocalGlobusConnectServer as LocalGlobusConnectServer
