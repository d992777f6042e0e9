"""A small HTTP/1.1 server with persistent connections. werkzeug's server closes the connection after each request."""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, cast
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

import attrs
from werkzeug.wrappers import Response

from globus_transport.sandbox.request_reading import (
    RequestRefusedError,
    check_host,
    read_body_length,
    read_chunks,
    read_exactly,
    read_header_lines,
)

HOST = "127.0.0.1"
MAX_BODY_SIZE = 64 * 1024 * 1024

_DRAIN_SECONDS = 2.0


@attrs.frozen
class Reply:
    """What is sent for a request.

    :ivar pieces: the body, if it is not sent at once. With fewer bytes than the Content-Length says, or without a
        Content-Length, the connection ends after it
    """

    response: Response
    pieces: Iterable[bytes] | None = None


Respond = Callable[[WSGIEnvironment], Reply | None]


class HTTPService:
    """An HTTP server on a port of 127.0.0.1. It serves from the moment it is created.

    :param name: of its threads
    :param respond: called for each request, in a thread of the connection; if it returns ``None``, the connection is
        closed without a response
    :param port: 0 for a free one
    :param host_names: further names of the server, in lower case. A request with the ``Host`` of another server is
        refused
    :param max_body_size: of a request, in bytes; a larger one is refused
    :raises OSError: if the port is in use
    """

    def __init__(
        self,
        name: str,
        respond: Respond,
        port: int = 0,
        *,
        host_names: Iterable[str] = (),
        max_body_size: int = MAX_BODY_SIZE,
    ) -> None:
        self._server = _Server((HOST, port), _Handler)
        self._server.respond = respond
        self._server.host_names = frozenset(host_names)
        self._server.max_body_size = max_body_size
        self.url = f"http://{HOST}:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve, name=f"sandbox {name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the listener and all connections, and wait for the threads."""
        self._server.closing = True
        # The thread blocks in accept() until this connection. serve_forever() would poll instead.
        socket.create_connection((HOST, self._server.server_address[1]), timeout=5).close()
        self._thread.join()
        self._server.server_close()
        self._server.close_connections()


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = sys.platform != "win32"
    daemon_threads = True
    request_queue_size = 128
    respond: Respond
    host_names: frozenset[str]
    max_body_size: int
    closing = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(address, handler)

    def serve(self) -> None:
        while not self.closing:
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self.closing

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), name="sandbox request", daemon=True
        )
        # Only the thread of serve() calls this, so all earlier threads were started.
        self._connections = {
            earlier: connection for earlier, connection in self._connections.items() if earlier.is_alive()
        }
        self._connections[thread] = request
        thread.start()

    def close_connections(self) -> None:
        # The thread of a persistent connection blocks in a read until the connection is shut down.
        for thread, connection in self._connections.items():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go out in one segment. Separate ones would wait for a delayed acknowledgement (40 ms).
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        # send_error() needs them.
        self.command, self.request_version = "", self.protocol_version
        # http.server accepts malformed header lines, so it gets the lines only after they were checked.
        connection = self.rfile
        try:
            self.rfile = io.BytesIO(read_header_lines(connection))
            return super().parse_request()
        except RequestRefusedError as error:
            self.send_error(error.status, error.message)
            return False
        finally:
            self.rfile = connection

    def _respond(self) -> None:
        try:
            body = self._read_body()
        except RequestRefusedError as error:
            self.send_error(error.status, error.message)
            return
        reply = cast(_Server, self.server).respond(self._environ(body))
        if reply is None:
            self.close_connection = True
            return
        try:
            self._send(reply.response, reply.pieces)
        finally:
            reply.response.close()

    def _send(self, response: Response, pieces: Iterable[bytes] | None) -> None:
        if pieces is not None and "Content-Length" not in response.headers:
            self.close_connection = True
        has_body = response.status_code not in {204, 304}
        content = response.get_data() if has_body and pieces is None else b""
        self.send_response_only(response.status_code)
        self.send_header("Server", self.version_string())
        for name, value in response.headers:
            self.send_header(name, value)
        if has_body and pieces is None and "Content-Length" not in response.headers:
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        if pieces is None:
            self.wfile.write(content)
        elif self._send_pieces(pieces) != response.content_length:
            self.close_connection = True

    def _send_pieces(self, pieces: Iterable[bytes]) -> int:
        """Send a body, and return its length."""
        self.wfile.flush()
        length = 0
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            length += len(piece)
        return length

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _respond

    def _check_head(self) -> int | None:
        server = cast(_Server, self.server)
        check_host(self.headers, self.connection.getsockname()[1], server.host_names)
        return read_body_length(self.headers, self.request_version, server.max_body_size)

    def _read_body(self) -> bytes:
        length = self._check_head()
        if length is None:
            return read_chunks(self.rfile, cast(_Server, self.server).max_body_size)
        return read_exactly(self.rfile, length)

    def _environ(self, body: bytes) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.connection.getsockname()[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            # Content-Length and Transfer-Encoding describe the body on the wire; WSGI gets the decoded one.
            if key not in {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}:
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    def handle_expect_100(self) -> bool:
        self._check_head()
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request, of which the rest is not read, and close the connection."""
        status = HTTPStatus(code)
        content = f"{message or status.phrase}\n".encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self._drain()

    def _drain(self) -> None:
        # A socket that is closed before all was read resets the connection, and the client may lose the answer.
        self.wfile.flush()
        end = time.monotonic() + _DRAIN_SECONDS
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while (left := end - time.monotonic()) > 0:
                self.connection.settimeout(left)
                if not self.connection.recv(1 << 16):
                    return

    def version_string(self) -> str:
        return "Globus-Sandbox"

    def log_message(self, format: str, *args: Any) -> None:
        pass
