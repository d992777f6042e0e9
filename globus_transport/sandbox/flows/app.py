"""The application of Globus Flows."""

from __future__ import annotations

from flask import Flask

from globus_transport.sandbox.flows.callers import Callers
from globus_transport.sandbox.flows.errors import FlowsError
from globus_transport.sandbox.flows.flow_routes import install_flow_routes
from globus_transport.sandbox.flows.input_routes import install_input_routes
from globus_transport.sandbox.flows.run_routes import install_run_routes
from globus_transport.sandbox.flows.runs import advance_all
from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State
from globus_transport.services.flows.client import FlowsClient, SpecificFlowClient


def create_flows_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = Flask("globus_sandbox_flows", static_folder=None)
    callers = Callers(state)
    app.before_request(callers.require_token)
    install_error_handlers(app, FlowsError)
    install_flow_routes(app, state, callers)
    install_run_routes(app, state, callers)
    install_input_routes(app, state, callers)
    state.clock.on_advance(lambda: advance_all(state))
    add_recorded_answers(app, "flows", [FlowsClient, SpecificFlowClient])
    return app
