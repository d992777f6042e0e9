"""The application of Globus Timers."""

from __future__ import annotations

from flask import Flask, request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State
from globus_transport.services.timers.client import TimersClient

_RESOURCE_SERVER = "524230d7-ea86-4a52-8312-86065a9e0417"


def create_timers_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = Flask("globus_sandbox_timers", static_folder=None)
    check_bearer = BearerCheck(state.tokens, _RESOURCE_SERVER)

    @app.before_request
    def authenticate() -> None:
        check_bearer(request)

    install_error_handlers(app)
    add_recorded_answers(app, "timer", [TimersClient])
    return app
