"""A reply that is more than one read long, or is left on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING

from globus_transport.http.messages import Request, Response
from globus_transport.middleware.errors import ERROR_BODY_LIMIT
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.http1.replies import Reply
from globus_transport.terminals.http1.short_reply import CHUNK
from globus_transport.terminals.streams import ReceivedStream, answered
from globus_transport.terminals.urllib3.broken import broken

if TYPE_CHECKING:
    from globus_transport.terminals.urllib3.pool import Lease


def long_reply(lease: Lease, reply: Reply, request: Request, limit: float | None) -> Response:
    """The response whose head was read; its body is read now, or left on the wire if the request wants it so.

    :raises OSError: if the connection breaks, or time is up
    :raises HTTPException: if what comes is not HTTP
    :raises ReplyFormatError: if the body is not in the encoding that it says
    """
    lease.reply = reply
    head = reply.head
    if head.closes:
        # The reply keeps the socket open until it was read.
        lease.connection.close()
    if request.stream or head.encoding or head.length is None or head.length > ERROR_BODY_LIMIT:
        stream = WireStream(lease, reply, request, limit)
        return answered(request, head.status, head.headers, stream, head.reason)
    body = reply.read()
    lease.give_back()
    return Response(head.status, head.headers, body, None, head.reason, request)


class WireStream(ReceivedStream):
    """The body of a response on a connection that is given back when the body was read."""

    empty_at_end = True

    def __init__(self, lease: Lease, reply: Reply, request: Request, limit: float | None) -> None:
        super().__init__(request)
        self._lease = lease
        self._reply = reply
        self._limit = limit

    def _parts(self) -> Iterator[bytes]:
        return decoded(self._received(), self._reply.head.encoding, self._request)

    def _received(self) -> Iterator[bytes]:
        reply = self._reply
        while chunk := self._next(reply):
            yield chunk
        if reply.length:
            error = IncompleteRead(b"", reply.length)
            raise broken(self._request, error, self._limit) from error
        # read1() leaves it open after the last byte.
        reply.close()
        self._lease.give_back()

    def _next(self, reply: Reply) -> bytes:
        try:
            # What has come, not a whole chunk: whoever follows a slow stream is not kept waiting.
            return reply.read1(CHUNK)
        except (OSError, HTTPException) as error:
            raise broken(self._request, error, self._limit) from error

    def _let_go(self) -> None:
        self._lease.drop()
