"""A stack as a transport adapter of a ``requests.Session``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter
from requests.auth import _basic_auth_str
from requests.cookies import extract_cookies_to_jar
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, ProxyError, SSLError
from requests.structures import CaseInsensitiveDict
from requests.utils import get_auth_from_url, get_encoding_from_headers, select_proxy

from globus_transport.core.stack import Stack
from globus_transport.embed.requests.messages import to_request
from globus_transport.embed.stacks import embedded_stack
from globus_transport.embed.urllib3.errors import broke_in_body, tls_or_proxy_error
from globus_transport.embed.urllib3.response import to_urllib3_response
from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    ReplyFormatError,
)
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.terminals.proxies import proxy_for
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal


class StackAdapter(BaseAdapter):
    """A transport adapter that sends through a stack::

        session = requests.Session()
        StackAdapter(client.stack).mount(session, "https://transfer.api.globus.org")

    A session follows redirects and checks statuses itself, so the layers ``redirect`` and ``errors`` of the stack
    are left out. Closing the session does not close the stack.

    ``timeout=`` and ``verify=`` of a request apply if the stack ends in a ``Urllib3Terminal``, as the stack of a client
    does. ``verify=True``, the default, means the CA certificates of the terminal if it has its own. ``cert=`` is
    refused. So is a proxy other than the one of the environment, which terminals use. Without ``stream=True``, the
    body of a response with status 400 or above is cut at 1 MiB.

    :param stack: layers over a terminal, such as ``client.stack``
    :param retries: whether the ``retry`` layer stays in the stack;
        ``False`` if the code around the session repeats requests
    :raises GlobusSDKUsageError: if ``stack`` is not a ``Stack``
    """

    def __init__(self, stack: Stack, *, retries: bool = True) -> None:
        super().__init__()
        self.stack = embedded_stack(stack, Stack, retries=retries)
        self._by_verify: dict[bool | str, Stack] = {}

    def mount(self, session: requests.Session, *urls: str) -> None:
        """Make a session send its requests to these servers through the stack.

        The mounted prefixes end in a slash, because ``https://host`` matches ``https://host.elsewhere.org``, too.

        :param session: gets the adapter for the origins of ``urls``
        :param urls: of the servers
        :raises GlobusSDKUsageError: if there is none, or one is not an absolute http(s) URL
        """
        if not urls:
            raise GlobusSDKUsageError("mount(): give the URL of a server after the session")
        for url in map(URL, urls):
            for prefix in _prefixes(url.origin):
                session.mount(prefix, self)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request down the stack.

        :param request: the prepared request
        :param stream: whether to leave the body on the wire
        :param timeout: seconds to wait for the server's next bytes, or a pair with the seconds to connect; ``None`` for
            the settings of the stack's terminal
        :param verify: as in requests; other than the default, it has to fit the stack's terminal
        :param cert: ``None``, since a stack has no client certificates
        :param proxies: as in requests; the stack sends through those of the environment, so that others are refused
        :raises requests.RequestException: as requests' own adapter raises it
        :raises GlobusSDKUsageError: if the stack cannot apply an option
        """
        if cert is not None:
            raise GlobusSDKUsageError("cert=: a stack has no client certificates; leave it out")
        own_request = to_request(request, stream=stream, timeout=_limits(timeout))
        _check_proxy(own_request, proxies)
        try:
            response = self._stack_for(verify, own_request).send(own_request)
        except NetworkError as error:
            raise _to_requests_error(error, request) from error
        except ReplyFormatError as error:
            raise ContentDecodingError(str(error), request=request) from error
        return self._to_requests_response(request, response, stream)

    def _stack_for(self, verify: bool | str | None, request: Request) -> Stack:
        """The stack, over a terminal that verifies certificates as ``verify`` says."""
        terminal = self.stack.terminal
        own = getattr(terminal, "verify_ssl", True)
        if verify is None:
            verify = True
        # A terminal with a CA file of its own fulfils verify=True; one that verifies nothing does not.
        if not request.url.startswith("https:") or verify == own or (verify is True and own is not False):
            return self.stack
        if not isinstance(terminal, Urllib3Terminal):
            raise GlobusSDKUsageError(
                f"verify={verify!r}: the stack's terminal is not a Urllib3Terminal; set this on the terminal itself"
            )
        stack = self._by_verify.get(verify)
        if stack is None:
            other_terminal = Urllib3Terminal(
                http_timeout=terminal.http_timeout,
                connect_timeout=terminal.connect_timeout,
                verify_ssl=verify,
                pool_size=terminal.pool_size,
            )
            stack = self._by_verify.setdefault(verify, self.stack.over(other_terminal))
        return stack

    def _to_requests_response(
        self, request: requests.PreparedRequest, response: Response, stream: bool
    ) -> requests.Response:
        raw = to_urllib3_response(
            response, request.method or "", request.url or "", preload=False, may_be_cut=not stream
        )
        reply = requests.Response()
        reply.status_code = response.status
        reply.headers = CaseInsensitiveDict(raw.headers)
        reply.encoding = get_encoding_from_headers(reply.headers)
        reply.raw = raw
        reply.reason = response.reason
        reply.url = request.url or ""
        cast(Any, extract_cookies_to_jar)(reply.cookies, request, raw)
        reply.request = request
        reply.connection = cast(Any, self)
        return reply

    def close(self) -> None:
        """Close the connections with other settings of ``verify=``; the stack keeps its own."""
        stacks, self._by_verify = self._by_verify, {}
        for stack in stacks.values():
            stack.close()

    def __repr__(self) -> str:
        return f"<StackAdapter: {self.stack!r}>"


def _prefixes(origin: str) -> list[str]:
    default = ":443" if origin.startswith("https:") else ":80"
    has_port = origin.rpartition(":")[2].isdigit()
    return [f"{origin}/"] if has_port else [f"{origin}/", f"{origin}{default}/"]


def _limits(timeout: Any) -> tuple[float | None, float | None]:
    """Seconds to connect and seconds to read; ``None`` for no limit.

    :param timeout: as requests takes it: ``None``, seconds, a pair (to connect, to read), or a ``urllib3.Timeout``
    :raises ValueError: as requests' own adapter raises it, if a tuple is not a pair
    """
    if isinstance(timeout, tuple):
        if len(timeout) != 2:
            raise ValueError(f"timeout={timeout!r}: give seconds, or (seconds to connect, seconds to read)")
        timeout = urllib3.Timeout(connect=timeout[0], read=timeout[1])
    elif not isinstance(timeout, urllib3.Timeout):
        timeout = urllib3.Timeout(connect=timeout, read=timeout)
    # urllib3 counts a total from the start of the connection.
    timeout = timeout.clone()
    timeout.start_connect()
    resolve = urllib3.Timeout.resolve_default_timeout
    return resolve(timeout.connect_timeout), resolve(timeout.read_timeout)


def _check_proxy(request: Request, proxies: Mapping[str, str] | None) -> None:
    """:raises GlobusSDKUsageError: if requests would use another proxy than the terminal does"""
    # An empty address means no proxy in requests.
    wanted = select_proxy(str(request.url), dict(proxies) if proxies else None) or None
    own = proxy_for(request.url.origin)
    if wanted is None and own is None:
        return
    if wanted is not None and own is not None and _is_same_proxy(wanted, own.url, own.headers):
        return
    raise GlobusSDKUsageError(
        f"proxies: requests would go to {request.url.origin} {_describe_proxy(wanted)}, but a stack takes its proxies "
        "from the environment (HTTPS_PROXY, NO_PROXY) and goes "
        f"{_describe_proxy(own.url if own is not None else None)}; change the environment, or the session's proxies "
        "and trust_env"
    )


def _is_same_proxy(wanted: str, own: str, own_headers: Mapping[str, str]) -> bool:
    wanted_parts, own_parts = _split_proxy(wanted), urlsplit(own)
    name, password = get_auth_from_url(wanted)
    wanted_credential = _basic_auth_str(name, password) if name else None
    return (wanted_parts.scheme, wanted_parts.hostname, wanted_parts.port, wanted_credential) == (
        own_parts.scheme,
        own_parts.hostname,
        own_parts.port,
        own_headers.get("Proxy-Authorization"),
    )


def _split_proxy(proxy: str) -> SplitResult:
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}")


def _describe_proxy(proxy: str | None) -> str:
    if proxy is None:
        return "directly"
    # The address may hold a password, which is not shown.
    parts = _split_proxy(proxy)
    return f"through {parts.hostname}" if parts.port is None else f"through {parts.hostname}:{parts.port}"


def _to_requests_error(error: NetworkError, request: requests.PreparedRequest) -> requests.RequestException:
    """The exception that requests' own adapter would have raised."""
    error_class: type[requests.RequestException] = requests.ConnectionError
    if isinstance(error, GlobusConnectionTimeoutError):
        error_class = requests.ConnectTimeout
    elif isinstance(error, GlobusTimeoutError):
        error_class = requests.ReadTimeout
    elif broke_in_body(error):
        error_class = ChunkedEncodingError
    elif (cause := tls_or_proxy_error(error)) is not None:
        error_class = ProxyError if isinstance(cause, urllib3.exceptions.ProxyError) else SSLError
    return error_class(str(error), request=request)
