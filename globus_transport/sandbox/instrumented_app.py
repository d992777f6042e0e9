"""A WSGI application with a request log and fault injection in front of it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import parse_qs
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.http import http_date
from werkzeug.wrappers import Response

from globus_transport.sandbox.faults import Fault
from globus_transport.sandbox.request_log import Received, ReceivedHeaders
from globus_transport.sandbox.server import Reply
from globus_transport.sandbox.service_errors import ServiceError
from globus_transport.sandbox.state import State

# Of a body that is slow, or cut.
_PIECES = 10
# Bytes. A longer body is a file, which need not be in memory.
_SENT_AT_ONCE = 1 << 20


class InstrumentedApp:
    """Records each request, injects faults into the replies, and saves the state after a change.

    A call returns the reply, or ``None`` if the connection has to be closed without one.
    """

    def __init__(self, service: str, app: WSGIApplication, error_class: type[ServiceError], state: State) -> None:
        self._service = service
        self._app = app
        self._error_class = error_class
        self._state = state

    def __call__(self, environ: WSGIEnvironment) -> Reply | None:
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
            response = self._call_app(environ) if fault is None else self._inject_fault(fault, environ, path)
        except Exception:
            # The client gets a 500; the traceback is for the developer who runs the sandbox.
            traceback.print_exc()
            response = self._error_response(500, "The sandbox failed", path)
        if method != "GET":
            self._state.save()
        self._state.requests.answered(received, None if response is None else response.status_code)
        if response is None:
            return None
        # By the sandbox's clock, like all other dates in the reply.
        response.headers.setdefault("Date", http_date(self._state.clock.now()))
        if fault is not None and fault.content_type is not None:
            response.headers["Content-Type"] = fault.content_type
        if fault is not None and (fault.cut_body is not None or fault.body_delay):
            return Reply(response, self._pieces(response, fault))
        return Reply(response, response.iter_encoded() if (response.content_length or 0) > _SENT_AT_ONCE else None)

    def _pieces(self, response: Response, fault: Fault) -> Iterator[bytes]:
        """The body of a reply, slowly or not to its end."""
        content = response.get_data()
        sent = content if fault.cut_body is None else content[: fault.cut_body]
        # One byte at least, so that a short body is slow, too.
        size = max(1, -(-len(sent) // _PIECES))
        for start in range(0, len(sent), size):
            if start:
                self._state.pause(fault.body_delay)
            yield sent[start : start + size]

    def _call_app(self, environ: WSGIEnvironment) -> Response:
        if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
            # RFC 9110, section 15.5.16. The services document no encoding of request bodies.
            return self._error_response(415, "a request body must not have a Content-Encoding", environ["PATH_INFO"])
        return Response.from_app(self._app, environ)

    def _inject_fault(self, fault: Fault, environ: WSGIEnvironment, path: str) -> Response | None:
        if fault.when == "before":
            self._state.pause(fault.delay)
        is_answered = fault.status is None and not fault.drop
        response = self._call_app(environ) if is_answered or fault.when == "after" else None
        if fault.when == "after":
            self._state.pause(fault.delay)
        if response is not None and not is_answered:
            # It is not sent, and may hold a file open.
            response.close()
        if fault.drop:
            return None
        return response if fault.status is None else self._fault_response(fault, fault.status, path)

    def _fault_response(self, fault: Fault, status: int, path: str) -> Response:
        if fault.body is None:
            response = self._error_response(status, "A fault of the sandbox", path)
        elif isinstance(fault.body, (str, bytes)):
            response = Response(fault.body, status, content_type="text/plain; charset=utf-8")
        else:
            response = Response(json.dumps(dict(fault.body)), status, content_type=self._error_class.media_type(path))
        if fault.retry_date is not None:
            response.headers["Retry-After"] = http_date(self._state.clock.now() + fault.retry_date)
        for name, value in fault.headers.items():
            response.headers[name] = value
        return response

    def _error_response(self, status: int, text: str, path: str) -> Response:
        try:
            name = HTTPStatus(status).phrase
        except ValueError:
            name = "Fault"
        return self._error_class.for_status(status, name, f"{name}: {text}").response(path)
