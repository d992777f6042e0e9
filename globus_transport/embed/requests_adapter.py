"""A stack as a transport adapter of a ``requests.Session``."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, NoReturn, cast

import requests
import urllib3
from requests.adapters import BaseAdapter
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers, get_environ_proxies

from globus_transport.embed.requests_messages import as_request
from globus_transport.embed.stacks import without_layers
from globus_transport.embed.urllib3_replies import to_urllib3
from globus_transport.errors import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
)
from globus_transport.messages import Response
from globus_transport.stack import Stack
from globus_transport.terminals.urllib3 import Urllib3Terminal
from globus_transport.urls import URL

_TLS_OR_PROXY = (ssl.SSLError, urllib3.exceptions.SSLError, urllib3.exceptions.ProxyError)


class StackAdapter(BaseAdapter):
    """A transport adapter that sends through a stack::

        session = requests.Session()
        StackAdapter(client.stack).mount(session, "https://transfer.api.globus.org")

    A session follows redirects and looks at statuses by itself, so the layers ``redirect`` and ``errors`` of the stack
    are left out. The stack stays whose it is: closing the session does not close it.

    ``timeout=`` and ``verify=`` of a request hold where the stack ends in a ``Urllib3Terminal``, as a client's does;
    ``verify=True``, which is the default, leaves it at what the terminal was made with. ``cert=`` is refused, and
    ``proxies=`` other than those of the environment.

    :param stack: layers over a terminal, such as ``client.stack``
    :raises GlobusSDKUsageError: if it is no ``Stack``
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack = without_layers(stack, Stack, "errors", "redirect")
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
        if proxies and dict(proxies) != get_environ_proxies(request.url or ""):
            raise GlobusSDKUsageError(
                "proxies=: a stack takes its proxies from the environment (HTTPS_PROXY, NO_PROXY)"
            )
        stack = self._verifying(verify)
        try:
            response = stack.send(as_request(request, stream=stream, timeout=_limits(timeout)))
        except NetworkError as error:
            _raise_mapped(error, request)
        return self._reply(request, response)

    def _verifying(self, verify: bool | str) -> Stack:
        terminal = self.stack.terminal
        if verify is True or verify is None or verify == getattr(terminal, "verify_ssl", None):
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

    def _reply(self, request: requests.PreparedRequest, response: Response) -> requests.Response:
        raw = to_urllib3(response, request.method or "", request.url or "", preload=False)
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


def _limits(timeout: Any) -> tuple[float | None, float | None] | None:
    """requests' time-out: none, seconds, or seconds for the connection and for the next bytes."""
    if timeout is None:
        return (None, None)
    if isinstance(timeout, tuple):
        if len(timeout) != 2:
            raise ValueError(f"timeout={timeout!r}: give seconds, or (seconds to connect, seconds to read)")
        connect, read = timeout
        return (connect, read)
    if isinstance(timeout, urllib3.Timeout):
        return (timeout.connect_timeout, timeout.read_timeout)  # type: ignore[return-value]
    return (timeout, timeout)


def _raise_mapped(error: NetworkError, request: requests.PreparedRequest) -> NoReturn:
    reason: BaseException | None = error
    while reason is not None and not isinstance(reason, _TLS_OR_PROXY):
        reason = reason.__cause__ or reason.__context__
    kind: type[requests.RequestException] = requests.ConnectionError
    if isinstance(error, GlobusConnectionTimeoutError):
        kind = requests.ConnectTimeout
    elif isinstance(error, GlobusTimeoutError):
        kind = requests.ReadTimeout
    elif isinstance(reason, urllib3.exceptions.ProxyError):
        kind = requests.exceptions.ProxyError
    elif reason is not None:
        kind = requests.exceptions.SSLError
    raise kind(str(error), request=request) from error
