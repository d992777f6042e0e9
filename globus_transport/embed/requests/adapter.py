"""A stack as a transport adapter of a ``requests.Session``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, cast
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
from globus_transport.embed.requests.messages import as_request
from globus_transport.embed.stacks import without_layers
from globus_transport.embed.urllib3.errors import broke_off, reason_of
from globus_transport.embed.urllib3.replies import to_urllib3
from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    ReplyFormatError,
)
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.redirect import Redirect
from globus_transport.terminals.proxies import proxy_for
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal


class StackAdapter(BaseAdapter):
    """A transport adapter that sends through a stack::

        session = requests.Session()
        StackAdapter(client.stack).mount(session, "https://transfer.api.globus.org")

    A session follows redirects and looks at statuses by itself, so the layers ``redirect`` and ``errors`` of the stack
    are left out. The stack stays whose it is: closing the session does not close it.

    ``timeout=`` and ``verify=`` of a request hold where the stack ends in a ``Urllib3Terminal``, as a client's does;
    ``verify=True``, which is the default, means the terminal's own CA certificates where it has some. ``cert=`` is
    refused, and a proxy that is not the one of the environment, which terminals take. The body of a status of 400
    and above is cut at 1 MiB, but not with ``stream=True``.

    :param stack: layers over a terminal, such as ``client.stack``
    :raises GlobusSDKUsageError: if it is no ``Stack``
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack = without_layers(stack, Stack, Errors, Redirect)
        self._by_verify: dict[bool | str, Stack] = {}

    def mount(self, session: requests.Session, *urls: str) -> None:
        """Have a session send what goes to these servers through the stack.

        What is mounted ends in a slash: ``https://host`` would match ``https://host.elsewhere.org``, too.

        :raises GlobusSDKUsageError: if one is not an absolute http(s) URL
        """
        if not urls:
            raise GlobusSDKUsageError("mount() needs the URL of a server")
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

        :raises requests.RequestException: as requests' own adapter raises it
        :raises GlobusSDKUsageError: if an option cannot be kept
        """
        if cert is not None:
            raise GlobusSDKUsageError("cert=: a stack has no client certificates")
        asked = as_request(request, stream=stream, timeout=_limits(timeout))
        _check_proxy(asked, proxies)
        try:
            response = self._verifying(verify, asked).send(asked)
        except NetworkError as error:
            _raise_mapped(error, request)
        except ReplyFormatError as error:
            raise ContentDecodingError(str(error), request=request) from error
        return self._reply(request, response, stream)

    def _verifying(self, verify: bool | str | None, asked: Request) -> Stack:
        terminal = self.stack.terminal
        own = getattr(terminal, "verify_ssl", True)
        if verify is None:
            verify = True
        # That the terminal has a CA file of its own is no less than what is asked for; that it verifies nothing is.
        if not asked.url.startswith("https:") or verify == own or (verify is True and own is not False):
            return self.stack
        if not isinstance(terminal, Urllib3Terminal):
            raise GlobusSDKUsageError(f"verify={verify!r}: say so to the stack's terminal; it is no Urllib3Terminal")
        stack = self._by_verify.get(verify)
        if stack is None:
            other = Urllib3Terminal(
                http_timeout=terminal.http_timeout,
                connect_timeout=terminal.connect_timeout,
                verify_ssl=verify,
                pool_size=terminal.pool_size,
            )
            stack = self._by_verify.setdefault(verify, self.stack.over(other))
        return stack

    def _reply(self, request: requests.PreparedRequest, response: Response, stream: bool) -> requests.Response:
        raw = to_urllib3(response, request.method or "", request.url or "", preload=False, may_be_cut=not stream)
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
        """Close the connections that were made for other settings of ``verify=``; the stack's own stay."""
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
    """requests' time-out: none, seconds, seconds for the connection and for the next bytes, or urllib3's object.

    :raises ValueError: as requests' own adapter does
    """
    if isinstance(timeout, tuple):
        if len(timeout) != 2:
            raise ValueError(f"timeout={timeout!r}: give seconds, or (seconds to connect, seconds to read)")
        timeout = urllib3.Timeout(connect=timeout[0], read=timeout[1])
    elif not isinstance(timeout, urllib3.Timeout):
        timeout = urllib3.Timeout(connect=timeout, read=timeout)
    # What is left for reading is counted from the connection on.
    timeout = timeout.clone()
    timeout.start_connect()
    resolve = urllib3.Timeout.resolve_default_timeout
    return resolve(timeout.connect_timeout), resolve(timeout.read_timeout)


def _check_proxy(asked: Request, proxies: Mapping[str, str] | None) -> None:
    """:raises GlobusSDKUsageError: if requests would go another way than terminals do"""
    # An empty one is requests' way to say that there is none.
    wanted = select_proxy(str(asked.url), dict(proxies) if proxies else None) or None
    own = proxy_for(asked.url.origin)
    if wanted is None and own is None:
        return
    if wanted is not None and own is not None and _same_proxy(wanted, own.url, own.headers):
        return
    raise GlobusSDKUsageError(
        f"proxies: requests would go to {asked.url.origin} {_way(wanted)}, but a stack takes its proxies from the "
        f"environment (HTTPS_PROXY, NO_PROXY) and goes {_way(own.url if own is not None else None)}; change the "
        "environment, or the session's proxies and trust_env"
    )


def _same_proxy(wanted: str, own: str, own_headers: Mapping[str, str]) -> bool:
    one, other = _parts(wanted), urlsplit(own)
    name, password = get_auth_from_url(wanted)
    said = _basic_auth_str(name, password) if name else None
    return (one.scheme, one.hostname, one.port, said) == (
        other.scheme,
        other.hostname,
        other.port,
        own_headers.get("Proxy-Authorization"),
    )


def _parts(proxy: str) -> SplitResult:
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}")


def _way(proxy: str | None) -> str:
    if proxy is None:
        return "directly"
    # Without the password that may stand in it.
    parts = _parts(proxy)
    return f"through {parts.hostname}" if parts.port is None else f"through {parts.hostname}:{parts.port}"


def _raise_mapped(error: NetworkError, request: requests.PreparedRequest) -> NoReturn:
    kind: type[requests.RequestException] = requests.ConnectionError
    if isinstance(error, GlobusConnectionTimeoutError):
        kind = requests.ConnectTimeout
    elif isinstance(error, GlobusTimeoutError):
        kind = requests.ReadTimeout
    elif broke_off(error):
        kind = ChunkedEncodingError
    elif (reason := reason_of(error)) is not None:
        kind = ProxyError if isinstance(reason, urllib3.exceptions.ProxyError) else SSLError
    raise kind(str(error), request=request) from error
