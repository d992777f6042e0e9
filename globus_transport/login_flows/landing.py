"""A server on this computer to which a login brings the user's code."""

from __future__ import annotations

import queue
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from string import Template
from urllib.parse import parse_qs, urlsplit

from globus_transport.exc.base import GlobusError

#: The page that the user sees at the end. ``login_result`` and ``post_login_message`` are filled in.
LANDING_PAGE = Template(
    "<!DOCTYPE html>\n"
    '<html lang="en"><head><meta charset="utf-8"><title>Globus: $login_result</title>\n'
    "<style>body { font: 1.2em sans-serif; margin: 15vh auto; max-width: 30em; text-align: center }</style></head>\n"
    "<body><h1>$login_result</h1><p>$post_login_message</p><p>You can close this window.</p></body></html>\n"
)


class LocalServerLoginError(GlobusError):
    """A login in the browser did not bring a code."""


class LocalServerEnvironmentalLoginError(LocalServerLoginError):
    """A login in the browser is not possible here, for example because the session is a remote one."""


class LandingServer:
    """Waits for the user's browser.

    Only a request with the right ``state`` (RFC 6749, section 10.12) counts: any page in that browser could
    send others.

    :param address: host and port to listen at; port 0 lets the system choose
    :param page: see :data:`LANDING_PAGE`
    """

    def __init__(self, address: tuple[str, int], page: Template) -> None:
        self.state = secrets.token_urlsafe(32)
        self.page = page
        self._outcome: queue.Queue[str | LocalServerLoginError] = queue.Queue()
        self._server = HTTPServer(address, self._handler())

    @property
    def redirect_uri(self) -> str:
        """Where the user comes back to."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def wait_for_code(self, timeout: float) -> str:
        """The code that the user's browser brings.

        :param timeout: in seconds
        :raises LocalServerLoginError: if the login failed, or the time ran out
        """
        outcome = None
        deadline = time.monotonic() + timeout
        while outcome is None:
            # In short waits: on Windows nobody could interrupt a long one.
            try:
                outcome = self._outcome.get(timeout=max(0.0, min(1.0, deadline - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= deadline:
                    raise LocalServerLoginError(f"nobody logged in within {timeout:g} seconds") from None
        if isinstance(outcome, LocalServerLoginError):
            raise outcome
        return outcome

    @contextmanager
    def running(self) -> Iterator[None]:
        """Answer requests meanwhile."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="globus-login", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()

    def close(self) -> None:
        """Free the port."""
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        landing = self

        class Handler(BaseHTTPRequestHandler):
            # A browser that opens a connection and sends nothing must not keep the others waiting.
            timeout = 5.0

            def do_GET(self) -> None:
                status, page = landing._answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the request line holds the code."""

        return Handler

    def _answer(self, path: str) -> tuple[int, bytes]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path not in ("", "/") or not ("code" in query or "error" in query):
            return 404, b"Not found"
        if not secrets.compare_digest(query.get("state", "").encode(), self.state.encode()):
            return 400, self._page("Login failed", "This address is not of the login that is under way.")
        if "code" in query:
            self._outcome.put(query["code"])
            return 200, self._page("Login successful", "")
        reason = query.get("error_description") or query["error"]
        self._outcome.put(LocalServerLoginError(f"the login failed: {reason}"))
        return 200, self._page("Login failed", reason)

    def _page(self, result: str, message: str) -> bytes:
        return self.page.substitute(login_result=result, post_login_message=escape(message)).encode()


def listen(address: tuple[str, int], page: Template) -> LandingServer:
    """A server at this address.

    :raises LocalServerEnvironmentalLoginError: if that is not possible
    """
    try:
        return LandingServer((socket.gethostbyname(address[0]), address[1]), page)
    except OSError as error:
        raise LocalServerEnvironmentalLoginError(f"cannot listen at {address[0]}:{address[1]}: {error}") from error
