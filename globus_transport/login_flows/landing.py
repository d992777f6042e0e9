"""A local HTTP server that receives the authorization code of a login (RFC 8252, section 7.3).

Browsers open connections in advance, and may leave them idle. So each connection has its own thread, for a limited
time, and the oldest one has to go when there are too many.
"""

from __future__ import annotations

import queue
import secrets
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlsplit

from globus_transport.exc.base import GlobusError

#: The page that the browser shows after the login, with the placeholders ``login_result`` and ``post_login_message``.
LANDING_PAGE = Template(
    "<!DOCTYPE html>\n"
    '<html lang="en"><head><meta charset="utf-8"><title>Globus: $login_result</title>\n'
    "<style>body { font: 1.2em sans-serif; margin: 15vh auto; max-width: 30em; text-align: center }</style></head>\n"
    "<body><h1>$login_result</h1><p>$post_login_message</p><p>You can close this window.</p></body></html>\n"
)

#: How long a connection may take, from its start to the last byte of the page, in seconds.
CONNECTION_SECONDS = 5.0
#: How many connections may be open at a time.
MOST_CONNECTIONS = 32


class LocalServerLoginError(GlobusError):
    """A login in the browser ended without an authorization code."""


class LocalServerEnvironmentalLoginError(LocalServerLoginError):
    """A login in the browser is not possible on this computer, for example because the session is a remote one."""


class _Server(ThreadingMixIn, HTTPServer):
    """An HTTP server with a thread for each connection. Closing it ends them."""

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._lock = threading.Lock()
        # The open connections, the oldest first, and when their time is over. They are shut down under the lock only:
        # after they leave this dict, their descriptors may belong to something else.
        self._connections: dict[Any, float] = {}
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections[request] = time.monotonic() + CONNECTION_SECONDS
            for connection in list(self._connections)[:-MOST_CONNECTIONS]:
                _shut_down(connection, socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Shut down the connections whose time is over. Called at every turn of the server's loop."""
        now = time.monotonic()
        with self._lock:
            for connection, end in self._connections.items():
                if now >= end:
                    _shut_down(connection, socket.SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing if the browser went away."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Free the port, and wait for the threads. Nothing more is read, but a page is still sent to its end."""
        with self._lock:
            for connection in self._connections:
                _shut_down(connection, socket.SHUT_RD)
        super().server_close()


def _shut_down(connection: socket.socket, how: int) -> None:
    # The browser may have been faster.
    with suppress(OSError):
        connection.shutdown(how)


class LandingServer:
    """Waits for the browser's redirect with the authorization code.

    It accepts only a request with the right ``state`` (RFC 6749, section 10.12), because any page in the browser can
    send a request to this server.

    :param address: host and port to listen at; port 0 lets the system choose
    :param page: a template like :data:`LANDING_PAGE`
    """

    def __init__(self, address: tuple[str, int], page: Template) -> None:
        self.state = secrets.token_urlsafe(32)
        self.page = page
        self._outcome: queue.Queue[str | LocalServerLoginError] = queue.Queue()
        self._server = _Server(address, self._make_handler())

    @property
    def redirect_uri(self) -> str:
        """The URL that the browser returns to."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def wait_for_code(self, timeout: float) -> str:
        """Wait for the authorization code.

        :param timeout: in seconds
        :raises LocalServerLoginError: if the login fails, or the time runs out
        """
        outcome = None
        deadline = time.monotonic() + timeout
        while outcome is None:
            # Wait one second at a time: on Windows, Ctrl-C does not interrupt a longer wait.
            try:
                outcome = self._outcome.get(timeout=max(0.0, min(1.0, deadline - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= deadline:
                    raise LocalServerLoginError(f"nobody logged in within {timeout:g} seconds") from None
        if isinstance(outcome, LocalServerLoginError):
            raise outcome
        return outcome

    @contextmanager
    def serve_in_thread(self) -> Iterator[None]:
        """Answer requests in a thread while the context is open."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="globus-login", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()

    def close(self) -> None:
        """Free the port, and end all connections."""
        self._server.server_close()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        landing_server = self

        class Handler(BaseHTTPRequestHandler):
            # Also bounds the sending of the page while the server is closed.
            timeout = CONNECTION_SECONDS

            def do_GET(self) -> None:
                status, page = landing_server._answer_request(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing: the request line holds the authorization code."""

        return Handler

    def _answer_request(self, path: str) -> tuple[int, bytes]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path not in ("", "/") or not ("code" in query or "error" in query):
            return 404, b"Not found"
        if not secrets.compare_digest(query.get("state", "").encode(), self.state.encode()):
            return 400, self._render_page("Login failed", "This address does not belong to the current login.")
        if "code" in query:
            self._outcome.put(query["code"])
            return 200, self._render_page("Login successful", "")
        reason = query.get("error_description") or query["error"]
        self._outcome.put(LocalServerLoginError(f"the login failed: {reason}"))
        return 200, self._render_page("Login failed", reason)

    def _render_page(self, result: str, message: str) -> bytes:
        return self.page.substitute(login_result=result, post_login_message=escape(message)).encode()


def open_landing_server(address: tuple[str, int], page: Template) -> LandingServer:
    """Listen at an address.

    :raises LocalServerEnvironmentalLoginError: if the address cannot be resolved or bound
    """
    try:
        return LandingServer((socket.gethostbyname(address[0]), address[1]), page)
    except OSError as error:
        raise LocalServerEnvironmentalLoginError(f"cannot listen at {address[0]}:{address[1]}: {error}") from error
