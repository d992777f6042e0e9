"""The application of Globus Groups."""

from __future__ import annotations

from flask import Flask

from globus_transport.sandbox.groups.callers import Callers
from globus_transport.sandbox.groups.errors import GroupsError
from globus_transport.sandbox.groups.group_routes import install_group_routes
from globus_transport.sandbox.groups.member_routes import install_member_routes
from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State
from globus_transport.services.groups.client import GroupsClient


def create_groups_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = Flask("globus_sandbox_groups", static_folder=None)
    callers = Callers(state)
    app.before_request(callers.require_token)
    install_error_handlers(app, GroupsError)
    install_group_routes(app, state, callers)
    install_member_routes(app, state, callers)
    add_recorded_answers(app, "groups", [GroupsClient])
    return app
