"""A server that runs a script on each connection and records the requests."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType

import attrs

#: How long tests wait for an event that has to come, in seconds.
PATIENCE = 10.0


@attrs.frozen
class Received:
    """A request as it was sent over the wire."""

    line: str
    fields: list[tuple[str, str]] = attrs.field(factory=list)
    body: bytes = b""

    @property
    def target(self) -> str:
        """The request target (RFC 9112, section 3.2)."""
        return self.line.split(" ")[1]

    def values(self, name: str) -> list[str]:
        """The values of all fields with a name, in any case."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        (value,) = self.values(name)
        return value


class ClientGoneError(Exception):
    """The client closed before the request was complete."""


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, server: ScriptedServer) -> None:
        self.socket = sock
        self.server = server
        self._file = sock.makefile("rb")

    def read_head(self) -> Received:
        """Read a request line and the header fields.

        :raises ClientGoneError: if the client closed before the request
        """
        line = self._file.readline().decode("latin-1").rstrip("\r\n")
        if not line:
            raise ClientGoneError
        fields = []
        while pair := self._file.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = pair.partition(": ")
            fields.append((name, value))
        return Received(line, fields)

    def read_request(self) -> Received:
        """Read a request with its body, and record it.

        :raises ClientGoneError: if the client closed before its end
        """
        head = self.read_head()
        if head.values("Transfer-Encoding") == ["chunked"]:
            body = self._read_chunks()
        else:
            length = int((head.values("Content-Length") or ["0"])[0])
            body = self._file.read(length)
            if len(body) < length:
                self.server.broken_off.append(body)
                raise ClientGoneError
        request = Received(head.line, head.fields, body)
        self.server.requests.append(request)
        return request

    def _read_chunks(self) -> bytes:
        body = b""
        while size := int(self._file.readline() or self._break_off(body), 16):
            body += self._file.read(size)
            assert self._file.readline() == b"\r\n"
        assert self._file.readline() == b"\r\n"
        return body

    def _break_off(self, body: bytes) -> bytes:
        self.server.broken_off.append(body)
        raise ClientGoneError

    def send(self, *parts: bytes) -> None:
        """Send bytes to the client."""
        for part in parts:
            self.socket.sendall(part)

    def end_tls(self) -> None:
        """Send TLS's closing alert, over TLS."""
        if isinstance(self.socket, ssl.SSLSocket):
            # Closed already, or it would wait for the client's alert.
            with contextlib.suppress(OSError, ValueError):
                self.socket.settimeout(0.0)
                self.socket.unwrap()

    def half_close(self) -> None:
        """Close the sending half of the connection.

        :raises ClientGoneError: if the client closed first
        """
        self.end_tls()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise
            raise ClientGoneError from error

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._file.close()
        self.socket.close()

    def wait_for_close(self) -> None:
        """Read until the client closes."""
        with contextlib.suppress(ConnectionError):
            while self._file.read(1 << 16):
                pass
        self.server.saw_close.set()

    def pause(self, seconds: float) -> None:
        """Wait like a slow server, but not past the end of the test."""
        self.server.stopping.wait(seconds)

    def hold(self) -> None:
        """Do nothing until the test is over."""
        self.server.stopping.wait(PATIENCE)


Script = Callable[[Peer], None]


class ScriptedServer:
    """Runs one script on each connection.

    :param scripts: one for each connection; the last one serves all further connections
    :param tls: for a server with TLS
    :ivar requests: all complete requests
    :ivar broken_off: the bodies of the incomplete requests, as far as they were read
    :ivar connections: the number of accepted connections
    :ivar saw_close: set when ``Peer.wait_for_close`` returns
    :ivar stopping: set at the end of the ``with`` block
    """

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts = scripts
        self._tls = tls
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._failures: list[Exception] = []
        self.requests: list[Received] = []
        self.broken_off: list[bytes] = []
        self.connections = 0
        self.saw_close = threading.Event()
        self.stopping = threading.Event()

    def __enter__(self) -> ScriptedServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"
        self._start(self._accept)
        return self

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="scripted server")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with self._lock:
                if self.stopping.is_set():
                    connection.close()
                    return
                script = self._scripts[min(self.connections, len(self._scripts) - 1)]
                self.connections += 1
                connection.settimeout(PATIENCE)
                self._start(self._serve, connection, script)

    def _serve(self, connection: socket.socket, script: Script) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._sockets.append(connection)
            peer = Peer(connection, self)
            try:
                script(peer)
                peer.end_tls()
            finally:
                peer._file.close()
        except (ClientGoneError, ConnectionError, ssl.SSLError):
            pass
        except Exception as error:
            if not self.stopping.is_set():
                self._failures.append(error)
        finally:
            connection.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self.stopping.set()
            for connection in self._sockets:
                with contextlib.suppress(OSError):  # already closed
                    connection.shutdown(socket.SHUT_RDWR)
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        self._listener.close()
        if self._failures and error is None:
            raise self._failures[0]


def head(status: str = "200 OK", *fields: str) -> bytes:
    """A response head with these header fields, each ``Name: value``."""
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode("latin-1")


def whole(body: bytes = b"ok", status: str = "200 OK", *fields: str) -> bytes:
    """A response with a Content-Length."""
    return head(status, f"Content-Length: {len(body)}", *fields) + body


def answering(*answers: bytes) -> Script:
    """A script that sends these responses, one for each request; the last one answers all further requests."""

    def script(peer: Peer) -> None:
        number = 0
        while True:
            peer.read_request()
            peer.send(answers[min(number, len(answers) - 1)])
            number += 1

    return script


def once(*parts: bytes) -> Script:
    """A script that answers one request with these bytes and closes the connection."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(*parts)

    return script


def in_turn(*answers: bytes) -> Script:
    """A script that sends these responses, one for each request, and closes the connection."""

    def script(peer: Peer) -> None:
        for answer in answers:
            peer.read_request()
            peer.send(answer)

    return script


def silent(peer: Peer) -> None:
    """A script that reads a request and never answers."""
    peer.read_request()
    peer.hold()
