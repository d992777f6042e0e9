"""Globus Transfer, as far as the sandbox has it."""

from flask import Flask, request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.endpoint_routes import install_endpoint_routes
from globus_transport.sandbox.file_routes import install_file_routes
from globus_transport.sandbox.scopes import TRANSFER
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submission_routes import install_submission_routes
from globus_transport.sandbox.task_routes import install_task_routes
from globus_transport.sandbox.transfer_errors import install_error_handlers
from globus_transport.sandbox.transfer_requests import set_caller


def create_transfer_app(state: State) -> Flask:
    """The WSGI application of the Transfer service."""
    app = Flask("globus_sandbox_transfer", static_folder=None)
    check = BearerCheck(state.tokens, TRANSFER)

    @app.before_request
    def authenticate() -> None:
        set_caller(check(request).user)

    install_error_handlers(app)
    install_endpoint_routes(app, state)
    install_file_routes(app, state)
    install_submission_routes(app, state)
    install_task_routes(app, state)
    return app
