"""The responses of the faulty server: bodies that repeat the id of their call, framed in every way."""

from __future__ import annotations

import gzip
from random import Random

import attrs

#: What comes after a response, though no request asked for it.
SURPLUS = b"HTTP/1.1 200 OK\r\nX-Id: surplus\r\nX-Count: 1\r\nContent-Length: 8\r\n\r\nsurplus|"

_SIZES = (0, 1, 3, 50, 1000, 8000)
_FRAMINGS = ("length", "length", "chunked", "one byte a chunk", "until close", "gzip", "gzip chunked", "no content")


@attrs.frozen
class Message:
    """A response as bytes.

    :ivar content: head and body
    :ivar head_size: bytes of the head
    :ivar closes: whether only the end of the connection ends the body
    """

    content: bytes
    head_size: int
    closes: bool = False


def make_response(random: Random, method: str, call_id: str) -> Message:
    """A successful response in any framing, at times after interim responses."""
    framing = random.choice(_FRAMINGS)
    count = random.choice(_SIZES)
    if framing == "one byte a chunk":
        count = min(count, 20)
    body = f"{call_id}|".encode() * count
    status, lines = "200 OK", [f"X-Id: {call_id}", f"X-Count: {count}"]
    if framing.startswith("gzip"):
        lines.append("Content-Encoding: gzip")
        body = gzip.compress(body, 1)
    if framing == "no content":
        status, body = "204 No Content", b""
    elif framing in ("length", "gzip"):
        lines.append(f"Content-Length: {len(body)}")
    elif framing != "until close":
        lines.append("Transfer-Encoding: chunked")
        body = _chunked(body, 1 if framing == "one byte a chunk" else random.choice((100, 5000, 100_000)))
    interim = random.choice(
        ("",) * 8 + ("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
    )
    head = f"{interim}HTTP/1.1 {status}\r\n{_joined(lines)}".encode()
    return Message(head if method == "HEAD" else head + body, len(head), framing == "until close")


def make_refusal(method: str, status: str, call_id: str, *fields: str) -> Message:
    """A response that refuses a request."""
    document = b'{"code": "Refused", "message": "%b"}' % call_id.encode()
    lines = [f"X-Id: {call_id}", "Content-Type: application/json", f"Content-Length: {len(document)}", *fields]
    head = f"HTTP/1.1 {status}\r\n{_joined(lines)}".encode()
    return Message(head if method == "HEAD" else head + document, len(head))


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines) + "\r\n"


def _chunked(body: bytes, size: int) -> bytes:
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
