"""urllib3's connections with heads parsed by httptools (llhttp): the extra ``fast``.

Only a head that is whole, and that llhttp's strict rules and ours read alike, is taken from llhttp. Whatever else
comes, good or bad, is left to the parser of the plain connection, so that both always give the same answer.
"""

from __future__ import annotations

import socket
from http.client import IncompleteRead
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from globus_transport.http.headers import MOST_FIELDS, Pair
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import TimeLeft
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.http1.heads import Head
from globus_transport.terminals.http1.replies import Reply
from globus_transport.terminals.http1.short_reply import CHUNK
from globus_transport.terminals.urllib3.plain import (
    ConnectionClasses,
    Exchange,
    PlainHTTPConnection,
    PlainHTTPSConnection,
)


class _Fields:
    """What llhttp finds."""

    __slots__ = ("pairs", "reason")

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self.reason = b""

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self.pairs.append((name.decode("latin-1"), value.decode("latin-1").strip(" \t")))


def parsed(text: bytes, method: str) -> Head | None:
    """The head that ``text`` is, with the empty line at its end; ``None`` if it is not an everyday one.

    :param method: of the request
    :raises HTTPException: if the framing is contradictory or unknown
    """
    if not text.startswith(b"HTTP/1.1 "):
        return None
    found = _Fields()
    parser = HttpResponseParser(found)
    try:
        parser.feed_data(text)
    except (HttpParserError, HttpParserUpgrade):
        return None
    status = parser.get_status_code()
    # A line for each header: none is folded, and none ends otherwise.
    lines = len(found.pairs)
    if status < 200 or lines > MOST_FIELDS or text.count(b"\n") != lines + 2:
        return None
    return Head(1, status, found.reason.decode("latin-1").strip(" \t"), found.pairs, method)


class FastExchange(Exchange):
    """Mixed into urllib3's connection classes, as :class:`Exchange` is."""

    def read_reply(self, request: Request, time_left: TimeLeft | None) -> Response | Reply:
        """As :meth:`Exchange.read_reply`."""
        received = self._receive(time_left)
        end = received.find(b"\r\n\r\n") + 4
        head = parsed(received[:end], request.method) if end > 3 else None
        if head is None:
            return self._begin_reply(request, time_left, received)
        body, length = received[end:], head.length
        if (
            request.stream
            or length is None
            or not len(body) <= length <= CHUNK
            # The body of an error has a limit, and a little of it may stand for much.
            or (head.encoding and head.status >= 400)
        ):
            reply = Reply(cast(socket.socket, self.sock), method=request.method, time_left=time_left, received=body)
            reply.take(head)
            return reply
        while missing := length - len(body):
            # Not only what is missing: TLS would keep the rest where nobody sees it.
            part = self._receive(time_left)
            if not part:
                raise IncompleteRead(body, missing)
            body += part[:missing]
            head.closes = head.closes or len(part) > missing
        if head.closes:
            self.close()  # type: ignore[attr-defined]
        if head.encoding:
            body = b"".join(decoded(iter((body,)), head.encoding, request))
        return Response(head.status, head.headers, body, None, head.reason, request)


class FastHTTPConnection(FastExchange, PlainHTTPConnection):
    """A ``ConnectionCls`` for urllib3's pools."""


class FastHTTPSConnection(FastExchange, PlainHTTPSConnection):
    """A ``ConnectionCls`` for urllib3's pools, over TLS."""


FAST: ConnectionClasses = (FastHTTPConnection, FastHTTPSConnection)
