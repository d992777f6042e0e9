"""The services of a sandbox: their names, and the applications that answer for them."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from flask import Flask

from globus_transport.sandbox.auth_api import create_auth_app
from globus_transport.sandbox.auth_errors import AuthError
from globus_transport.sandbox.compute.app import create_compute_app
from globus_transport.sandbox.compute.errors import ComputeError
from globus_transport.sandbox.connect_server.app import create_connect_server_app
from globus_transport.sandbox.connect_server.errors import GCSError
from globus_transport.sandbox.flows.app import create_flows_app
from globus_transport.sandbox.flows.errors import FlowsError
from globus_transport.sandbox.groups.app import create_groups_app
from globus_transport.sandbox.groups.errors import GroupsError
from globus_transport.sandbox.search.app import create_search_app
from globus_transport.sandbox.search.errors import SearchError
from globus_transport.sandbox.service_errors import ServiceError
from globus_transport.sandbox.state import State
from globus_transport.sandbox.timers.app import create_timers_app
from globus_transport.sandbox.timers.errors import TimersError
from globus_transport.sandbox.transfer_api import create_transfer_app
from globus_transport.sandbox.transfer_errors import TransferError

_MIB = 1024 * 1024


@attrs.frozen
class Service:
    """A service, on a port of its own.

    :ivar name: in faults, in the log of requests, and in ``GLOBUS_SDK_SERVICE_URL_...``
    :ivar error_class: of its error responses
    :ivar max_body_size: of a request, in bytes, if it is below that of the sandbox
    :ivar has_variable: whether an environment variable leads clients to it
    """

    name: str
    create_app: Callable[[State], Flask]
    error_class: type[ServiceError]
    max_body_size: int | None = None
    has_variable: bool = True


#: The services by name, in the order in which the sandbox starts them.
SERVICES = {
    service.name: service
    for service in (
        Service("auth", create_auth_app, AuthError, _MIB),
        Service("transfer", create_transfer_app, TransferError),
        Service("groups", create_groups_app, GroupsError),
        Service("search", create_search_app, SearchError),
        Service("flows", create_flows_app, FlowsError),
        Service("timer", create_timers_app, TimersError),
        Service("compute", create_compute_app, ComputeError),
        Service("connect_server", create_connect_server_app, GCSError, has_variable=False),
    )
}
