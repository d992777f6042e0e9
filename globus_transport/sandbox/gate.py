"""What every request passes on its way to a service: it is recorded, and it meets the faults."""

import json
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs

from werkzeug.http import http_date
from werkzeug.wrappers import Response

from globus_transport.sandbox.faults import Fault
from globus_transport.sandbox.recording import Received, ReceivedHeaders
from globus_transport.sandbox.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

# Makes a service's error document of a status, the status's name, a text and the path that was asked for.
ErrorDocument: TypeAlias = Callable[[int, str, str, str], dict[str, Any]]


class Gate:
    """A WSGI application behind a log and behind faults.

    Calling it gives the response, or None if the connection is to be closed without one.
    """

    def __init__(self, service: str, app: "WSGIApplication", error_document: ErrorDocument, state: State) -> None:
        self._service = service
        self._app = app
        self._error_document = error_document
        self._state = state

    def __call__(self, environ: "WSGIEnvironment") -> Response | None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        headers = ReceivedHeaders(
            (name[5:].replace("_", "-").title(), value) for name, value in environ.items() if name.startswith("HTTP_")
        )
        if environ["CONTENT_TYPE"]:
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        received = Received(
            service=self._service,
            method=method,
            path=path,
            query=parse_qs(environ["QUERY_STRING"], keep_blank_values=True),
            headers=headers,
            time=self._state.clock.now(),
        )
        self._state.requests.add(received)
        fault = self._state.faults.take(self._service, method, path)
        try:
            response = self._carry_out(environ) if fault is None else self._meet(fault, environ, path)
        except Exception:
            # The client gets an answer, and whoever runs the sandbox sees why it is this one.
            traceback.print_exc()
            response = self._error(500, "The sandbox failed", path)
        if method != "GET":
            self._state.keep()
        if response is not None:
            received.status = response.status_code
            # By the sandbox's time, like all other dates in the answer.
            response.headers.setdefault("Date", http_date(self._state.clock.now()))
        return response

    def _carry_out(self, environ: "WSGIEnvironment") -> Response:
        if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
            # RFC 9110, section 15.5.16. The services do not document that they take any encoding.
            return self._error(415, "bodies are taken without a Content-Encoding", environ["PATH_INFO"])
        return Response.from_app(self._app, environ, buffered=True)

    def _meet(self, fault: Fault, environ: "WSGIEnvironment", path: str) -> Response | None:
        if fault.when == "before":
            self._state.pause(fault.delay)
        slow_only = fault.status is None and not fault.drop
        response = self._carry_out(environ) if slow_only or fault.when == "after" else None
        if fault.when == "after":
            self._state.pause(fault.delay)
        if fault.drop:
            return None
        return response if fault.status is None else self._failure(fault, fault.status, path)

    def _failure(self, fault: Fault, status: int, path: str) -> Response:
        if fault.body is None:
            response = self._error(status, "A fault of the sandbox", path)
        elif isinstance(fault.body, (str, bytes)):
            response = Response(fault.body, status, content_type="text/plain; charset=utf-8")
        else:
            response = _json(dict(fault.body), status)
        if fault.retry_date is not None:
            response.headers["Retry-After"] = http_date(self._state.clock.now() + fault.retry_date)
        for name, value in fault.headers.items():
            response.headers[name] = value
        return response

    def _error(self, status: int, text: str, path: str) -> Response:
        try:
            name = HTTPStatus(status).phrase
        except ValueError:
            name = "Fault"
        return _json(self._error_document(status, name, f"{name}: {text}", path), status)


def _json(document: dict[str, Any], status: int) -> Response:
    # Only JSON:API errors have no key beside errors and meta.
    media_type = "application/vnd.api+json" if document.keys() == {"errors", "meta"} else "application/json"
    return Response(json.dumps(document), status, content_type=media_type)
