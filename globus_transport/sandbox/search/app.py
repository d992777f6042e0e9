"""The application of Globus Search."""

from __future__ import annotations

from flask import Flask

from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.search.callers import Callers
from globus_transport.sandbox.search.errors import install_error_handlers
from globus_transport.sandbox.search.index_routes import install_index_routes
from globus_transport.sandbox.search.query_routes import install_query_routes
from globus_transport.sandbox.search.tasks import run_due_tasks
from globus_transport.sandbox.search.write_routes import install_write_routes
from globus_transport.sandbox.state import State
from globus_transport.services.search.client import SearchClient


def create_search_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = Flask("globus_sandbox_search", static_folder=None)
    callers = Callers(state)

    @app.before_request
    def run_tasks() -> None:
        run_due_tasks(state.search, state.clock.now())

    install_error_handlers(app)
    install_index_routes(app, state, callers)
    install_write_routes(app, state, callers)
    install_query_routes(app, state, callers)
    add_recorded_answers(app, "search", [SearchClient])
    return app
