"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.compute.async_client import AsyncComputeClientV2 as AsyncComputeClientV2
from globus_transport.services.compute.async_client import AsyncComputeClientV3 as AsyncComputeClientV3
from globus_transport.services.compute.client import ComputeClientV2 as ComputeClientV2
from globus_transport.services.compute.client import ComputeClientV3 as ComputeClientV3
from globus_transport.services.compute.errors import ComputeAPIError as ComputeAPIError
