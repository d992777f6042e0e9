"""The HTTP servers of a running sandbox: one for each service, on a port of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from functools import partial
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

from globus_transport.sandbox.instrumented_app import InstrumentedApp
from globus_transport.sandbox.request_reading import split_host
from globus_transport.sandbox.server import HTTPService
from globus_transport.sandbox.services import SERVICES, Service
from globus_transport.sandbox.state import State


class Servers:
    """Starts and stops the servers.

    :param ports: by the name of the service; a service that is not named gets a free port
    :param host_names: further names that a request may have in ``Host``
    :param max_body_size: of a request, in bytes
    :raises TypeError: if ``host_names`` is a text
    :raises ValueError: if a service is unknown, or a host name or the size makes no sense
    """

    def __init__(self, state: State, ports: Mapping[str, int], host_names: Iterable[str], max_body_size: int) -> None:
        if unknown := sorted({*ports} - {*SERVICES}):
            raise ValueError(f"ports: {unknown[0]!r} is no service of the sandbox; there are: {', '.join(SERVICES)}")
        if max_body_size < 1:
            raise ValueError(f"max_body_size={max_body_size}: give a number of bytes greater than 0")
        self._state = state
        self._ports = ports
        #: Further names that a request may have in ``Host``.
        self.host_names = _read_host_names(host_names)
        self._max_body_size = max_body_size
        self._running: dict[str, HTTPService] = {}
        self._apps: dict[str, Flask] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start all of them, and tell the state their addresses.

        :raises OSError: if a port is in use
        """
        for service in SERVICES.values():
            app = partial(self._call_app, service)
            self._running[service.name] = HTTPService(
                service.name,
                InstrumentedApp(service.name, app, service.error_class, self._state),
                self._ports.get(service.name, 0),
                host_names=self.host_names,
                max_body_size=min(self._max_body_size, service.max_body_size or self._max_body_size),
            )

        self._state.urls = {name: server.url for name, server in self._running.items()}
        if self._state.timers.has_waiting:
            # Restored timers run though no request has made the application yet.
            self.app("timer")

    def _call_app(self, service: Service, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.app(service.name)(environ, start_response)

    def app(self, service: str) -> Flask:
        """The application of a service. It is made when it is first needed: most programs use few services."""
        with self._lock:
            if service not in self._apps:
                self._apps[service] = SERVICES[service].create_app(self._state)
            return self._apps[service]

    def close(self) -> None:
        """Close all connections and free the ports."""
        for server in self._running.values():
            server.close()
        self._running.clear()

    @property
    def are_running(self) -> bool:
        """Whether they were started, and not closed."""
        return bool(self._running)

    def url(self, service: str) -> str:
        """The base URL of a service, such as ``http://127.0.0.1:40123/``.

        :raises RuntimeError: if the sandbox does not run
        :raises ValueError: if there is no such service
        """
        if service not in SERVICES:
            raise ValueError(f"{service!r} is no service of the sandbox; there are: {', '.join(SERVICES)}")
        try:
            return self._running[service].url
        except KeyError:
            raise RuntimeError("The sandbox does not run: call start(), or use it as a context manager") from None

    def environ(self) -> dict[str, str]:
        """Environment variables that direct clients to the services.

        :raises RuntimeError: if the sandbox does not run
        """
        return {
            f"GLOBUS_SDK_SERVICE_URL_{service.name.upper()}": self.url(service.name)
            for service in SERVICES.values()
            if service.has_variable
        }


def _read_host_names(names: Iterable[str]) -> frozenset[str]:
    if isinstance(names, str):
        raise TypeError(f"host_names={names!r}: give a list of names")
    found: set[str] = set()
    for given in names:
        try:
            name, port = split_host(given)
        except ValueError as error:
            raise ValueError(f"host_names: {error}") from error
        if port is not None:
            raise ValueError(f"host_names: {given!r} has a port; give the name alone, which is good for every port")
        found.add(name)
    return frozenset(found)
