"""A stack for code that takes a ``urllib3.PoolManager``."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from typing import Any, NoReturn, cast

import urllib3
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, ProtocolError, ReadTimeoutError

from globus_transport.embed.bodies import to_body
from globus_transport.embed.stacks import without_layers
from globus_transport.embed.urllib3_replies import to_urllib3
from globus_transport.errors import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
)
from globus_transport.headers import Headers
from globus_transport.messages import Request
from globus_transport.stack import Stack
from globus_transport.terminals.time_limits import TIME_LIMITS
from globus_transport.urls import URL

# What the stack does in its own way, so that nothing is lost when a caller says it.
_NOT_ASKED_FOR = frozenset(
    {"retries", "assert_same_host", "pool_timeout", "release_conn", "body_pos", "decode_content", "chunked"}
)


class StackPool(urllib3.PoolManager):
    """A ``urllib3.PoolManager`` that sends through a stack: ``request`` and ``urlopen`` as urllib3 has them.

    Responses are urllib3's, of any status: the layer ``errors`` of the stack is left out. ``redirect=`` says whether
    its redirect layer follows. What is repeated is up to the retry layer, whatever ``retries=`` says. Bodies come
    decoded. ``timeout=`` holds where the stack ends in a ``Urllib3Terminal``, as those of clients do. The stack
    stays whose it is: ``clear()`` does not close it.

    :param stack: layers over a terminal, such as ``client.stack``
    :param headers: sent with every request that brings none
    :raises GlobusSDKUsageError: if ``stack`` is no ``Stack``
    """

    def __init__(self, stack: Stack, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(headers=headers)
        self.stack = without_layers(stack, Stack, "errors")

    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> HTTPResponse:  # type: ignore[override]
        """Send one request down the stack.

        :raises urllib3.exceptions.HTTPError: ``ConnectTimeoutError``, ``ReadTimeoutError`` or ``ProtocolError`` by
            what went wrong, and ``MaxRetryError`` if no connection could be made; ``__cause__`` is this package's
        :raises GlobusSDKUsageError: for an option that the stack cannot keep
        """
        body = kw.pop("body", None)
        headers = kw.pop("headers", None)
        preload = kw.pop("preload_content", True)
        timeout = kw.pop("timeout", None)
        unknown = kw.keys() - _NOT_ASKED_FOR
        if unknown:
            raise GlobusSDKUsageError(f"{', '.join(sorted(unknown))}: a stack has no such option")
        request = Request(
            method.upper(),
            URL(url),
            _pairs(self.headers if headers is None else headers),
            to_body(body, length=_length_of(body), position=_position_of(body)),
            stream=not preload,
            follow_redirects=redirect,
            extensions={} if timeout is None else {TIME_LIMITS: _limits(timeout)},
        )
        try:
            response = self.stack.send(request)
        except NetworkError as error:
            self._raise_mapped(error, url)
        return to_urllib3(response, request.method, url, preload=preload)

    def _raise_mapped(self, error: NetworkError, url: str) -> NoReturn:
        text = str(error)
        nobody = cast(Any, None)
        if isinstance(error, GlobusConnectionTimeoutError):
            raise ConnectTimeoutError(nobody, text) from error
        if isinstance(error, GlobusTimeoutError):
            raise ReadTimeoutError(nobody, url, text) from error
        if not error.request_began:
            raise MaxRetryError(nobody, url, error) from error
        raise ProtocolError(text, error) from error


def _pairs(headers: Mapping[str, str] | HTTPHeaderDict) -> Headers:
    pairs = headers.iteritems() if isinstance(headers, HTTPHeaderDict) else headers.items()
    return Headers(list(pairs)).without("Content-Length", "Transfer-Encoding")


def _length_of(body: Any) -> int | None:
    position = _position_of(body)
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


def _limits(timeout: Any) -> tuple[float | None, float | None]:
    if isinstance(timeout, urllib3.Timeout):
        return cast("tuple[float | None, float | None]", (timeout.connect_timeout, timeout.read_timeout))
    return (timeout, timeout)
