"""A stack for code that takes a ``urllib3.PoolManager``."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from typing import Any, cast

import attrs
import urllib3
from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse, Retry
from urllib3.connection import HTTPConnection
from urllib3.exceptions import DecodeError
from urllib3.util import SKIP_HEADER

from globus_transport.core.flow import Flow, read, send
from globus_transport.core.stack import Stack
from globus_transport.embed.bodies import to_body, to_text
from globus_transport.embed.stacks import embedded_stack
from globus_transport.embed.urllib3.errors import to_urllib3_error
from globus_transport.embed.urllib3.response import to_urllib3_response
from globus_transport.exc.base import GlobusSDKUsageError, NetworkError, ReplyFormatError
from globus_transport.http.headers import FRAMING, Headers
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.http.urls import URL

_POOL_OPTIONS = frozenset({"scheme", "host", "port", "blocksize"})
# urllib3 warns when a pool is full and drops a connection. Here a connection holds no socket, so many may be kept.
_POOL_SIZE = 64
_MAX_POOLS = 64
# The retry layer of the stack repeats failed requests. urllib3 follows redirects, as many as by default.
_ONLY_REDIRECTS = Retry(3, connect=0, read=0, status=0, other=0)


class StackPool(urllib3.PoolManager):
    """A ``urllib3.PoolManager`` whose connections send through a stack.

    Everything else is urllib3's own: ``request`` and ``urlopen`` with their options, pools from
    ``connection_from_url``, redirects, exceptions. The layers ``errors`` and ``redirect`` of the stack are left out,
    because urllib3 follows redirects itself and its callers check statuses.

    Without ``retries=``, urllib3 does not repeat a failed request, and the retry layer of the stack decides. With it,
    urllib3 repeats requests in addition. ``timeout=`` applies if the stack ends in a ``Urllib3Terminal``, as the stack
    of a client does. Bodies are always complete: ``enforce_content_length=False`` is accepted and has no effect.
    ``clear()`` does not close the stack.

    :param stack: layers over a terminal, such as ``client.stack``
    :param headers: sent with every request that has no headers of its own
    :param retries: whether the ``retry`` layer stays in the stack;
        ``False`` if the code around the pool, or urllib3 itself, repeats requests
    :raises GlobusSDKUsageError: if ``stack`` is not a ``Stack``
    """

    def __init__(self, stack: Stack, headers: Mapping[str, str] | None = None, *, retries: bool = True) -> None:
        super().__init__(headers=headers)
        self.stack = embedded_stack(stack, Stack, retries=retries)
        self._connection_stack = self.stack.add(_read_whole_body)
        self._pools_by_origin: dict[tuple[str | None, int | None, str | None], HTTPConnectionPool] = {}

    def connection_from_host(
        self,
        host: str | None,
        port: int | None = None,
        scheme: str | None = "http",
        pool_kwargs: dict[str, Any] | None = None,
    ) -> HTTPConnectionPool:
        """The pool of a host. It sends through the stack.

        :param host: the name or address of the server
        :param port: the port of the server; ``None`` for the scheme's own
        :param scheme: ``http`` or ``https``
        :param pool_kwargs: ``None`` or empty, since the settings are those of the stack's terminal
        :raises GlobusSDKUsageError: if ``pool_kwargs`` has options, which only the stack's terminal can apply
        """
        if pool_kwargs:
            return super().connection_from_host(host, port, scheme, pool_kwargs)
        # Without options, the origin is the key. The key of urllib3 itself has two dozen settings, which takes time.
        pool = self._pools_by_origin.get((host, port, scheme))
        if pool is None:
            if len(self._pools_by_origin) >= _MAX_POOLS:
                self._pools_by_origin.clear()
            pool = self._pools_by_origin[host, port, scheme] = super().connection_from_host(host, port, scheme)
        return pool

    def clear(self) -> None:
        """Drop the pools. The stack keeps its connections."""
        self._pools_by_origin.clear()
        super().clear()

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        unknown = (request_context or {}).keys() - _POOL_OPTIONS
        if unknown:
            raise GlobusSDKUsageError(
                f"{', '.join(sorted(unknown))}: a stack has no such option; set it on the stack's terminal"
            )
        return _StackConnectionPool(self._connection_stack, scheme, host, port)


class _StackConnectionPool(HTTPConnectionPool):
    """The pool of one origin."""

    def __init__(self, stack: Stack, scheme: str, host: str, port: int) -> None:
        self.scheme = scheme
        self.ConnectionCls = cast(Any, _StackConnection)
        super().__init__(
            host, port, maxsize=_POOL_SIZE, retries=_ONLY_REDIRECTS, stack=stack, origin=_origin(scheme, host, port)
        )


class _StackConnection(HTTPConnection):
    """Takes the place of a connection: holds a request until its response is read, and sends it down the stack."""

    def __init__(
        self, host: str, port: int | None = None, *, stack: Stack, origin: str, timeout: Any = None, **_options: Any
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._stack = stack
        self._origin = origin
        self._pending: tuple[Request, bool, bool]
        self._connect_limit: float | None = None

    def connect(self) -> None:
        """Does nothing: the terminal connects."""

    def close(self) -> None:
        """Does nothing: there is no socket."""

    @property
    def is_closed(self) -> bool:
        return False

    @property
    def is_connected(self) -> bool:
        return True

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        chunked: bool = False,
        preload_content: bool = True,
        decode_content: bool = True,
        enforce_content_length: bool = True,
    ) -> None:
        # enforce_content_length has no effect: it allows urllib3 to accept an incomplete body, and a stack never does.
        self._connect_limit = self.timeout
        pairs = _pairs(headers or {})
        if not decode_content and not any(name.lower() == "accept-encoding" for name, _ in pairs):
            # As urllib3 does. Otherwise a layer may ask for an encoding, and the terminal decodes it.
            pairs.append(("Accept-Encoding", "identity"))
        request = Request(
            method.upper(),
            # The pool has percent-encoded it already.
            URL.at(self._origin, url) if url.startswith("/") else URL(url),
            [pair for pair in pairs if pair[0].lower() not in FRAMING],
            to_body(body, length=None if chunked else _length(body, pairs), position=_position_of(body)),
            stream=not preload_content,
            follow_redirects=False,
        )
        self._pending = request, preload_content, decode_content

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        request, preload, decode = self._pending
        del self._pending
        try:
            response = self._stack.send(self._with_limits(request))
        except NetworkError as error:
            raise to_urllib3_error(error, request.url.target, self) from error
        except ReplyFormatError as error:
            raise DecodeError(str(error)) from error
        return to_urllib3_response(response, request.method, request.url.target, preload=preload, as_decoded=not decode)

    def _with_limits(self, request: Request) -> Request:
        connect, read = self._connect_limit, self.timeout
        if connect is None and read is None:
            return request
        terminal = self._stack.terminal
        limits = (
            getattr(terminal, "connect_timeout", None) if connect is None else connect,
            getattr(terminal, "http_timeout", None) if read is None else read,
        )
        return attrs.evolve(request, extensions={TIME_LIMITS: limits})


def _read_whole_body(request: Request) -> Flow:
    """A layer that reads every body to its end; a terminal would cut the bodies of errors.

    It is the innermost layer, so that the others see the whole body, and may repeat the request if it breaks off.
    """
    if request.stream:
        return (yield from send(request))
    response = yield from send(attrs.evolve(request, stream=True))
    return response if response.stream is None else (yield from read(response))


def _origin(scheme: str, host: str, port: int) -> str:
    host = host.strip("[]")
    return URL(f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}").origin


def _pairs(headers: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = headers.iteritems() if isinstance(headers, HTTPHeaderDict) else headers.items()
    texts = [(to_text(name), to_text(value)) for name, value in pairs]
    return [pair for pair in texts if pair[1] != SKIP_HEADER]


def _length(body: Any, headers: list[tuple[str, str]]) -> int | None:
    header = Headers.received(headers).get("Content-Length")
    if header is not None:
        return int(header)
    position = None if isinstance(body, io.TextIOBase) else _position_of(body)
    if position is None:
        return None
    end: int = body.seek(0, io.SEEK_END)
    body.seek(position)
    return end - position


def _position_of(body: Any) -> int | None:
    if hasattr(body, "seek") and hasattr(body, "tell"):
        with contextlib.suppress(OSError):
            position: int = body.tell()
            return position
    return None
