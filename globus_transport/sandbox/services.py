"""The services of a sandbox: their names, and the applications that answer for them."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from flask import Flask

from globus_transport.sandbox import auth_errors, service_errors, transfer_errors
from globus_transport.sandbox.auth_api import create_auth_app
from globus_transport.sandbox.compute.app import create_compute_app
from globus_transport.sandbox.connect_server import errors as connect_server_errors
from globus_transport.sandbox.connect_server.app import create_connect_server_app
from globus_transport.sandbox.flows import errors as flows_errors
from globus_transport.sandbox.flows.app import create_flows_app
from globus_transport.sandbox.groups import errors as groups_errors
from globus_transport.sandbox.groups.app import create_groups_app
from globus_transport.sandbox.instrumented_app import ErrorDocument
from globus_transport.sandbox.search import errors as search_errors
from globus_transport.sandbox.search.app import create_search_app
from globus_transport.sandbox.state import State
from globus_transport.sandbox.timers import errors as timers_errors
from globus_transport.sandbox.timers.app import create_timers_app
from globus_transport.sandbox.transfer_api import create_transfer_app

_MIB = 1024 * 1024


@attrs.frozen
class Service:
    """A service, on a port of its own.

    :ivar name: in faults, in the log of requests, and in ``GLOBUS_SDK_SERVICE_URL_...``
    :ivar max_body_size: of a request, in bytes, if it is below that of the sandbox
    :ivar has_variable: whether an environment variable leads clients to it
    """

    name: str
    create_app: Callable[[State], Flask]
    error_document: ErrorDocument
    max_body_size: int | None = None
    has_variable: bool = True


#: The services by name, in the order in which the sandbox starts them.
SERVICES = {
    service.name: service
    for service in (
        Service("auth", create_auth_app, auth_errors.error_document, _MIB),
        Service("transfer", create_transfer_app, transfer_errors.error_document),
        Service("groups", create_groups_app, groups_errors.error_document),
        Service("search", create_search_app, search_errors.error_document),
        Service("flows", create_flows_app, flows_errors.error_document),
        Service("timer", create_timers_app, timers_errors.error_document),
        Service("compute", create_compute_app, service_errors.error_document),
        Service("connect_server", create_connect_server_app, connect_server_errors.error_document, has_variable=False),
    )
}
