"""A client's settings as attributes, as in globus-sdk: ``client.retry_config`` and ``client.transport``.

Both are views. Reading one reads the client's stack; changing one gives the client another stack, with another layer or
terminal. Clients that share the stack keep theirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, overload

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.client_info import CLIENT_INFO_HEADER, GlobusClientInfo, make_user_agent
from globus_transport.http.headers import SECRET_NAMES, Headers
from globus_transport.middleware.headers import DefaultHeaders
from globus_transport.middleware.retry.checks import RetryCheck, RetryContext
from globus_transport.middleware.retry.config import RetryBudget, RetryConfig
from globus_transport.middleware.retry.retry import Retry

T = TypeVar("T")


class _Setting(Generic[T]):
    """An attribute of a view: one field of the settings."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, view: None, owner: type) -> _Setting[T]: ...
    @overload
    def __get__(self, view: ClientRetryConfig, owner: type) -> T: ...
    def __get__(self, view: ClientRetryConfig | None, owner: type) -> _Setting[T] | T:
        if view is None:
            return self
        value: T = getattr(view.config, self._name)
        return value

    def __set__(self, view: ClientRetryConfig, value: T) -> None:
        view.change(**{self._name: value})


class ClientRetryChecks:
    """The retry checks of a client."""

    def __init__(self, view: ClientRetryConfig) -> None:
        self._view = view

    def register_check(self, func: RetryCheck) -> RetryCheck:
        """Add a check to the client's retry layer. It can be used as a decorator."""
        self.register_many_checks([func])
        return func

    def register_many_checks(self, funcs: Iterable[RetryCheck]) -> None:
        """Add several checks."""
        self._view.change(checks=(*self, *funcs))

    def __iter__(self) -> Iterator[RetryCheck]:
        return iter(self._view.config.checks)

    def __len__(self) -> int:
        return len(self._view.config.checks)


class ClientRetryConfig:
    """The settings of a client's retry layer; see :class:`RetryConfig` for each.

    Assigning to an attribute replaces the layer of this client, for all threads that use it.
    """

    max_retries = _Setting[int]()
    max_sleep = _Setting[float]()
    max_retry_after = _Setting[float]()
    transient_error_status_codes = _Setting[tuple[int, ...]]()
    budget = _Setting[RetryBudget | None]()
    backoff = _Setting[Callable[[RetryContext], float] | None]()

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def config(self) -> RetryConfig:
        """The settings as a value.

        :raises GlobusSDKUsageError: if the client's stack has no layer ``retry`` of this package
        """
        return self._layer().config

    @property
    def checks(self) -> ClientRetryChecks:
        """The checks, in their order."""
        return ClientRetryChecks(self)

    @checks.setter
    def checks(self, checks: Iterable[RetryCheck]) -> None:
        self.change(checks=tuple(checks))

    @contextmanager
    def tune(
        self,
        *,
        backoff: Callable[[RetryContext], float] | None = None,
        max_sleep: float | None = None,
        max_retries: int | None = None,
    ) -> Iterator[None]:
        """Change settings for the time of a ``with`` block, for all threads that use the client."""
        given = {"backoff": backoff, "max_sleep": max_sleep, "max_retries": max_retries}
        changes = {name: value for name, value in given.items() if value is not None}
        before = {name: getattr(self.config, name) for name in changes}
        self.change(**changes)
        try:
            yield
        finally:
            self.change(**before)

    def change(self, **changes: Any) -> None:
        """Give the client a retry layer with other settings."""
        layer = self._layer()
        config = attrs.evolve(layer.config, **changes)
        self._client.stack = self._client.stack.replace("retry", Retry(config, layer.may_pass))

    def _layer(self) -> Retry:
        layer = self._client.stack["retry"]
        if not isinstance(layer, Retry):
            raise GlobusSDKUsageError(f"the layer 'retry' of the client is {layer}, which has no such settings")
        return layer

    def __repr__(self) -> str:
        return repr(self.config)


class ClientTransport:
    """The settings of a client's own connections, see :class:`Transport` for each, and its default headers.

    Assigning to an attribute gives this client other connections or headers.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def verify_ssl(self) -> bool | str:
        """Whether servers' certificates are verified, or the path of a CA file or folder."""
        verify: bool | str = self._own_terminal().verify_ssl
        return verify

    @verify_ssl.setter
    def verify_ssl(self, verify_ssl: bool | str | os.PathLike[str]) -> None:
        self._change(verify_ssl=verify_ssl)

    @property
    def http_timeout(self) -> float | None:
        """Seconds to wait for the server's next bytes; ``None`` for no limit."""
        seconds: float | None = self._own_terminal().http_timeout
        return seconds

    @http_timeout.setter
    def http_timeout(self, http_timeout: float | None) -> None:
        self._change(http_timeout=http_timeout)

    @contextmanager
    def tune(
        self, *, verify_ssl: bool | str | os.PathLike[str] | None = None, http_timeout: float | None = None
    ) -> Iterator[None]:
        """Change settings for the time of a ``with`` block, for all threads that use the client.

        :param http_timeout: in seconds; -1 for no limit
        """
        before = self._own_terminal()
        given = {"verify_ssl": verify_ssl, "http_timeout": http_timeout}
        self._change(**{name: value for name, value in given.items() if value is not None})
        try:
            yield
        finally:
            self._client.stack = self._client.stack.over(before)

    @property
    def headers(self) -> ClientHeaders:
        """The headers of every request that does not have them."""
        return ClientHeaders(self._client)

    @property
    def user_agent(self) -> str:
        """The header User-Agent. Assigning the name of a program puts it after the name of this package."""
        return self.headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, program: str) -> None:
        self.headers["User-Agent"] = make_user_agent(program)

    @property
    def globus_client_info(self) -> GlobusClientInfo:
        """The header X-Globus-Client-Info. ``add()`` and ``clear()`` change it for this client."""
        client_info = GlobusClientInfo()
        client_info.infos = [text for text in self.headers.get(CLIENT_INFO_HEADER, "").split(";") if text]
        client_info.update_callback = self._set_client_info
        return client_info

    def _set_client_info(self, client_info: GlobusClientInfo) -> None:
        if client_info:
            self.headers[CLIENT_INFO_HEADER] = client_info.format()
        else:
            self.headers.pop(CLIENT_INFO_HEADER, None)

    def _change(self, **changes: Any) -> None:
        self._client.stack = self._client.stack.over(self._own_terminal().with_settings(**changes))

    def _own_terminal(self) -> Any:
        terminal = self._client.stack.terminal
        if not hasattr(terminal, "with_settings"):
            raise GlobusSDKUsageError(
                f"client.transport: the connections are those of {terminal!r}, which has settings of its own"
            )
        return terminal

    def __repr__(self) -> str:
        return f"<transport: {self._client.stack.terminal}>"


class ClientHeaders(MutableMapping[str, str]):
    """The default headers of a client. Assigning to one gives the client another layer ``headers``.

    They go to every server that a call or a redirect leads to, so that a credential cannot be one of them.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getitem__(self, name: str) -> str:
        return self._headers()[name]

    def __setitem__(self, name: str, value: str) -> None:
        """:raises GlobusSDKUsageError: if the header carries a credential, or is malformed"""
        if name.lower() in SECRET_NAMES:
            raise GlobusSDKUsageError(
                f"client.transport.headers: {name} would go to every server that a redirect leads to; give the client "
                "an authorizer=, or add a layer with only_for()"
            )
        self._replace(self._headers().with_header(name, value))

    def __delitem__(self, name: str) -> None:
        if name not in self._headers():
            raise KeyError(name)
        self._replace(self._headers().without(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers())

    def __len__(self) -> int:
        return len(self._headers())

    def _headers(self) -> Headers:
        stack = self._client.stack
        if "headers" not in stack or not isinstance(layer := stack["headers"], DefaultHeaders):
            raise GlobusSDKUsageError("client.transport.headers: the client's stack has no layer 'headers' with them")
        return layer.headers

    def _replace(self, headers: Headers) -> None:
        self._client.stack = self._client.stack.replace("headers", DefaultHeaders(headers))

    def __repr__(self) -> str:
        return repr(self._headers())
