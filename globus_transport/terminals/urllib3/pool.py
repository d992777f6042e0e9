"""The way to an origin: its kept connections, and how another is made, directly or through a proxy."""

from __future__ import annotations

from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, cast
from weakref import finalize

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from globus_transport import config
from globus_transport.exc.base import GlobusConnectionError, GlobusConnectionTimeoutError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import TimeLeft, in_seconds, time_left
from globus_transport.terminals.urllib3.plain import Connection, ConnectionClasses

if TYPE_CHECKING:
    from globus_transport.terminals.http1.replies import Reply


class Way:
    """Reaches one origin.

    The idle connections stand in a list whose ``append`` and ``pop`` are atomic: threads need no lock
    for them, and a fork cannot find one held.

    :param size: connections kept. More may be open at a time
    :param classes: of the connections, without TLS and with it
    :ivar host: of the origin, as the Host header has it
    :ivar absolute: whether the request line holds the whole URL, because a proxy reads it
    :ivar proxy_headers: what such a proxy is to be sent
    :raises GlobusSDKUsageError: if the proxy in the environment, or the CA path, is no use
    """

    __slots__ = (
        "__weakref__",
        "_closed",
        "_factory",
        "_idle",
        "_place",
        "_size",
        "_tunnel",
        "absolute",
        "host",
        "proxy_headers",
    )

    def __init__(self, origin: str, verify_ssl: bool | str, size: int, classes: ConnectionClasses) -> None:
        proxy = None
        if config.names_a_proxy():
            # Not at the top, as the others in this class: few programs need it, or not for their first call.
            from globus_transport.terminals.proxies import proxy_for

            proxy = proxy_for(origin)
        secure = origin.startswith("https://")
        # urllib3's pool is what makes the connections; it keeps none of them.
        options: dict[str, Any] = {"maxsize": 1}
        if secure or (proxy is not None and proxy.url.startswith("https://")):
            from globus_transport.terminals.tls import shared_context

            options["ssl_context"] = shared_context(verify_ssl)
            if verify_ssl is False:
                options["cert_reqs"] = "CERT_NONE"
        if proxy is None:
            self._factory = urllib3.connectionpool.connection_from_url(origin, **options)
        else:
            manager = urllib3.ProxyManager(
                proxy.url, proxy_headers=proxy.headers, proxy_ssl_context=options.get("ssl_context"), **options
            )
            self._factory = manager.connection_from_url(origin)
        with_tls = isinstance(self._factory, urllib3.HTTPSConnectionPool)
        self._factory.ConnectionCls = cast(Any, classes[with_tls])
        self._tunnel = proxy is not None and secure
        self.host = origin.partition("://")[2]
        self._place = origin if proxy is None else f"{origin} through the proxy {proxy.url}"
        self._idle: list[Connection] = []
        # Programs that never close a client leave it to be forgotten.
        finalize(self, _close_all, self._idle)
        self._size = size
        self._closed = False
        self.absolute = proxy is not None and not secure
        self.proxy_headers = proxy.headers if self.absolute and proxy is not None else {}

    def take(self) -> Connection:
        """A connection for one request: an idle one that still stands, or one that is yet to be connected."""
        idle = self._idle
        while idle:
            try:
                connection = idle.pop()
            except IndexError:  # another thread was faster
                break
            if connection.is_ready():
                return connection
            connection.close()
        # urllib3 declares a protocol; what its pools make is of the class that they were given.
        return cast(Connection, self._factory._new_conn())

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose reply was read to its end."""
        if connection.sock is not None:
            self._idle.append(connection)
            self._close_idle(keep=0 if self._closed else self._size)

    def connect(self, connection: Connection, request: Request, limit: float | None) -> None:
        """Open the connection.

        :raises GlobusConnectionTimeoutError: if it takes longer than the limit
        :raises GlobusConnectionError: if it fails
        """
        left = None if request.deadline is None else partial(time_left, request, limit)
        limit = connection.timeout = time_left(request, limit, began=False)
        try:
            if self._tunnel:
                self._open_tunnel(connection, left)
            else:
                connection.connect()
        except (OSError, HTTPError, HTTPException) as error:
            # urllib3 counts a refused connection among the time-outs.
            if isinstance(error, (TimeoutError, ConnectTimeoutError)) and not isinstance(error, NewConnectionError):
                raise GlobusConnectionTimeoutError(
                    f"no connection to {self._place} within {in_seconds(limit)}", error
                ) from error
            raise GlobusConnectionError(
                f"no connection to {self._place}: {_reason(error)}", error, request_began=False
            ) from error

    def _open_tunnel(self, connection: Connection, left: TimeLeft | None) -> None:
        from globus_transport.terminals.http1.replies import Reply

        # What reads the proxy's answer.
        connection.response_class = cast(Any, partial(Reply, time_left=left))
        try:
            self._factory._prepare_proxy(cast(Any, connection))
        finally:
            # What was set for this request holds the request.
            connection.response_class = Reply

    def close(self) -> None:
        """Close the idle connections, and those on loan when they come back."""
        self._closed = True
        self._close_idle(keep=0)

    def _close_idle(self, keep: int) -> None:
        _close_all(self._idle, keep)


class Lease:
    """A connection on loan, to be given back or dropped, once."""

    __slots__ = ("_way", "connection", "reply")

    def __init__(self, way: Way) -> None:
        self._way: Way | None = way
        self.connection = way.take()
        self.reply: Reply | None = None

    def give_back(self) -> None:
        """The reply was read to its end: the connection can serve the next request."""
        way, reply = self._way, self.reply
        self._way = self.reply = None
        if way is not None:
            if reply is not None and reply.surplus:
                # Whoever sent it may take it for an answer to the next request.
                self.connection.close()
            way.give_back(self.connection)

    def drop(self) -> None:
        """Close the connection. Harmless when it was given back or dropped before."""
        way, self._way = self._way, None
        if way is not None:
            self.connection.close()
            if self.reply is not None:
                # The connection has let go of a reply after which the server closes.
                self.reply.close()


def _close_all(idle: list[Connection], keep: int = 0) -> None:
    while len(idle) > keep:
        try:
            connection = idle.pop()
        except IndexError:  # another thread was faster
            break
        connection.close()


def _reason(error: Exception) -> str:
    # urllib3 puts the name of its connection object before what the system said.
    return str(error.__cause__ or error) or type(error).__name__
