"""The part of Globus Auth that the sandbox implements."""

from __future__ import annotations

from flask import Flask

from globus_transport.sandbox.auth_errors import AuthError
from globus_transport.sandbox.identity_routes import install_identity_routes
from globus_transport.sandbox.oauth_routes import install_oauth_routes
from globus_transport.sandbox.registry.auth_requests import Callers
from globus_transport.sandbox.registry.client_routes import install_client_routes
from globus_transport.sandbox.registry.policy_routes import install_policy_routes
from globus_transport.sandbox.registry.project_routes import install_project_routes
from globus_transport.sandbox.registry.scope_routes import install_scope_routes
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State


def create_auth_app(state: State) -> Flask:
    """The WSGI application of the Auth service."""
    app = Flask("globus_sandbox_auth", static_folder=None)
    install_error_handlers(app, AuthError)
    install_oauth_routes(app, state)
    install_identity_routes(app, state)
    callers = Callers(state)
    install_project_routes(app, state, callers)
    install_policy_routes(app, state, callers)
    install_client_routes(app, state, callers)
    install_scope_routes(app, state, callers)
    return app
