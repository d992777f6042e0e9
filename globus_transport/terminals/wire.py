"""One request and one response on a connection of ``http.client``."""

from __future__ import annotations

import errno
import io
import socket
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any, NoReturn, cast

from globus_transport.errors import GlobusConnectionError, GlobusSDKUsageError
from globus_transport.headers import Headers
from globus_transport.messages import ByteStream, Request, Response, StreamBody
from globus_transport.terminals.bodies import collected, parts_of
from globus_transport.terminals.connections import Way
from globus_transport.terminals.decoding import decoded
from globus_transport.terminals.short_reply import short_reply
from globus_transport.terminals.time_limits import time_left, timed_out

#: An error body longer than this, in bytes, is cut: it is for people to read.
ERROR_BODY_LIMIT = 1 << 20
_CHUNK = 1 << 16
_MOST_HEADS = 32
_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FRAMING = ("Content-Length", "Transfer-Encoding")
# A body that cannot be sent to its end may have been answered already, with a 413 say.
_STOPPED_LISTENING = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})


class Lease:
    """A connection on loan, to be given back or dropped, once."""

    __slots__ = ("_way", "connection", "reply")

    def __init__(self, way: Way) -> None:
        self._way: Way | None = way
        self.connection = way.take()
        self.reply: HTTPResponse | None = None

    @property
    def dropped(self) -> bool:
        """Whether it ended before the reply did."""
        return self._way is None and self.reply is not None

    def begin_reply(self, request: Request, limit: float | None, received: bytes) -> HTTPResponse:
        """Read the head of the reply.

        :param received: what came of it already
        """
        left = None if request.deadline is None else partial(time_left, request, limit)
        connection = self.connection
        reply = self.reply = Reply(connection.sock, method=request.method, time_left=left, received=received)
        reply.begin()
        if reply.will_close:
            # The reply keeps the socket open until it was read.
            connection.close()
        return reply

    def give_back(self) -> None:
        """The reply was read to its end: the connection can serve the next request."""
        way, self._way, self.reply = self._way, None, None
        if way is not None:
            # What was set for this request holds the request.
            self.connection.response_class = Reply
            way.give_back(self.connection)

    def drop(self) -> None:
        """Close the connection. Harmless when it was given back or dropped before."""
        way, self._way = self._way, None
        if way is not None:
            self.connection.close()
            if self.reply is not None:
                # http.client forgets a reply after which the server closes; its socket is open as long as it is.
                self.reply.close()


class Reply(HTTPResponse):
    """http.client's response, less its gaps: interim responses other than 100, chunk sizes below zero,
    a 304 that names a transfer coding, and bytes that come in time one by one but pass the deadline together.

    :param time_left: says how long the next read may take; ``None`` leaves the socket's time-out as it is
    :param received: what was read from the socket before
    """

    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
        time_left: Callable[[], float | None] | None = None,
        received: bytes = b"",
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._heads = 0
        if time_left is not None or received:
            self.fp.close()
            self.fp = io.BufferedReader(_Reader(sock, time_left, received), _CHUNK)

    def begin(self, **options: Any) -> None:
        super().begin(**options)
        while self.status < 200 and self.status != 101:
            # Early hints and their like: the response is yet to come.
            cast(Any, self).headers = None
            super().begin(**options)
        lengths = self.headers.get_all("Content-Length", [])
        if len(set(lengths)) > 1 or (lengths and self.chunked):
            # RFC 9112, section 6.3: who reads such a reply otherwise than a proxy on the way is told lies.
            raise HTTPException("the length of the body is given in two ways")
        if self.length == 0:
            # A 304 may say how a body would have been sent.
            self.chunked = False

    def _read_status(self) -> tuple[str, int, str]:
        self._heads += 1
        if self._heads > _MOST_HEADS:
            raise HTTPException("too many interim responses")
        head: tuple[str, int, str] = cast(Any, super())._read_status()
        return head

    def _read_next_chunk_size(self) -> int:
        size: int = cast(Any, super())._read_next_chunk_size()
        if size < 0:
            raise ValueError("a chunk size below zero")
        return size


class _Reader(io.RawIOBase):
    """Reads what was received before, and then from a socket, with a time-out that is found anew for each read."""

    def __init__(self, sock: socket.socket, time_left: Callable[[], float | None] | None, received: bytes) -> None:
        self._socket = sock
        self._time_left = time_left
        self._received = received
        # The file keeps the socket open when http.client closes the connection before the body was read.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._received:
            size = min(len(self._received), len(buffer))
            buffer[:size] = self._received[:size]
            self._received = self._received[size:]
            return size
        if self._time_left is not None:
            self._socket.settimeout(self._time_left())
        return cast(io.RawIOBase, self._file).readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def reply_class(request: Request, limit: float | None) -> Callable[..., HTTPResponse]:
    """What ``http.client`` is to make of the answer to a request."""
    return Reply if request.deadline is None else partial(Reply, time_left=partial(time_left, request, limit))


def send(connection: HTTPConnection, way: Way, request: Request, limit: float | None) -> None:
    """Write a request.

    :param limit: seconds that each part of the body may take
    :raises GlobusTimeoutError: if the server does not take it in time
    :raises GlobusConnectionError: if the connection breaks
    :raises Exception: whatever the body raises while it is read
    """
    body = request.body
    try:
        head = _head_of(way, request)
        if body is None or (type(body) is bytes and len(body) <= _CHUNK):
            connection.sock.sendall(head + body if body else head)
            return
        connection.sock.sendall(head)
    except OSError as error:
        _unless_answered(request, error, limit)
        return
    # An exception of the body itself is nothing that the connection did, so it passes as it is.
    for part in _parts(body):
        if request.deadline is not None:
            connection.sock.settimeout(time_left(request, limit))
        try:
            connection.sock.sendall(part)
        except OSError as error:
            _unless_answered(request, error, limit)
            return


def _head_of(way: Way, request: Request) -> bytes:
    # In one piece, and not by http.client, which looks at every header once more: Headers has done that.
    headers, body = request.headers, request.body
    if "content-length" in headers or "transfer-encoding" in headers:
        headers = headers.without(*_FRAMING)
    target = str(request.url) if way.absolute else request.url.target
    lines = ["" if "host" in headers else f"Host: {way.host}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers.pairs]
    lines += [f"{name}: {value}\r\n" for name, value in way.proxy_headers.items()]
    if body is None:
        if request.method in _EXPECT_A_BODY:
            lines.append("Content-Length: 0\r\n")
    elif isinstance(body, bytes):
        lines.append(f"Content-Length: {len(body)}\r\n")
    elif body.length is None:
        lines.append("Transfer-Encoding: chunked\r\n")
    else:
        lines.append(f"Content-Length: {body.length}\r\n")
    return b"%b%b\r\n" % (f"{request.method} {target} HTTP/1.1\r\n".encode("ascii"), "".join(lines).encode("latin-1"))


def _parts(body: bytes | StreamBody) -> Iterable[bytes | memoryview]:
    """A body as it goes over the wire, in parts that have a time-out of their own."""
    if isinstance(body, bytes):
        whole = memoryview(body)
        return (whole[start : start + _CHUNK] for start in range(0, len(whole), _CHUNK))
    return _in_chunks(body) if body.length is None else parts_of(body)


def _in_chunks(body: StreamBody) -> Iterator[bytes]:
    for part in parts_of(body):
        yield b"%x\r\n%b\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def _unless_answered(request: Request, error: OSError, limit: float | None) -> None:
    if isinstance(error, TimeoutError):
        raise timed_out(request, "the server did not take the request", limit, error) from error
    if error.errno not in _STOPPED_LISTENING:
        _raise_broken(request, error, limit)


def receive(lease: Lease, request: Request, limit: float | None) -> Response:
    """Read the response to the request that was sent.

    :raises GlobusTimeoutError: if it does not come in time
    :raises GlobusConnectionError: if the connection breaks, or what comes is not HTTP
    :raises ReplyFormatError: if its body is not in the encoding that it says
    """
    try:
        received = lease.connection.sock.recv(_CHUNK)
        if not request.stream and request.method != "HEAD":
            response = short_reply(received, request)
            if response is not None:
                lease.give_back()
                return response
        # Not urllib3's getresponse(): building its response costs as much as the rest of the call.
        reply = lease.begin_reply(request, limit, received)
        encoding = reply.headers["Content-Encoding"]
        headers = Headers.received([(name, _unfolded(value)) for name, value in reply.headers.raw_items()])
        if request.stream or encoding or reply.length is None or reply.length > ERROR_BODY_LIMIT:
            return _receive_in_parts(lease, request, headers, encoding or "", limit)
        body = reply.read()
    except (OSError, HTTPException) as error:
        _raise_broken(request, error, limit)
    lease.give_back()
    return Response(reply.status, headers, body, None, reply.reason, request)


def _unfolded(value: str) -> str:
    value = value.strip()
    return " ".join(value.split()) if "\n" in value else value


def _receive_in_parts(lease: Lease, request: Request, headers: Headers, encoding: str, limit: float | None) -> Response:
    reply = cast(HTTPResponse, lease.reply)
    stream = WireStream(lease, reply, request, encoding, limit)
    if request.stream:
        return Response(reply.status, headers, b"", stream, reply.reason, request)
    if reply.status < 400:
        return Response(reply.status, headers, stream.read(), None, reply.reason, request)
    body = stream.read(ERROR_BODY_LIMIT + 1)
    cut = len(body) > ERROR_BODY_LIMIT
    return Response(reply.status, headers, body[:ERROR_BODY_LIMIT], None, reply.reason, request, cut)


class WireStream(ByteStream):
    """The body of a response on a connection that is given back when the body was read."""

    def __init__(self, lease: Lease, reply: HTTPResponse, request: Request, encoding: str, limit: float | None) -> None:
        self._lease = lease
        self._reply = reply
        self._request = request
        self._encoding = encoding
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        if self._lease.dropped:
            raise GlobusSDKUsageError(f"{self._request!r}: the body was closed before it was read")
        try:
            yield from decoded(self._received(), self._encoding, self._request)
        finally:
            self.close()

    def _received(self) -> Iterator[bytes]:
        reply = self._reply
        while chunk := self._next(reply):
            yield chunk
        if reply.length:
            _raise_broken(self._request, IncompleteRead(b"", reply.length), self._limit)
        # read1() leaves it open after the last byte, and http.client refuses the next request until it is not.
        reply.close()
        self._lease.give_back()

    def _next(self, reply: HTTPResponse) -> bytes:
        try:
            # What has come, not a whole chunk: whoever follows a slow stream is not kept waiting.
            return reply.read1(_CHUNK)
        except (OSError, HTTPException) as error:
            _raise_broken(self._request, error, self._limit)

    def read(self, limit: int | None = None) -> bytes:
        try:
            return collected(iter(self), limit)
        finally:
            self.close()

    def close(self) -> None:
        self._lease.drop()


def _raise_broken(request: Request, error: Exception, limit: float | None) -> NoReturn:
    if isinstance(error, TimeoutError):
        raise timed_out(request, "no answer", limit, error) from error
    raise GlobusConnectionError(f"{request!r}: {_what_broke(error)}", error) from error


def _what_broke(error: Exception) -> str:
    if isinstance(error, RemoteDisconnected):
        return "the server closed the connection without an answer"
    if isinstance(error, IncompleteRead):
        return "the connection ended in the middle of the body"
    # What a server that speaks something else sent may be long.
    text = f"{str(error)!r:.200}"
    if isinstance(error, HTTPException):
        return f"the answer is not HTTP: {type(error).__name__} {text}"
    return f"the connection broke: {error}"
