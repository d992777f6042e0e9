"""The routes of the services by name, as faults and the control API name them: ``transfer.get_task``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from globus_transport.experimental.transfer_v2.client import TransferClientV2
from globus_transport.routing.table import Declared, RouteTable
from globus_transport.services.auth.client import AuthClient, ConfidentialAppAuthClient, NativeAppAuthClient
from globus_transport.services.compute.client import ComputeClientV2, ComputeClientV3
from globus_transport.services.flows.client import FlowsClient, SpecificFlowClient
from globus_transport.services.gcs.client import GCSClient
from globus_transport.services.groups.client import GroupsClient
from globus_transport.services.search.client import SearchClient
from globus_transport.services.timers.client import TimersClient
from globus_transport.services.transfer.client import TransferClient

#: The route tables of each service of the sandbox.
TABLES: dict[str, tuple[type[RouteTable], ...]] = {
    "auth": (AuthClient, NativeAppAuthClient, ConfidentialAppAuthClient),
    "transfer": (TransferClient, TransferClientV2),
    "groups": (GroupsClient,),
    "search": (SearchClient,),
    "flows": (FlowsClient, SpecificFlowClient),
    "timer": (TimersClient,),
    "compute": (ComputeClientV2, ComputeClientV3),
    "connect_server": (GCSClient,),
}

# A call that makes several requests stands for the one that does what its name says.
_REQUESTS: dict[Declared, tuple[Declared, ...]] = {
    AuthClient.get_client: (AuthClient._get_client, AuthClient._find_client),
    NativeAppAuthClient.oauth2_exchange_code_for_tokens: (NativeAppAuthClient._oauth2_exchange_code,),
    NativeAppAuthClient.oauth2_token: (NativeAppAuthClient._oauth2_grant,),
    TransferClient.submit_transfer: (TransferClient._submit_transfer,),
    TransferClient.submit_delete: (TransferClient._submit_delete,),
    TransferClient.task_wait: (TransferClient.get_task,),
    TransferClient.create_tunnel: (TransferClient._create_tunnel,),
    GCSClient.find_endpoint_client_id: (GCSClient.get_gcs_info,),
}

_PARAMETER = re.compile(r"{\w+}")


def routes_of(service: str) -> Iterator[Declared]:
    """The routes of a service that are one request, each once.

    :raises KeyError: if there is no such service
    """
    seen: set[Declared] = set()
    for table in TABLES[service]:
        for route in table.routes:
            if route.path.startswith("/") and route not in seen:
                seen.add(route)
                yield route


def find_routes(name: str | Declared) -> tuple[str, list[Declared]]:
    """The service and the routes that a name stands for.

    :param name: such as ``transfer.get_task``, or a route such as ``TransferClient.get_task``
    :return: several routes if clients for several versions of an API have one of this name, or if a call may be one of
        several requests
    :raises ValueError: if there is no such route, or it is not known which of its requests is meant
    """
    for service, tables in TABLES.items():
        named = [route for table in tables for route in table.routes if name in (route, f"{service}.{route.name}")]
        requests = dict.fromkeys(request for route in named for request in _REQUESTS.get(route, (route,)))
        if any(not request.path.startswith("/") for request in requests):
            raise ValueError(f"route={name!r} makes several requests: give the method and the path of one")
        if requests:
            return service, [*requests]
    raise ValueError(f"route={name!r}: give a route such as 'transfer.get_task' or TransferClient.get_task")


def path_pattern(route: Declared, service: str) -> re.Pattern[str]:
    """What matches the paths of a route of a service."""
    literals = [re.escape(literal) for literal in _PARAMETER.split(route.path)]
    # The base URL of Globus Connect Server's client ends with /api/.
    prefix = "(?:/api)?" if service == "connect_server" else ""
    return re.compile(prefix + "[^/]+".join(literals))
