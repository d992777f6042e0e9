"""One request and one response on a connection."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from functools import partial
from http.client import HTTPException
from typing import cast

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response, StreamBody
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.http1.short_reply import CHUNK
from globus_transport.terminals.urllib3.plain import Connection
from globus_transport.terminals.urllib3.pool import Lease, Way

_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FRAMING = frozenset({"content-length", "transfer-encoding"})
# A body that cannot be sent to its end may have been answered already, with a 413 say.
_STOPPED_LISTENING = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})


def send(connection: Connection, way: Way, request: Request, limit: float | None) -> None:
    """Write a request.

    :param limit: seconds that each part of the body may take
    :raises GlobusTimeoutError: if the server does not take it in time
    :raises GlobusConnectionError: if the connection breaks
    :raises Exception: whatever the body raises while it is read
    """
    body = request.body
    sock = cast(socket.socket, connection.sock)
    try:
        head = _head_of(way, request)
        if body is None or (type(body) is bytes and len(body) <= CHUNK):
            sock.sendall(head + body if body else head)
            return
        sock.sendall(head)
    except OSError as error:
        _unless_answered(request, error, limit)
        return
    # An exception of the body itself is nothing that the connection did, so it passes as it is.
    for part in _parts(body):
        if request.deadline is not None:
            sock.settimeout(time_left(request, limit))
        try:
            sock.sendall(part)
        except OSError as error:
            _unless_answered(request, error, limit)
            return


def _head_of(way: Way, request: Request) -> bytes:
    # In one piece, and not by http.client, which looks at every header once more: Headers has done that.
    body = request.body
    target = str(request.url) if way.absolute else request.url.target
    host = f"Host: {way.host}\r\n"
    fields = []
    for name, value in request.headers.pairs:
        key = name.lower()
        if key == "host":
            host = ""
        elif key in _FRAMING:
            # The body says that.
            continue
        fields.append(f"{name}: {value}\r\n")
    fields += [f"{name}: {value}\r\n" for name, value in way.proxy_headers.items()]
    if body is None:
        if request.method in _EXPECT_A_BODY:
            fields.append("Content-Length: 0\r\n")
    elif isinstance(body, bytes):
        fields.append(f"Content-Length: {len(body)}\r\n")
    elif body.length is None:
        fields.append("Transfer-Encoding: chunked\r\n")
    else:
        fields.append(f"Content-Length: {body.length}\r\n")
    text = "".join(fields)
    if text.count("\n") != len(fields) or text.count("\r") != len(fields):
        # Those of a response may stand in a request, and are not checked when they are received.
        raise GlobusSDKUsageError(f"{request!r}: a header holds CR or LF, which could forge another one")
    return f"{request.method} {target} HTTP/1.1\r\n{host}{text}\r\n".encode("latin-1")


def _parts(body: bytes | StreamBody) -> Iterable[bytes | memoryview]:
    """A body as it goes over the wire, in parts that have a time-out of their own."""
    if isinstance(body, bytes):
        whole = memoryview(body)
        return (whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK))
    # Not at the top: few requests have such a body.
    from globus_transport.http.bodies import in_chunks, parts_of

    return in_chunks(body) if body.length is None else parts_of(body)


def _unless_answered(request: Request, error: OSError, limit: float | None) -> None:
    if isinstance(error, TimeoutError):
        raise timed_out(request, "the server did not take the request", limit, error) from error
    if error.errno not in _STOPPED_LISTENING:
        # Not at the top: only errors need it.
        from globus_transport.terminals.urllib3.broken import broken

        raise broken(request, error, limit) from error


def receive(lease: Lease, request: Request, limit: float | None) -> Response:
    """Read the response to the request that was sent.

    :raises GlobusTimeoutError: if it does not come in time
    :raises GlobusConnectionError: if the connection breaks, or what comes is not HTTP
    :raises ReplyFormatError: if its body is not in the encoding that it says
    """
    left = None if request.deadline is None else partial(time_left, request, limit)
    connection = lease.connection
    try:
        reply = connection.read_reply(request, left)
        if isinstance(reply, Response):
            lease.give_back()
            return reply
        # Not at the top: most programs start with a short reply.
        from globus_transport.terminals.urllib3.long_reply import long_reply

        return long_reply(lease, reply, request, limit)
    except (OSError, HTTPException) as error:
        # Not at the top: only errors need it.
        from globus_transport.terminals.urllib3.broken import broken

        raise broken(request, error, limit) from error
