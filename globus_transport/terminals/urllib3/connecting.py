"""Makes the socket to an origin: urllib3 resolves names, connects and does TLS; tunnels through proxies are ours."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import attrs
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import ssl_wrap_socket

from globus_transport import config
from globus_transport.exc.base import GlobusConnectionError, GlobusConnectionTimeoutError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds, time_left
from globus_transport.terminals.http1.reader import CHUNK, ResponseReader
from globus_transport.terminals.http1.request_head import connect_head
from globus_transport.terminals.proxies import Proxy, proxy_for
from globus_transport.terminals.tls import shared_context

_DEFAULT_PORTS = {"http": 80, "https": 443}


@attrs.frozen(eq=False)
class Connector:
    """Connects to one origin.

    :ivar origin: where requests go
    :ivar proxy: that they go through, if there is one
    :ivar context: for TLS with the origin or the proxy
    """

    origin: str
    proxy: Proxy | None
    context: ssl.SSLContext | None

    @classmethod
    def to(cls, origin: str, verify_ssl: bool | str) -> Connector:
        """A connector to an origin, by what the environment says of proxies.

        :raises GlobusSDKUsageError: if the proxy in the environment, or the CA path, cannot be used
        """
        proxy = proxy_for(origin) if config.names_a_proxy() else None
        with_tls = origin.startswith("https://") or (proxy is not None and proxy.url.startswith("https://"))
        return cls(origin, proxy, shared_context(verify_ssl) if with_tls else None)

    @property
    def forwards(self) -> bool:
        """Whether a proxy reads the requests, and is sent the whole URL."""
        return self.proxy is not None and not self.origin.startswith("https://")

    def __str__(self) -> str:
        return self.origin if self.proxy is None else f"{self.origin} through the proxy {self.proxy.url}"

    def connect(self, request: Request, limit: float | None) -> socket.socket:
        """A new connection.

        :param limit: seconds that it may take
        :raises GlobusConnectionTimeoutError: if it takes longer
        :raises GlobusConnectionError: if it fails
        """
        limit = time_left(request, limit, began=False)
        try:
            sock = self._open(self.origin if self.proxy is None else self.proxy.url, limit)
            if self.proxy is None or self.forwards:
                return sock
            try:
                return self._tunnel(sock, self.proxy, lambda: time_left(request, limit, began=False))
            except BaseException:
                sock.close()
                raise
        except (OSError, HTTPError, HTTPException) as error:
            # urllib3 counts a refused connection among the time-outs.
            if isinstance(error, (TimeoutError, ConnectTimeoutError)) and not isinstance(error, NewConnectionError):
                raise GlobusConnectionTimeoutError(
                    f"no connection to {self} within {in_seconds(limit)}", error
                ) from error
            raise GlobusConnectionError(
                f"no connection to {self}: {_reason(error)}", error, request_began=False
            ) from error

    def _open(self, origin: str, limit: float | None) -> socket.socket:
        host, port = _address(origin)
        connection = HTTPConnection(host, port, timeout=limit)
        if origin.startswith("https://"):
            connection = HTTPSConnection(host, port, timeout=limit, ssl_context=self.context)
        connection.connect()
        sock: socket.socket = connection.sock
        return sock

    def _tunnel(self, sock: socket.socket, proxy: Proxy, left: Callable[[], float | None]) -> socket.socket:
        """Ask the proxy for a tunnel, and do TLS with the origin through it."""
        host, port = _address(self.origin)
        sock.settimeout(left())
        sock.sendall(connect_head(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", proxy.headers))
        reader = ResponseReader("CONNECT")
        while (head := reader.read_head()) is None:
            sock.settimeout(left())
            reader.feed(sock.recv(CHUNK))
        if head.status >= 300:
            raise OSError(f"it refused the tunnel: {head.status} {head.reason}")
        if reader.surplus:
            raise HTTPException("it sent more than the answer to CONNECT")
        sock.settimeout(left())
        # TLS within TLS gives an object that is no socket, and has what is used of one.
        secure: Any = ssl_wrap_socket(
            sock, server_hostname=host, ssl_context=self.context, tls_in_tls=isinstance(sock, ssl.SSLSocket)
        )
        wrapped: socket.socket = secure
        return wrapped


def _address(origin: str) -> tuple[str, int]:
    parts = urlsplit(origin)
    assert parts.hostname is not None
    return parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def _reason(error: Exception) -> str:
    # urllib3 puts the name of its connection object before what the system said.
    return str(error.__cause__ or error) or type(error).__name__
