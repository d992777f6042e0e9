"""The application of Globus Flows."""

from __future__ import annotations

from flask import Flask, request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State
from globus_transport.services.flows.client import FlowsClient, SpecificFlowClient

_RESOURCE_SERVER = "flows.globus.org"


def create_flows_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = Flask("globus_sandbox_flows", static_folder=None)
    check_bearer = BearerCheck(state.tokens, _RESOURCE_SERVER)

    @app.before_request
    def authenticate() -> None:
        check_bearer(request)

    install_error_handlers(app)
    add_recorded_answers(app, "flows", [FlowsClient, SpecificFlowClient])
    return app
