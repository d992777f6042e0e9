"""Heads of responses, and how the body after them is framed (RFC 9112, sections 2 to 6).

What could be understood in two ways is refused: somebody on the way may have understood it the other way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http.client import BadStatusLine, HTTPException, LineTooLong, RemoteDisconnected, UnknownProtocol
from typing import Protocol

from globus_transport.http.headers import MOST_FIELDS, Headers, Pair

_LONGEST_LINE = 1 << 16
_LONGEST_NUMBER = 40
_STATUS_LINE = re.compile(r"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?:[ \t]+(.*))?").fullmatch
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_WITHOUT_BODY = frozenset({101, 204, 304})
_TOLD_APART = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive", "content-encoding"})


class Lines(Protocol):
    """What a head is read from."""

    def readline(self, limit: int, /) -> bytes: ...


class Head:
    """The head of a response.

    :ivar minor: of the HTTP version
    :ivar encoding: the value of Content-Encoding
    :ivar chunked: whether the body comes in chunks
    :ivar length: of the body in bytes; ``None`` if its end is found otherwise
    :ivar closes: whether the connection ends with this response
    """

    __slots__ = ("chunked", "closes", "encoding", "headers", "length", "minor", "reason", "status")

    def __init__(self, minor: int, status: int, reason: str, pairs: Sequence[Pair], method: str | None) -> None:
        """:raises HTTPException: if the framing is contradictory or unknown"""
        self.minor = minor
        self.status = status
        self.reason = reason
        self.headers = Headers.received(pairs)
        told: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            if key in _TOLD_APART:
                told[key] = f"{told[key]},{value}" if key in told else value
        self.encoding = told.get("content-encoding", "")
        self.chunked = False
        self.length: int | None = None
        if "transfer-encoding" in told:
            if "content-length" in told:
                raise HTTPException("it has both a Content-Length and a Transfer-Encoding")
            if told["transfer-encoding"].lower() != "chunked":
                raise HTTPException("it has a transfer coding other than chunked")
            self.chunked = True
        elif "content-length" in told:
            self.length = _number(told["content-length"])
        if minor == 0:
            stays = not self.chunked and ("keep-alive" in told or "keep-alive" in told.get("connection", "").lower())
            self.closes = not stays
        else:
            # 101 would be another protocol, which nobody asked for.
            self.closes = status == 101 or ("connection" in told and "close" in told["connection"].lower())
        if status in _WITHOUT_BODY or method == "HEAD":
            # They may say how a body would have been sent.
            self.chunked = False
            self.length = 0
        elif self.length is None and not self.chunked:
            self.closes = True


def _number(text: str) -> int:
    if len(text) > _LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        # The same length twice says no more than once.
        numbers = {part.strip(" \t") for part in text.split(",")}
        text = numbers.pop()
        if numbers or len(text) > _LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
            raise HTTPException("it has no single Content-Length")
    return int(text)


def read_head(file: Lines, method: str | None) -> Head | None:
    """The next head; ``None`` for that of an interim response (1xx).

    Lines may end in a bare LF, and a header may be continued on the next line, as RFC 9112 lets a client take it.

    :param method: of the request
    :raises HTTPException: if it is no head of HTTP/1, breaks off, or is too long
    """
    line = _line(file, "status line")
    match = _STATUS_LINE(line)
    if match is None:
        if line.startswith("HTTP/") and not line.startswith("HTTP/1."):
            raise UnknownProtocol(line.split(None, 1)[0])
        raise BadStatusLine(line)
    pairs: list[Pair] = []
    lines = 0
    while line := _line(file, "header line"):
        lines += 1
        if lines > MOST_FIELDS:
            raise HTTPException(f"got more than {MOST_FIELDS} headers")
        if line[0] in " \t":
            if not pairs:
                raise HTTPException("its first header has no name")
            name, value = pairs.pop()
            line = f"{name}:{value} " + line.strip(" \t")
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN(name):
            raise HTTPException("it has a malformed header")
        pairs.append((name, value.strip(" \t")))
    status = int(match[2])
    if status < 200 and status != 101:
        return None
    return Head(int(match[1]), status, (match[3] or "").strip(" \t"), pairs, method)


def _line(file: Lines, what: str) -> str:
    line = file.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise LineTooLong(what)
    if not line.endswith(b"\n"):
        if not line and what == "status line":
            raise RemoteDisconnected("no answer")
        raise HTTPException("it breaks off")
    text = line[: -2 if line.endswith(b"\r\n") else -1].decode("latin-1")
    if "\r" in text or "\0" in text:
        raise HTTPException("it has a CR or NUL within a line")
    return text
