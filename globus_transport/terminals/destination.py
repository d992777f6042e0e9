"""Where the connections for an origin lead, directly or through a proxy, and what is sent over them first.

It does no I/O. The blocking terminal and the asyncio one make the connections, each in its way.
"""

from __future__ import annotations

import ssl
from http.client import HTTPException
from urllib.parse import urlsplit

import attrs

from globus_transport.exc.base import GlobusConnectionError, GlobusConnectionTimeoutError, NetworkError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds
from globus_transport.terminals.errors import TunnelRefusedError, final_if_it_lasts
from globus_transport.terminals.http1.reader import ResponseHead, ResponseReader
from globus_transport.terminals.http1.request_head import connect_head, request_head
from globus_transport.terminals.proxies import Proxy, proxy_for
from globus_transport.terminals.tls import shared_context

_DEFAULT_PORTS = {"http": 80, "https": 443}


@attrs.frozen(eq=False)
class Destination:
    """Where the connections for one origin lead.

    :ivar origin: where requests go
    :ivar proxy: that they go through, if there is one
    :ivar context: for TLS with the origin or the proxy
    :ivar host: of the origin, as the Host header has it
    :ivar forwards: whether a proxy reads the requests, and is sent the whole URL
    """

    origin: str
    proxy: Proxy | None
    context: ssl.SSLContext | None
    host: str
    forwards: bool

    @classmethod
    def of(cls, origin: str, verify_ssl: bool | str) -> Destination:
        """The destination of an origin, by what the environment says of proxies.

        :raises GlobusSDKUsageError: if the proxy in the environment, or the CA path, cannot be used
        """
        proxy = proxy_for(origin)
        is_secure = origin.startswith("https://")
        with_tls = is_secure or (proxy is not None and proxy.url.startswith("https://"))
        context = shared_context(verify_ssl) if with_tls else None
        return cls(origin, proxy, context, origin.partition("://")[2], proxy is not None and not is_secure)

    @property
    def first_hop(self) -> str:
        """The origin to connect to: the proxy's, if there is one."""
        return self.origin if self.proxy is None else self.proxy.url

    def request_head(self, request: Request) -> bytes:
        """The head of a request, as it goes over a connection to here.

        :raises GlobusSDKUsageError: if a header could forge another one
        """
        if self.proxy is None or not self.forwards:
            return request_head(request, target=request.url.target, host=self.host, added={})
        return request_head(request, target=str(request.url), host=self.host, added=self.proxy.headers)

    def tunnel_head(self) -> bytes:
        """The head of the CONNECT that asks the proxy for a tunnel to the origin."""
        assert self.proxy is not None
        host, port = address_of(self.origin)
        return connect_head(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", self.proxy.headers)

    def __str__(self) -> str:
        return self.origin if self.proxy is None else f"{self.origin} through the proxy {self.proxy.url}"

    def not_connected(self, error: Exception, limit: float | None, *, timed_out: bool) -> NetworkError:
        """The error for a connection that was not made.

        :param limit: seconds that it might take
        """
        if timed_out:
            return GlobusConnectionTimeoutError(f"no connection to {self} within {in_seconds(limit)}", error)
        message = f"no connection to {self}: {str(error) or type(error).__name__}"
        return final_if_it_lasts(GlobusConnectionError(message, error, request_began=False))


def address_of(origin: str) -> tuple[str, int]:
    """The host name or address, and the port."""
    parts = urlsplit(origin)
    assert parts.hostname is not None
    return parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def check_tunnel(head: ResponseHead, reader: ResponseReader) -> None:
    """Accept the answer to CONNECT if it opens the tunnel (RFC 9110, section 9.3.6).

    :raises TunnelRefusedError: if it refuses
    :raises HTTPException: if more was received than the answer
    """
    if not 200 <= head.status < 300:
        raise TunnelRefusedError(head.status, head.reason)
    if reader.surplus:
        raise HTTPException("it sent more than the answer to CONNECT")
