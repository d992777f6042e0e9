"""Writes requests of HTTP/1 (RFC 9112) without I/O: the head, and the body in the form that the head announces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import FRAMING
from globus_transport.http.messages import Request
from globus_transport.terminals.http1.reader import CHUNK


def request_head(request: Request, *, target: str, host: str, added: Mapping[str, str]) -> bytes:
    """The head of a request.

    :param target: for the request line: path and query, or the whole URL for a proxy
    :param host: for the Host header, if the request has none
    :param added: headers for a proxy
    :raises GlobusSDKUsageError: if a header could forge another one
    """
    # The body decides how it is framed.
    headers = request.headers.without(*FRAMING)
    fields = [] if "Host" in headers else [f"Host: {host}\r\n"]
    fields += [f"{name}: {value}\r\n" for name, value in headers.pairs]
    for name, value in added.items():
        fields.append(f"{name}: {value}\r\n")
    if (framing := request.framing) is not None:
        fields.append(f"{framing[0]}: {framing[1]}\r\n")
    text = "".join(fields)
    if text.count("\n") != len(fields) or text.count("\r") != len(fields):
        # Headers of a response may be sent in a request, and are not checked when they are received.
        raise GlobusSDKUsageError(f"{request!r}: a header holds CR or LF, which could forge another one")
    return f"{request.method} {target} HTTP/1.1\r\n{text}\r\n".encode("latin-1")


def connect_head(authority: str, added: Mapping[str, str]) -> bytes:
    """The head that asks a proxy for a tunnel (RFC 9110, section 9.3.6).

    :param authority: host and port where the tunnel leads
    :param added: the credentials for the proxy
    """
    fields = "".join(f"{name}: {value}\r\n" for name, value in added.items())
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{fields}\r\n".encode("latin-1")


def body_parts(body: bytes | StreamBody) -> Iterable[bytes | memoryview]:
    """A body as it goes over the wire, in parts of which each may take the time-out."""
    if isinstance(body, bytes):
        whole = memoryview(body)
        return (whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK))
    return _chunked(body) if body.length is None else parts_of(body)


def _chunked(body: StreamBody) -> Iterator[bytes]:
    # RFC 9112, section 7.1.
    for part in parts_of(body):
        yield b"%x\r\n%b\r\n" % (len(part), part)
    yield b"0\r\n\r\n"
