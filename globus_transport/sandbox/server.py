"""A small HTTP/1.1 server with persistent connections. werkzeug's server closes the connection after each request."""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, cast
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

from werkzeug.wrappers import Response

HOST = "127.0.0.1"

Respond = Callable[[WSGIEnvironment], Response | None]


class HTTPService:
    """An HTTP server on a port of 127.0.0.1. It serves from the moment it is created.

    :param name: of its threads
    :param respond: called for each request, in a thread of the connection; if it returns ``None``, the connection is
        closed without a response
    :param port: 0 for a free one
    :raises OSError: if the port is in use
    """

    def __init__(self, name: str, respond: Respond, port: int = 0) -> None:
        self._server = _Server((HOST, port), _Handler)
        self._server.respond = respond
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

    def _respond(self) -> None:
        try:
            body = self._read_body()
        except ValueError:
            self.send_error(400)
            return
        response = cast(_Server, self.server).respond(self._environ(body))
        if response is None:
            self.close_connection = True
            return
        has_body = response.status_code not in {204, 304}
        content = response.get_data() if has_body else b""
        self.send_response_only(response.status_code)
        self.send_header("Server", self.version_string())
        for name, value in response.headers:
            self.send_header(name, value)
        if has_body and "Content-Length" not in response.headers:
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _respond

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_exactly(int(self.headers.get("Content-Length", "0")))
        chunks: list[bytes] = []
        while length := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self._read_exactly(length))
            self.rfile.readline()
        # The trailer section, up to its empty line.
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def _read_exactly(self, length: int) -> bytes:
        if length < 0:
            raise ValueError(f"negative length {length}")
        found = self.rfile.read(length)
        if len(found) < length:
            # An incomplete request must not be carried out.
            raise ConnectionError("The request ended in the middle of its body")
        return found

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
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def version_string(self) -> str:
        return "Globus-Sandbox"

    def log_message(self, format: str, *args: Any) -> None:
        pass
