"""A WSGI application (PEP 3333), called in this process: no server, no socket."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Union, cast
from urllib.parse import unquote_to_bytes

from globus_transport.core.layers import describe
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left
from globus_transport.terminals.applications import (
    check_mount_path,
    framing_header,
    has_no_body,
    is_below,
    server_of,
)
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.streams import ReceivedStream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_ExcInfo = Union[tuple[type[BaseException], BaseException, TracebackType], tuple[None, None, None]]

_STATUS_LINE = re.compile(r"([1-9]\d\d)(?: ([^\x00-\x1f\x7f]*))?").fullmatch
_SET_SEPARATELY = frozenset({"content-type", "content-length", "transfer-encoding", "host"})


class WSGITerminal:
    """Calls an application in this process. An exception of the application reaches the caller unchanged.

    :param app: the application
    :param script_name: the path that it is mounted at; ``""`` is the root
    :param remote_addr: the address of the client, for the application
    :raises GlobusSDKUsageError: if ``script_name`` does not begin with a slash, or ends in one
    """

    def __init__(self, app: WSGIApplication, *, script_name: str = "", remote_addr: str = "127.0.0.1") -> None:
        check_mount_path("script_name", script_name)
        self.app = app
        self.script_name = script_name
        self.remote_addr = remote_addr

    def __call__(self, request: Request) -> Response:
        """Call the application with one request.

        :raises ReplyFormatError: if its response breaks PEP 3333
        :raises Exception: any exception of the application
        """
        time_left(request, None, began=False)
        call = _WSGICall(request)
        parts = call.parts(self.app, self._environ(request))
        # The application may change the head until it gives the first part of the body.
        first = next(parts, b"")
        status, reason, headers = call.send_head()
        if has_no_body(request, status):
            parts.close()
            first = b""
        stream = _WSGIStream(request, first, parts, headers.get("Content-Encoding", ""))
        if request.stream:
            return Response(status, headers, b"", stream, reason, request)
        return Response(status, headers, stream.read(), None, reason, request)

    def _environ(self, request: Request) -> dict[str, Any]:
        scheme, host, name, port = server_of(request)
        script, path = self._split_path(request)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": script,
            "PATH_INFO": path,
            "QUERY_STRING": request.url.target.partition("?")[2],
            "SERVER_NAME": name,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.remote_addr,
            "HTTP_HOST": request.headers.get("Host", host),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": _input_file(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            # Not in PEP 3333: the input ends after the body, so the application may read it without a Content-Length.
            "wsgi.input_terminated": True,
        }
        _add_headers(environ, request)
        return environ

    def _split_path(self, request: Request) -> tuple[str, str]:
        # PEP 3333: text in an environ is decoded as latin-1, so that each character stands for one byte.
        path = unquote_to_bytes(request.url.target.partition("?")[0]).decode("latin-1")
        script = self.script_name.encode().decode("latin-1")
        if not is_below(path, script):
            raise GlobusSDKUsageError(
                f"{request!r}: the application is mounted at {self.script_name!r}; send it paths below that"
            )
        return script, path[len(script) :]

    def __str__(self) -> str:
        mount = f", mounted at {self.script_name}" if self.script_name else ""
        return f"WSGI application {describe(self.app)} in this process{mount}"


def _input_file(body: bytes | StreamBody | None) -> io.BufferedIOBase:
    if isinstance(body, StreamBody):
        return io.BufferedReader(_PartsReader(parts_of(body)))
    return io.BytesIO(body or b"")


def _add_headers(environ: dict[str, Any], request: Request) -> None:
    if "Content-Type" in request.headers:
        environ["CONTENT_TYPE"] = request.headers["Content-Type"]
    framing = framing_header(request)
    if framing is not None:
        name, value = framing
        environ["CONTENT_LENGTH" if name == "Content-Length" else "HTTP_TRANSFER_ENCODING"] = value
    for name, value in request.headers.pairs:
        if name.lower() in _SET_SEPARATELY:
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


class _PartsReader(io.RawIOBase):
    """A request body as a file."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._rest or next(self._parts, b"")
        size = min(len(part), len(buffer))
        buffer[:size] = part[:size]
        self._rest = part[size:]
        return size


class _WSGICall:
    """One call of an application: the head that it passes to ``start_response``, and the body that it returns."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._head: tuple[int, str, Headers] | None = None
        self._head_sent = False
        self._written: list[bytes] = []

    def parts(self, app: WSGIApplication, environ: dict[str, Any]) -> Generator[bytes, None, None]:
        """Call the application, and yield the parts of its body that are not empty."""
        iterable: Iterable[bytes] | None = app(environ, cast(Any, self._start_response))
        if iterable is None:
            raise self._error("returned None; it has to return an iterable of bytes")
        try:
            for part in iterable:
                self._check_part(part)
                yield from self._take_written()
                if part:
                    yield part
            yield from self._take_written()
        finally:
            close = getattr(iterable, "close", None)
            if close is not None:
                close()

    def send_head(self) -> tuple[int, str, Headers]:
        """The status, the reason and the headers. From now on the application cannot change them."""
        self._head_sent = True
        return self._checked_head()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Optional[_ExcInfo] = None
    ) -> Callable[[bytes], None]:
        try:
            if exc_info:
                if self._head_sent and exc_info[1] is not None:
                    raise exc_info[1].with_traceback(exc_info[2])
            elif self._head is not None:
                raise self._error("called start_response a second time without exc_info")
        finally:
            del exc_info  # the traceback in it refers to this frame
        self._head = (*self._parse_status(status), self._parse_headers(headers))
        return self._write

    def _write(self, part: bytes) -> None:
        self._check_part(part)
        if part:
            self._head_sent = True
            self._written.append(part)

    def _take_written(self) -> Iterator[bytes]:
        written, self._written = self._written, []
        return iter(written)

    def _checked_head(self) -> tuple[int, str, Headers]:
        if self._head is None:
            raise self._error("responded without calling start_response")
        return self._head

    def _check_part(self, part: object) -> None:
        self._checked_head()
        if not isinstance(part, bytes):
            raise self._error(f"gave {type(part).__name__} as a part of its body; it has to give bytes")

    def _parse_status(self, status: object) -> tuple[int, str]:
        line = _STATUS_LINE(status) if isinstance(status, str) else None
        if line is None:
            raise self._error(f"gave {status!r:.100} as its status; it has to be text such as '200 OK'")
        return int(line[1]), (line[2] or "").strip()

    def _parse_headers(self, headers: Any) -> Headers:
        try:
            return Headers(headers)
        except (GlobusSDKUsageError, TypeError, ValueError) as error:
            raise self._error(f"gave headers that cannot be sent: {error}") from error

    def _error(self, problem: str) -> ReplyFormatError:
        return ReplyFormatError(f"{self._request!r}: the WSGI application {problem}")


class _WSGIStream(ReceivedStream):
    """A response body, produced by the application while it is read."""

    empty_at_end = True

    def __init__(self, request: Request, first: bytes, parts: Generator[bytes, None, None], encoding: str) -> None:
        super().__init__(request)
        self._source = parts
        self._decoded = decoded(chain([first], parts), encoding, request)

    def _parts(self) -> Iterator[bytes]:
        return filter(None, self._decoded)

    def _let_go(self) -> None:
        self._source.close()
