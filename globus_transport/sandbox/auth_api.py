"""Globus Auth, as far as the sandbox has it."""

from flask import Flask

from globus_transport.sandbox.auth_errors import install_error_handlers
from globus_transport.sandbox.identity_routes import install_identity_routes
from globus_transport.sandbox.oauth_routes import install_oauth_routes
from globus_transport.sandbox.state import State


def create_auth_app(state: State) -> Flask:
    """The WSGI application of the Auth service."""
    app = Flask("globus_sandbox_auth", static_folder=None)
    install_error_handlers(app)
    install_oauth_routes(app, state)
    install_identity_routes(app, state)
    return app
