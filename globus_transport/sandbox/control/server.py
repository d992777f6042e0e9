"""The HTTP server of the control API."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from wsgiref.types import WSGIEnvironment

from flask import Flask
from werkzeug.wrappers import Response

from globus_transport.sandbox.control.app import create_control_app
from globus_transport.sandbox.local_globus import LocalGlobus
from globus_transport.sandbox.server import HTTPService, Reply

_EVENTS = "text/event-stream"


class ControlServer:
    """Serves the control API. Its requests are not in the sandbox's log, and no fault affects them.

    :param port: 0 for a free one
    :param host_names: further names that a request may have in ``Host``
    :raises OSError: if the port is in use
    """

    def __init__(self, sandbox: LocalGlobus, port: int, host_names: Iterable[str]) -> None:
        self._sandbox = sandbox
        self._server = HTTPService("control", self._respond, port, host_names=host_names)
        self.url = self._server.url

    @cached_property
    def _app(self) -> Flask:
        return create_control_app(self._sandbox)

    def _respond(self, environ: WSGIEnvironment) -> Reply:
        response = Response.from_app(self._app, environ)
        if response.mimetype == _EVENTS:
            # The events go on until the page is closed.
            return Reply(response, response.iter_encoded())
        return Reply(response)

    def close(self) -> None:
        """Close all connections and free the port."""
        self._server.close()
