"""The part of Globus Transfer that the sandbox implements."""

from __future__ import annotations

from flask import Flask, request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.bookmark_routes import install_bookmark_routes
from globus_transport.sandbox.endpoint_routes import install_endpoint_routes
from globus_transport.sandbox.file_routes import install_file_routes
from globus_transport.sandbox.manager.endpoint_routes import install_managed_endpoint_routes
from globus_transport.sandbox.manager.pause_rule_routes import install_pause_rule_routes
from globus_transport.sandbox.manager.pause_rules import rules_of_task
from globus_transport.sandbox.manager.task_routes import install_managed_task_routes
from globus_transport.sandbox.scopes import TRANSFER
from globus_transport.sandbox.sharing.guest_routes import install_guest_routes
from globus_transport.sandbox.sharing.role_routes import install_role_routes
from globus_transport.sandbox.sharing.rule_routes import install_rule_routes
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submission_routes import install_submission_routes
from globus_transport.sandbox.task_routes import install_task_routes
from globus_transport.sandbox.transfer_errors import install_error_handlers
from globus_transport.sandbox.transfer_requests import set_credential
from globus_transport.sandbox.v2.access_point_routes import install_access_point_routes
from globus_transport.sandbox.v2.bookmark_routes import install_v2_bookmark_routes
from globus_transport.sandbox.v2.tunnel_routes import install_tunnel_routes

_INSTALL_ROUTES = (
    install_endpoint_routes,
    install_file_routes,
    install_submission_routes,
    install_task_routes,
    install_guest_routes,
    install_rule_routes,
    install_role_routes,
    install_bookmark_routes,
    install_managed_endpoint_routes,
    install_managed_task_routes,
    install_pause_rule_routes,
    install_v2_bookmark_routes,
    install_tunnel_routes,
    install_access_point_routes,
)


def create_transfer_app(state: State) -> Flask:
    """The WSGI application of the Transfer service."""
    app = Flask("globus_sandbox_transfer", static_folder=None)
    check_bearer = BearerCheck(state.tokens, TRANSFER)

    @app.before_request
    def authenticate() -> None:
        set_credential(check_bearer(request))

    install_error_handlers(app)
    for install in _INSTALL_ROUTES:
        install(app, state)
    state.tasks.has_pause_rule = lambda task: bool(rules_of_task(state, task))
    return app
