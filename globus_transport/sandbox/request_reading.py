"""Reading requests from a connection (RFC 9112). What can be understood in two ways is refused.

A page in a browser can send requests to every port of its machine. With a name that resolves to 127.0.0.1 it can read
the answers too, but then ``Host`` is that name.
"""

from __future__ import annotations

import re
from collections.abc import Set
from email.message import Message
from http import HTTPStatus
from io import BufferedIOBase

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})

_MAX_HEAD_SIZE = 1 << 16
_MAX_LINE_SIZE = 4096
_HEADER_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r?\n")
_EMPTY_LINES = (b"\r\n", b"\n")
# More digits than these are too large for every limit, and int() refuses thousands of them.
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_LENGTH = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n\0]*)?\r?\n")
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")


class RequestRefusedError(Exception):
    """The request is not carried out. The connection has to be closed after the answer.

    :ivar status: of the answer
    :ivar message: its body
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def split_host(text: str) -> tuple[str, int | None]:
    """The name and the port of a ``Host`` header. The name is in lower case.

    :return: ``None`` as the port if the text has none
    :raises ValueError: if the text is not a host name or address with an optional port
    """
    match = _HOST.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a host name with an optional port")
    return match[1].lower(), None if match[2] is None else int(match[2])


def read_header_lines(stream: BufferedIOBase) -> bytes:
    """The header lines of a request, with the empty line after them.

    :raises ConnectionError: if the connection ends before that
    :raises RequestRefusedError: if a line is malformed, or the head is too long
    """
    lines: list[bytes] = []
    left = _MAX_HEAD_SIZE
    while True:
        line = stream.readline(left + 1)
        left -= len(line)
        if left < 0:
            raise RequestRefusedError(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The headers have more than {_MAX_HEAD_SIZE} bytes"
            )
        if not line.endswith(b"\n"):
            raise ConnectionError("The request ended in the middle of its head")
        lines.append(line)
        if line in _EMPTY_LINES:
            return b"".join(lines)
        if not _HEADER_LINE.fullmatch(line):
            raise _bad_request(f"Not a header line: {line[:80]!r}")


def check_host(headers: Message, port: int, names: Set[str]) -> None:
    """Check that a request is meant for this server.

    :param port: of the server. A request to one of ``LOCAL_NAMES`` must name it
    :param names: further names of the server, in lower case. A request to one of them may name any port
    :raises RequestRefusedError: if the request has no ``Host``, or that of another server
    """
    hosts = headers.get_all("Host", [])
    if len(hosts) != 1:
        raise _bad_request(f"A request needs one Host header, but this one has {len(hosts)}")
    try:
        name, requested_port = split_host(hosts[0].strip())
    except ValueError as error:
        raise _bad_request(f"Host: {error}") from error
    if name in names or (name in LOCAL_NAMES and (requested_port or 80) == port):
        return
    raise RequestRefusedError(
        HTTPStatus.MISDIRECTED_REQUEST,
        f"Host is {hosts[0].strip()}, but this is 127.0.0.1:{port}. The sandbox accepts further names with host_names "
        "(on the command line: --host-name).",
    )


def read_body_length(headers: Message, version: str, max_size: int) -> int | None:
    """The length of a request's body; ``None`` if the body comes in chunks.

    :param version: of the protocol, such as ``HTTP/1.1``
    :raises RequestRefusedError: if the length is ambiguous or malformed (RFC 9112, section 6.3), or the body too large
    """
    codings, lengths = headers.get_all("Transfer-Encoding", []), headers.get_all("Content-Length", [])
    if codings and lengths:
        raise _bad_request("A request must not have both Content-Length and Transfer-Encoding")
    if codings:
        if [coding.strip().lower() for coding in codings] != ["chunked"] or version < "HTTP/1.1":
            raise _bad_request("The only Transfer-Encoding of a request is chunked, with HTTP/1.1")
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0].strip()):
        raise _bad_request("Content-Length must be one number")
    length = int(lengths[0])
    if length > max_size:
        raise _too_large(max_size)
    return length


def read_exactly(stream: BufferedIOBase, length: int) -> bytes:
    """A number of bytes.

    :raises ConnectionError: if the connection ends before that
    """
    found = stream.read(length)
    if len(found) < length:
        # An incomplete request must not be carried out.
        raise ConnectionError("The request ended in the middle of its body")
    return found


def read_chunks(stream: BufferedIOBase, max_size: int) -> bytes:
    """A body in chunks (RFC 9112, section 7.1).

    :raises ConnectionError: if the connection ends in the body
    :raises RequestRefusedError: if a chunk is malformed, or the body is larger than ``max_size``
    """
    body = bytearray()
    while length := _read_chunk_length(stream):
        if len(body) + length > max_size:
            raise _too_large(max_size)
        body += read_exactly(stream, length)
        if read_exactly(stream, 2) != b"\r\n":
            raise _bad_request("A chunk is longer than its length")
    # The trailer section, up to its empty line.
    read_header_lines(stream)
    return bytes(body)


def _read_chunk_length(stream: BufferedIOBase) -> int:
    line = stream.readline(_MAX_LINE_SIZE)
    if not line.endswith(b"\n") and len(line) < _MAX_LINE_SIZE:
        raise ConnectionError("The request ended in the middle of its body")
    match = _CHUNK_LENGTH.fullmatch(line)
    if match is None:
        raise _bad_request(f"Not the length of a chunk: {line[:80]!r}")
    return int(match[1], 16)


def _bad_request(message: str) -> RequestRefusedError:
    return RequestRefusedError(HTTPStatus.BAD_REQUEST, message)


def _too_large(max_size: int) -> RequestRefusedError:
    return RequestRefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than the limit of {max_size} bytes"
    )
