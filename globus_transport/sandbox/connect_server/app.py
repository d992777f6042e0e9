"""The application of Globus Connect Server: the manager API under ``/api``, and the files under ``/data``."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from globus_transport.sandbox.connect_server.callers import Callers
from globus_transport.sandbox.connect_server.collection_routes import install_collection_routes
from globus_transport.sandbox.connect_server.endpoint_routes import install_endpoint_routes
from globus_transport.sandbox.connect_server.errors import install_error_handlers
from globus_transport.sandbox.connect_server.file_routes import install_file_routes
from globus_transport.sandbox.connect_server.gateway_routes import install_credential_routes, install_gateway_routes
from globus_transport.sandbox.connect_server.role_routes import install_role_routes
from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.state import State
from globus_transport.services.gcs.client import GCSClient


class _ConnectServerApp(Flask):
    """The manager API, whose routes have no ``/api``, and what is beside it."""

    def __init__(self, state: State) -> None:
        super().__init__("globus_sandbox_connect_server", static_folder=None)
        files = Flask("globus_sandbox_files", static_folder=None)
        install_file_routes(files, state)
        nothing = Flask("globus_sandbox_nothing", static_folder=None)
        for app in (files, nothing):
            install_error_handlers(app)
        self._paths = DispatcherMiddleware(nothing, {"/api": super().wsgi_app, "/data": files})

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._paths(environ, start_response)


def create_connect_server_app(state: State) -> Flask:
    """The WSGI application of the service."""
    app = _ConnectServerApp(state)
    callers = Callers(state)
    app.before_request(callers.require_token)
    install_error_handlers(app)
    install_endpoint_routes(app, state, callers)
    install_collection_routes(app, state, callers)
    install_gateway_routes(app, state, callers)
    install_credential_routes(app, state, callers)
    install_role_routes(app, state, callers)
    add_recorded_answers(app, "gcs", [GCSClient])
    return app
