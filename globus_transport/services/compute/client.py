"""The clients of Globus Compute for threads."""

from __future__ import annotations

from globus_transport.routing.client import BaseClient
from globus_transport.services.compute.routes.v2 import ComputeRoutesV2
from globus_transport.services.compute.routes.v3 import ComputeRoutesV3


class ComputeClientV2(ComputeRoutesV2, BaseClient):
    """Registers functions and endpoints, submits tasks and reads their results, by version 2 of the API."""


class ComputeClientV3(ComputeRoutesV3, BaseClient):
    """Registers functions and endpoints, and submits tasks, by version 3 of the API.

    Tasks and their results are read with :class:`ComputeClientV2`.
    """
