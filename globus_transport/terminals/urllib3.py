"""The default terminal: urllib3's connections and pools, without its retries, redirects and URL handling."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, NoReturn, cast

import attrs
import urllib3
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, DecodeError, HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from globus_transport.errors import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    ReplyFormatError,
)
from globus_transport.headers import Headers
from globus_transport.messages import ByteStream, Request, Response, StreamBody
from globus_transport.terminals.proxies import proxy_for
from globus_transport.terminals.tls import shared_context

#: An error body longer than this, in bytes, is cut: it is for people to read.
ERROR_BODY_LIMIT = 1 << 20
_CHUNK = 1 << 16
_MOST_ORIGINS = 32
_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@attrs.frozen
class _Way:
    """How an origin is reached."""

    pool: HTTPConnectionPool
    tunnel: bool
    absolute: bool


class Urllib3Terminal:
    """Sends over keep-alive connections, from any number of threads.

    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :param verify_ssl: ``True`` for the system's CA certificates, ``False`` for no verification, or the
        path of a CA file or folder
    :param pool_size: connections kept for each origin. More may be open at a time; those are not kept
    :raises GlobusSDKUsageError: if a number is not positive
    """

    def __init__(
        self,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
        verify_ssl: bool | str = True,
        pool_size: int = 32,
    ) -> None:
        for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
            if seconds is not None and not seconds > 0:
                raise GlobusSDKUsageError(f"{name}={seconds!r}: give seconds above 0, or None for no limit")
        if pool_size < 1:
            raise GlobusSDKUsageError(f"pool_size={pool_size!r}: give a number above 0")
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self.verify_ssl = verify_ssl
        self.pool_size = pool_size
        self._make_pools()

    def _make_pools(self) -> None:
        self._ways: dict[str, _Way] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()

    def __call__(self, request: Request) -> Response:
        if self._process != os.getpid():
            # After a fork the sockets belong to the parent; using them here would mix up replies.
            self._make_pools()
        way = self._ways.get(request.url.origin)
        if way is None:
            way = self._open_way(request.url.origin)
        lease = _Lease(way.pool)
        try:
            limit = self.http_timeout
            if request.deadline is not None:
                limit = _until(request, limit)
            connection = lease.connection
            if connection.sock is None:
                self._connect(connection, way, request)
            cast(Any, connection.sock).settimeout(limit)
            _send(connection, way, request)
            return _receive(lease, request, limit)
        except BaseException:
            lease.drop()
            raise

    def _connect(self, connection: HTTPConnection, way: _Way, request: Request) -> None:
        limit = self.connect_timeout if request.deadline is None else _until(request, self.connect_timeout)
        connection.timeout = limit
        try:
            if way.tunnel:
                way.pool._prepare_proxy(cast(Any, connection))
            if connection.sock is None:
                connection.connect()
        except (TimeoutError, ConnectTimeoutError) as error:
            raise GlobusConnectionTimeoutError(
                f"no connection to {request.url.origin} within {_seconds(limit)}", error
            ) from error
        except (OSError, HTTPError, HTTPException) as error:
            raise GlobusConnectionError(
                f"no connection to {request.url.origin}: {_reason(error)}", error, request_began=False
            ) from error

    def _open_way(self, origin: str) -> _Way:
        with self._lock:
            way = self._ways.get(origin)
            if way is None:
                if len(self._ways) >= _MOST_ORIGINS:
                    self._ways.pop(next(iter(self._ways))).pool.close()
                way = self._ways[origin] = self._make_way(origin)
            return way

    def _make_way(self, origin: str) -> _Way:
        proxy = proxy_for(origin)
        secure = origin.startswith("https://")
        options: dict[str, Any] = {"maxsize": self.pool_size, "block": False, "retries": False}
        if secure or (proxy is not None and proxy.url.startswith("https://")):
            options["ssl_context"] = shared_context(self.verify_ssl)
            if self.verify_ssl is False:
                options["cert_reqs"] = "CERT_NONE"
        if proxy is None:
            return _Way(urllib3.connectionpool.connection_from_url(origin, **options), tunnel=False, absolute=False)
        manager = urllib3.ProxyManager(
            proxy.url, proxy_headers=proxy.headers, proxy_ssl_context=options.get("ssl_context"), **options
        )
        return _Way(manager.connection_from_url(origin), tunnel=secure, absolute=not secure)

    def close(self) -> None:
        """Close the idle connections. A later request opens new ones."""
        with self._lock:
            ways, self._ways = self._ways, {}
        for way in ways.values():
            way.pool.close()

    def __str__(self) -> str:
        verify = f"verified by {self.verify_ssl}"
        if isinstance(self.verify_ssl, bool):
            verify = "verified" if self.verify_ssl else "NOT VERIFIED"
        return f"urllib3, {self.pool_size} kept connections, time-out {_seconds(self.http_timeout)}, TLS {verify}"

    def __getstate__(self) -> dict[str, Any]:
        return {
            "http_timeout": self.http_timeout,
            "connect_timeout": self.connect_timeout,
            "verify_ssl": self.verify_ssl,
            "pool_size": self.pool_size,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._make_pools()


class _Lease:
    """A connection on loan from its pool, to be given back once."""

    __slots__ = ("_pool", "connection")

    def __init__(self, pool: HTTPConnectionPool) -> None:
        # urllib3 declares a protocol; what its pools make are http.client's connections.
        self.connection: HTTPConnection = cast(Any, pool._get_conn())
        self._pool: HTTPConnectionPool | None = pool

    def give_back(self) -> None:
        """The reply was read to its end: the connection can serve the next request."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool._put_conn(cast(Any, self.connection))

    def drop(self) -> None:
        """Close the connection. Harmless when it was given back or dropped before."""
        pool, self._pool = self._pool, None
        if pool is not None:
            self.connection.close()
            # A pool that lent a connection wants something back: None keeps its place.
            pool._put_conn(None)


def _send(connection: HTTPConnection, way: _Way, request: Request) -> None:
    # http.client's own calls, which urllib3's connection has too: its request() looks at every header twice.
    headers, body = request.headers, request.body
    chunked = False
    try:
        connection.putrequest(
            request.method,
            str(request.url) if way.absolute else request.url.target,
            skip_host="host" in headers,
            skip_accept_encoding=True,
        )
        for name, value in headers.pairs:
            connection.putheader(name, value)
        if way.absolute:
            for name, value in way.pool.proxy_headers.items():
                connection.putheader(name, value)
        if body is None:
            if request.method in _EXPECT_A_BODY:
                connection.putheader("Content-Length", "0")
            connection.endheaders()
        elif isinstance(body, StreamBody):
            chunked = body.length is None
            if chunked:
                connection.putheader("Transfer-Encoding", "chunked")
            else:
                connection.putheader("Content-Length", str(body.length))
            connection.endheaders(_checked(body), encode_chunked=chunked)
        else:
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
    except TimeoutError as error:
        raise GlobusTimeoutError(f"{request!r}: the server did not take the request in time", error) from error
    except OSError as error:
        # The server may have answered, with a 413 say, and closed before it had read everything.
        if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE) or connection.sock is None:
            _raise_broken(request, error, None)
    except HTTPException as error:
        _raise_broken(request, error, None)


def _checked(body: StreamBody) -> Iterator[bytes]:
    """The chunks of a body whose length was announced: a wrong length would break the connection's framing."""
    sent = 0
    for chunk in body.open():
        sent += len(chunk)
        if body.length is not None and sent > body.length:
            break
        yield chunk
    if body.length is not None and sent != body.length:
        raise GlobusSDKUsageError(
            f"the request body was announced with {body.length} bytes but has {'more' if sent > body.length else sent}"
        )


def _receive(lease: _Lease, request: Request, limit: float | None) -> Response:
    # http.client lets go of a socket that the server will close; time-outs are still set on it.
    socket = lease.connection.sock
    try:
        # Not urllib3's getresponse(): building its response costs as much as the rest of the call.
        raw = HTTPConnection.getresponse(lease.connection)
        headers = Headers.received(raw.headers.items())
        if request.stream or raw.status >= 400 or request.deadline is not None or "Content-Encoding" in raw.headers:
            return _receive_by_urllib3(lease, request, raw, headers, socket, limit)
        body = raw.read()
    except (OSError, HTTPException) as error:
        _raise_broken(request, error, limit)
    lease.give_back()
    return Response(raw.status, headers, body, None, raw.reason, request)


def _receive_by_urllib3(
    lease: _Lease, request: Request, raw: HTTPResponse, headers: Headers, socket: Any, limit: float | None
) -> Response:
    """Everything that is not a plain, whole body: urllib3 decodes and reads it in parts."""
    reply = urllib3.HTTPResponse(
        raw,
        headers=urllib3.HTTPHeaderDict(headers.pairs),
        status=raw.status,
        reason=raw.reason,
        preload_content=False,
        original_response=raw,
        request_method=request.method,
    )
    stream = _Urllib3Stream(lease, request, reply, socket, limit)
    if request.stream:
        return Response(raw.status, headers, b"", stream, raw.reason, request)
    if raw.status < 400:
        return Response(raw.status, headers, stream.read(), None, raw.reason, request)
    body = stream.read(ERROR_BODY_LIMIT + 1)
    cut = len(body) > ERROR_BODY_LIMIT
    return Response(raw.status, headers, body[:ERROR_BODY_LIMIT], None, raw.reason, request, cut)


class _Urllib3Stream(ByteStream):
    """The body of a response on a connection that goes back to its pool when the body is read."""

    def __init__(
        self,
        lease: _Lease,
        request: Request,
        reply: BaseHTTPResponse,
        socket: Any,
        limit: float | None,
    ) -> None:
        self._lease = lease
        self._request = request
        self._reply = reply
        self._socket = socket
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        try:
            while chunk := self._next(self._reply.read if self._request.deadline is None else self._reply.read1):
                yield chunk
            self._lease.give_back()
        finally:
            self.close()

    def read(self, limit: int | None = None) -> bytes:
        if limit is None and self._request.deadline is None:
            with self._errors():
                body = self._reply.read()
            self._lease.give_back()
            return body
        chunks: list[bytes] = []
        left = limit
        for chunk in self:
            chunks.append(chunk)
            if left is not None:
                left -= len(chunk)
                if left <= 0:
                    break
        self.close()
        return b"".join(chunks)[:limit]

    def _next(self, read: Callable[[int], bytes]) -> bytes:
        if self._request.deadline is not None:
            self._socket.settimeout(_until(self._request, self._limit))
        with self._errors():
            return read(_CHUNK)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DecodeError as error:
            self.close()
            raise ReplyFormatError(f"{self._request!r}: the body cannot be decoded: {_reason(error)}") from error
        except (OSError, HTTPError, HTTPException) as error:
            self.close()
            _raise_broken(self._request, error, self._limit)

    def close(self) -> None:
        self._lease.drop()


def _raise_broken(request: Request, error: Exception, limit: float | None) -> NoReturn:
    if isinstance(error, (TimeoutError, ReadTimeoutError)):
        raise GlobusTimeoutError(f"{request!r}: no answer within {_seconds(limit)}", error) from error
    raise GlobusConnectionError(f"{request!r}: the connection broke: {_reason(error)}", error) from error


def _until(request: Request, limit: float | None) -> float:
    assert request.deadline is not None
    left = request.deadline - time.monotonic()
    if left <= 0:
        raise GlobusTimeoutError(f"{request!r}: the deadline of the call has passed")
    return left if limit is None else min(left, limit)


def _seconds(limit: float | None) -> str:
    return "no limit" if limit is None else f"{limit:.3g} s"


def _reason(error: BaseException) -> str:
    text = str(error)
    # urllib3 prefixes the repr of its connection objects.
    _, _, tail = text.rpartition(">: ")
    return tail or text or type(error).__name__
