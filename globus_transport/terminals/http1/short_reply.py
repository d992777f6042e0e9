"""A reply that came in one piece and leaves nothing to interpret, taken apart at once.

Most replies of a JSON service are one read long: a plain head and a body with its length. Whatever is not plainly such
a reply, or not yet complete, is left to :class:`~globus_transport.terminals.http1.replies.Reply` with the same bytes, so that
there is one judge of everything else.
"""

from __future__ import annotations

import re

from globus_transport.http.headers import MOST_FIELDS, Headers
from globus_transport.http.messages import Request, Response

#: Bytes that are asked of a socket at a time.
CHUNK = 1 << 16
# RFC 9112, sections 4 and 5, without what is allowed there and unusual: obsolete folding, bare line feeds, a space
# before the colon, control characters.
_PLAIN_HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2}) ([\t\x20-\x7e\x80-\xff]*)\r\n"
    rb"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n"
).match
_WITHOUT_BODY = frozenset({"204", "304"})
# Each says something about the body or the connection that is not looked at here.
_MORE_TO_IT = frozenset({"transfer-encoding", "connection", "upgrade", "trailer"})


def short_reply(received: bytes, request: Request) -> Response | None:
    """The response, if the bytes are one whole reply of the plainest kind and nothing else; otherwise ``None``.

    :param request: any but HEAD, whose replies have no body
    :raises ReplyFormatError: if the body is not in the encoding that it says
    """
    head = _PLAIN_HEAD(received)
    if head is None:
        return None
    status, reason, fields = (part.decode("latin-1") for part in head.groups())
    if status in _WITHOUT_BODY:
        return None
    pairs = []
    length = None
    encoding = ""
    for line in fields.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        value = value.strip(" \t")
        lowered = name.lower()
        if lowered == "content-length":
            if length is not None or len(value) > 9 or not (value.isascii() and value.isdigit()):
                return None
            length = int(value)
        elif lowered in _MORE_TO_IT and value.lower() != "keep-alive":
            return None
        elif lowered == "content-encoding":
            # That of an error is left: its body has a limit, and a little of it may stand for much.
            if encoding or status >= "400":
                return None
            encoding = value
        pairs.append((name, value))
    body = received[head.end() :]
    if length != len(body) or len(pairs) > MOST_FIELDS:
        return None
    if encoding:
        # Not at the top: most short replies are sent as they are.
        from globus_transport.terminals.http1.decoding import decoded

        body = b"".join(decoded(iter((body,)), encoding, request))
    return Response(int(status), Headers.received(pairs), body, None, reason.strip(" \t"), request)
