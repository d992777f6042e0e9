"""The clients of Globus Compute for asyncio."""

from __future__ import annotations

from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.compute.routes.v2 import ComputeRoutesV2
from globus_transport.services.compute.routes.v3 import ComputeRoutesV3


class AsyncComputeClientV2(ComputeRoutesV2, AsyncBaseClient):
    """Registers functions and endpoints, submits tasks and reads their results, by version 2 of the API."""


class AsyncComputeClientV3(ComputeRoutesV3, AsyncBaseClient):
    """Registers functions and endpoints, and submits tasks, by version 3 of the API.

    Tasks and their results are read with :class:`AsyncComputeClientV2`.
    """
