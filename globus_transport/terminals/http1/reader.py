"""Reads responses of HTTP/1 (RFC 9112) without I/O: bytes in, a head and pieces of a body out.

A :class:`ResponseReader` is for one response. Whoever has the connection gives it what was received, with
:meth:`~ResponseReader.feed`, and asks for the head and then for the body, piece by piece. ``None`` means that the
reader needs more bytes first; feeding ``b""`` tells it that the connection has ended. After the body, ``surplus`` says
whether more was received than this response. A socket and an event loop feed it alike::

    while (head := reader.read_head()) is None:
        reader.feed(sock.recv(65536))

The reader is strict. What could be understood in two ways is refused, because something between the server and us may
have understood it the other way: two lengths, a length beside a transfer coding, a space before a colon, a bare CR.
What RFC 9112 lets a client accept is accepted: lines that end in a bare LF, folded header lines, interim responses.

Most responses of a JSON service are one piece: a head in its regular form and a body with its length. For these one
regular expression checks the whole head. Everything after that is the same for all.

Errors are those of ``http.client``, which urllib3 and requests know how to report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong, RemoteDisconnected, UnknownProtocol

import attrs

from globus_transport.http.headers import Headers, Pair, match_token

#: Bytes that are asked of a connection at a time: less than a segment of the loopback interface, which has 65,483. A
#: read that takes parts of two is slower.
CHUNK = 60 << 10
#: Bytes of a head, and of the trailers, at most.
MOST_HEAD = 1 << 18
# Of a status line, the size of a chunk, and a trailer.
_LONGEST_LINE = 1 << 16
_LONGEST_NUMBER = 40
_MOST_INTERIM_RESPONSES = 32

# RFC 9112, sections 4 and 5, in the form in which servers usually write it: no folding, no bare LF.
_REGULAR_HEAD = re.compile(
    r"HTTP/1\.([01]) ([1-9][0-9]{2}) ([^\r\n\0]*)\r\n"
    r"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*\r\n)*)\r\n"
).fullmatch
_STATUS_LINE = re.compile(r"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?:[ \t]+(.*))?").fullmatch
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?\n", re.DOTALL).fullmatch
_WITHOUT_BODY = frozenset({101, 204, 304})


@attrs.define(eq=False)
class ResponseHead:
    """The head of a response.

    :ivar status: the status code
    :ivar reason: the reason phrase
    :ivar headers: as they came
    :ivar encoding: the value of Content-Encoding
    :ivar chunked: whether the body is in the chunked transfer coding
    :ivar length: of the body in bytes; ``None`` if its end is found otherwise
    :ivar closes: whether the connection ends with this response
    """

    status: int
    reason: str
    headers: Headers
    encoding: str
    chunked: bool
    length: int | None
    closes: bool


class ResponseReader:
    """Reads one response, after the interim responses before it.

    :param method: of the request
    :param most_head: bytes that each head, and the trailers, may have
    """

    __slots__ = (
        "_body",
        "_buffer",
        "_ended",
        "_head",
        "_interim_responses",
        "_method",
        "_most_head",
        "_position",
        "_searched",
    )

    def __init__(self, method: str, most_head: int = MOST_HEAD) -> None:
        self._method = method
        self._most_head = most_head
        # What was received, and how much of it was read.
        self._buffer: bytes | bytearray = b""
        self._position = 0
        self._ended = False
        # How much of the rest is known not to hold the end of the head.
        self._searched = 0
        self._interim_responses = 0
        self._head: ResponseHead | None = None
        self._body: Iterator[bytes | None] | None = None

    def feed(self, data: bytes) -> None:
        """Take what was received; ``b""`` if the connection has ended."""
        if not data:
            self._ended = True
        elif not self._left:
            self._buffer, self._position = data, 0
        else:
            if isinstance(self._buffer, bytes):
                self._buffer = bytearray(self._buffer)
            # A bytearray loses its beginning, and gets a new end, without being copied.
            del self._buffer[: self._position]
            self._position = 0
            self._buffer += data

    @property
    def _left(self) -> int:
        """Bytes that were received and not read."""
        return len(self._buffer) - self._position

    def read_head(self) -> ResponseHead | None:
        """The head of the response, or ``None`` if more bytes are needed.

        :raises HTTPException: if it is no head of HTTP/1, breaks off, is too long, or frames the body ambiguously
        """
        while True:
            end = self._end_of_head()
            if end is None:
                return None
            self._searched = 0
            if end - self._position > self._most_head:
                raise self._too_long()
            head = _parse_head(self._take(end - self._position), self._method)
            if head is not None:
                self._head = head
                return head
            self._interim_responses += 1
            if self._interim_responses >= _MOST_INTERIM_RESPONSES:
                raise HTTPException("too many interim responses")

    def _end_of_head(self) -> int | None:
        """Where it is in the buffer; ``None`` if it was not received yet."""
        buffer, start = self._buffer, self._position + self._searched
        end = buffer.find(b"\n\r\n", start)
        bare = buffer.find(b"\n\n", start, len(buffer) if end < 0 else end + 1)
        if bare >= 0:
            return bare + 2
        if end >= 0:
            return end + 3
        # The two bytes before the end may begin the empty line.
        self._searched = max(0, self._left - 2)
        self._check_unfinished_head()
        return None

    def _check_unfinished_head(self) -> None:
        """Refuse early what cannot become a head: a server of another protocol may wait for us to speak."""
        buffer, start = self._buffer, self._position
        if not self._left:
            if self._ended:
                raise RemoteDisconnected("no answer")
            return
        first = buffer.find(b"\n", start)
        if first >= 0:
            _parse_status_line(_line_text(bytes(buffer[start:first])))
        elif self._left > _LONGEST_LINE:
            raise LineTooLong("status line")
        if self._left > self._most_head:
            raise self._too_long()
        if self._ended:
            raise HTTPException("it breaks off")

    def _too_long(self) -> HTTPException:
        return HTTPException(f"its head is longer than {self._most_head} bytes")

    def read_body(self) -> bytes | None:
        """The next piece of the body, ``b""`` after its end, or ``None`` if more bytes are needed.

        :raises HTTPException: if the body breaks off, or its chunks are malformed
        """
        if self._body is None:
            assert self._head is not None, "the head comes first"
            self._body = self._read_pieces(self._head)
        return next(self._body, b"")

    def read_whole_body(self) -> bytes | None:
        """The body, if it has a length and was received with its head, as most are; else ``None``."""
        if self._head is None or self._head.length != self._left:
            return None
        self._body = iter(())
        return self._take(self._left)

    @property
    def surplus(self) -> bool:
        """Whether more was received than the response, once that was read."""
        return self._left > 0

    def _read_pieces(self, head: ResponseHead) -> Iterator[bytes | None]:
        if head.chunked:
            return self._read_chunks()
        return self._read_until_end() if head.length is None else self._read_length(head.length)

    def _read_length(self, left: int) -> Iterator[bytes | None]:
        while left:
            piece = self._take(left)
            if piece:
                left -= len(piece)
                yield piece
            elif self._ended:
                raise IncompleteRead(b"", left)
            else:
                yield None

    def _read_until_end(self) -> Iterator[bytes | None]:
        while True:
            piece = self._take(self._left)
            if piece:
                yield piece
            elif self._ended:
                return
            else:
                yield None

    def _read_chunks(self) -> Iterator[bytes | None]:
        # RFC 9112, section 7.1.
        while True:
            while (line := self._take_line()) is None:
                yield None
            size = _CHUNK_SIZE(line)
            if size is None:
                raise IncompleteRead(b"")
            left = int(size[1], 16)
            if left == 0:
                break
            yield from self._read_length(left)
            while self._left < 2 and not self._ended:
                yield None
            if self._take(2) != b"\r\n":
                raise IncompleteRead(b"")
        trailers = 0
        while trailers <= self._most_head:
            while (line := self._take_line()) is None:
                yield None
            # Some servers close without the empty line.
            if line in (b"\r\n", b"\n", b""):
                return
            trailers += len(line)
        raise HTTPException("too many trailers")

    def _take(self, size: int) -> bytes:
        start = self._position
        self._position = min(start + size, len(self._buffer))
        return bytes(self._buffer[start : self._position])

    def _take_line(self) -> bytes | None:
        """The next line, or what there is of it at the end of the connection; ``None`` if more bytes are needed."""
        start = self._position
        end = self._buffer.find(b"\n", start, start + _LONGEST_LINE)
        if end < 0 and self._left >= _LONGEST_LINE:
            raise LineTooLong("chunk size or trailer")
        if end < 0 and not self._ended:
            return None
        return self._take(self._left if end < 0 else end + 1 - start)


def _parse_head(block: bytes, method: str) -> ResponseHead | None:
    """A whole head, with the empty line at its end; ``None`` for that of an interim response (1xx)."""
    regular = _REGULAR_HEAD(block.decode("latin-1"))
    if regular is not None:
        minor, status, reason, fields = regular.groups()
        lines = fields.split("\r\n")[:-1]
    else:
        (minor, status, reason), lines = _parse_irregular_head(block)
    if status[0] == "1" and status != "101":
        return None
    pairs: list[Pair] = []
    for line in lines:
        name, _, value = line.partition(":")
        pairs.append((name, value.strip(" \t")))
    return _framed(minor, int(status), reason.strip(" \t"), Headers.received(pairs), method)


def _parse_status_line(line: str) -> tuple[str, str, str]:
    """Minor version, status and reason phrase."""
    match = _STATUS_LINE(line)
    if match is None:
        if line.startswith("HTTP/") and not line.startswith("HTTP/1."):
            raise UnknownProtocol(line.split(None, 1)[0])
        raise BadStatusLine(line[:_LONGEST_NUMBER])
    return match[1], match[2], match[3] or ""


def _parse_irregular_head(block: bytes) -> tuple[tuple[str, str, str], list[str]]:
    """The parts of the status line, and the header fields, each in a line of its own."""
    # After the last LF there is nothing, and before it the empty line.
    status_line, *fields = block.split(b"\n")[:-2]
    start = _parse_status_line(_line_text(status_line))
    lines: list[str] = []
    for line in map(_line_text, fields):
        if line[0] in " \t":
            # A folded line: the field goes on.
            if not lines:
                raise HTTPException("its first header has no name")
            line = f"{lines.pop()} " + line.strip(" \t")
        name, colon, _ = line.partition(":")
        if not colon or not match_token(name):
            raise HTTPException("it has a malformed header")
        lines.append(line)
    return start, lines


def _line_text(line: bytes) -> str:
    text = (line[:-1] if line.endswith(b"\r") else line).decode("latin-1")
    if "\r" in text or "\0" in text:
        raise HTTPException("it has a CR or NUL within a line")
    return text


def _framed(minor: str, status: int, reason: str, headers: Headers, method: str) -> ResponseHead:
    """The head, with how the body after it is framed (RFC 9112, section 6) and whether the connection persists (9.3).

    :param minor: of the HTTP version
    """
    fields = headers.by_name()
    chunked = False
    length: int | None = None
    if "transfer-encoding" in fields:
        if "content-length" in fields:
            raise HTTPException("it has both a Content-Length and a Transfer-Encoding")
        coding = fields["transfer-encoding"].lower()
        # "identity" was one in RFC 2616, and says nothing: the body ends with the connection (RFC 9112, section 6.3).
        if coding not in ("chunked", "identity"):
            raise HTTPException("it has a transfer coding other than chunked")
        chunked = coding == "chunked"
    elif "content-length" in fields:
        length = _parse_length(fields["content-length"])
    connection = fields.get("connection", "").lower()
    if minor == "0":
        closes = chunked or not ("keep-alive" in fields or "keep-alive" in connection)
    else:
        # 101 would be another protocol, which was not requested.
        closes = status == 101 or "close" in connection
    if status in _WITHOUT_BODY or method == "HEAD" or (method == "CONNECT" and status < 300):
        # They may say how a body would have been sent.
        chunked, length = False, 0
    elif length is None and not chunked:
        closes = True
    return ResponseHead(status, reason, headers, fields.get("content-encoding", ""), chunked, length, closes)


def _parse_length(text: str) -> int:
    if "," in text:
        # The same length twice says no more than once.
        text, *others = {part.strip(" \t") for part in text.split(",")}
        if others:
            raise HTTPException("it has no single Content-Length")
    if len(text) > _LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        raise HTTPException("it has no single Content-Length")
    return int(text)
