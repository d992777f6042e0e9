"""The application of Globus Compute. All of its answers are recorded ones."""

from __future__ import annotations

from flask import Flask, request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.compute.errors import ComputeError
from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State
from globus_transport.services.compute.client import ComputeClientV2, ComputeClientV3

_RESOURCE_SERVER = "funcx_service"


def create_compute_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = Flask("globus_sandbox_compute", static_folder=None)
    check_bearer = BearerCheck(state.tokens, _RESOURCE_SERVER)

    @app.before_request
    def authenticate() -> None:
        check_bearer(request)

    install_error_handlers(app, ComputeError)
    add_recorded_answers(app, "compute.v2", [ComputeClientV2])
    add_recorded_answers(app, "compute.v3", [ComputeClientV3])
    return app
