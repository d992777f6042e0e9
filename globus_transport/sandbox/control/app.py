"""The control API of a sandbox, under ``/_sandbox/``: what ``Sandbox`` can do in Python, by HTTP and JSON.

It is for programs on this machine. A page in a browser cannot use it: a request that another page sends is refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.control.bodies import ControlError
from globus_transport.sandbox.control.content_routes import install_content_routes
from globus_transport.sandbox.control.event_routes import install_event_routes
from globus_transport.sandbox.control.fault_routes import install_fault_routes
from globus_transport.sandbox.control.login_routes import install_login_routes
from globus_transport.sandbox.control.sandbox_routes import install_sandbox_routes
from globus_transport.sandbox.local_globus import LocalGlobus

PREFIX = "/_sandbox"


def create_control_app(sandbox: LocalGlobus) -> Flask:
    """The WSGI application of the control API."""
    app = Flask("globus_sandbox_control", static_folder=None)

    @app.before_request
    def refuse_other_pages() -> None:
        # A browser says which page a request comes from (Fetch Metadata; RFC 6454, section 7).
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        is_own = origin is None or urlsplit(origin).netloc == request.headers.get("Host")
        if not is_own or site not in (None, "same-origin", "none"):
            raise ControlError(403, "a page of another site must not control the sandbox")

    @app.errorhandler(ControlError)
    def handle_control_error(error: ControlError) -> ResponseReturnValue:
        return {"error": str(error)}, error.status

    @app.errorhandler(ValueError)
    def handle_value_error(error: ValueError) -> ResponseReturnValue:
        return {"error": str(error)}, 400

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        return {"error": error.description or error.name}, error.code or 500

    @app.get(f"{PREFIX}/")
    def list_routes() -> ResponseReturnValue:
        """This list."""
        return {"routes": list_of_routes(app)}

    install_sandbox_routes(app, sandbox, PREFIX)
    install_content_routes(app, sandbox, PREFIX)
    install_login_routes(app, sandbox, PREFIX)
    install_fault_routes(app, sandbox, PREFIX)
    install_event_routes(app, sandbox, PREFIX)
    return app


def list_of_routes(app: Flask) -> list[dict[str, Any]]:
    """What the API can do: method, path, and a sentence."""
    routes = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            does = (app.view_functions[rule.endpoint].__doc__ or "").partition("\n")[0]
            routes.append({"method": method, "path": rule.rule, "does": does})
    return sorted(routes, key=lambda route: (route["path"], route["method"]))
