"""The base of every client: the address of its service, and the stack that its requests pass."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, Union

from globus_transport import config, routing
from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.core.layers import Layer
from globus_transport.core.stack import LayeredStack
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.client_info import CLIENT_INFO_HEADER, GlobusClientInfo, make_user_agent
from globus_transport.http.messages import Request
from globus_transport.http.urls import URL
from globus_transport.middleware.deadline import Deadline
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.headers import DefaultHeaders
from globus_transport.middleware.redirect import Redirect
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry import Retry
from globus_transport.routing.app import AppAuthorizer, AppLike, ScopeCollectionLike
from globus_transport.routing.generic_calls import GenericCalls
from globus_transport.routing.table import Declared
from globus_transport.scopes.scope import Scope
from globus_transport.transport import Transport

if TYPE_CHECKING:
    from globus_transport.routing.client_settings import ClientRetryConfig, ClientTransport

# The client's stack and credential depend on them.
_ADDRESS = frozenset({"base_url", "environment", "origin", "base_path"})

_GENERIC_CALLS = ("request", "get", "post", "put", "patch", "delete")

SendT = TypeVar("SendT", bound=Callable[[Request], Any])

AnyAuthorizer = Union[GlobusAuthorizer, BoundAuthorizer]


class ClientBase(GenericCalls, Generic[SendT]):
    """A route table mounted on a stack. The base of the clients for threads and for asyncio.

    :param environment: the Globus environment; by default that of ``GLOBUS_SDK_ENVIRONMENT``, else production
    :param base_url: the service's address, instead of the environment's
    :param app: logs in for the client and keeps its tokens, instead of an authorizer. The client takes its name and
        environment from it. An application of globus-sdk works as well
    :param app_scopes: the scopes that the app asks for; by default the client's ``default_scope_requirements``
    :param authorizer: adds the credential. It is sent to the client's own origin only, or to the origins that the
        authorizer was bound to with ``bound_to()``
    :param app_name: sent to the service in the User-Agent header
    :param transport: time-outs, TLS and pool size of the client's own connections
    :param retry_config: when and how often a call is repeated
    :param terminal: sends the requests, instead of the client's own connections. The client does not close it
    :raises GlobusSDKUsageError: if a parameter, or the environment variable that replaces it, cannot be used

    Every call raises :class:`GlobusSDKUsageError` if an argument cannot be sent, the service's :class:`GlobusAPIError`
    if the service refuses the request, and :class:`NetworkError` if no complete response arrives.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = vars(cls)
        overridden = [f"{name}()" for name in _GENERIC_CALLS if name in own and not isinstance(own[name], Declared)]
        if overridden and cls.routes:
            # In globus-sdk all methods call them.
            warnings.warn(
                f"{cls.__name__} overrides {', '.join(overridden)}, which its routes, such as {cls.routes[0].name}(), "
                "do not call. To see or change every request, put a middleware into the stack of the client: "
                "client.with_stack(client.stack.add(middleware))",
                stacklevel=2,
            )

    environment: str
    #: A class for another service may set it: ``base_url = "https://widgets.example.org/"``.
    base_url: str
    stack: Any

    def __init__(
        self,
        *,
        environment: str | None = None,
        base_url: str | None = None,
        app: AppLike | None = None,
        app_scopes: list[Scope] | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        terminal: SendT | None = None,
    ) -> None:
        if app is not None and authorizer is not None:
            raise GlobusSDKUsageError(f"{type(self).__name__}: give app= or authorizer=, not both")
        if app_scopes and app is None:
            raise GlobusSDKUsageError(f"{type(self).__name__}: app_scopes= are asked for by an app; give app=, too")
        self._mount(app.config.environment if environment is None and app is not None else environment, base_url)
        self._authorizer = authorizer
        self._app: AppLike | None = None
        self.app_scopes: list[Scope] | None = None
        self._app_name = app_name
        settings = _checked(transport, terminal)
        self._owns_terminal = terminal is None
        self.stack = self._new_stack(settings, terminal, self._layers(authorizer, retry_config, settings.deadline))
        if app is not None:
            self.attach_globus_app(app, app_scopes)

    @abstractmethod
    def _new_stack(self, settings: Transport, terminal: SendT | None, layers: list[Layer]) -> Any:
        """The client's stack, over the terminal or over one of its own."""

    def _mount(self, environment: str | None, base_url: str | None) -> None:
        self.environment = config.environment_name(environment)
        if base_url is None:
            base_url = getattr(type(self), "base_url", None)
        if base_url is None:
            if not self.service_name:
                raise GlobusSDKUsageError(f"{type(self).__name__} has no service of its own; give base_url=")
            base_url = config.service_url(self.service_name, self.environment)
        url = URL(base_url)
        if "?" in url.target:
            raise GlobusSDKUsageError(f"base_url={base_url!r}: an address of a service has no query")
        self.base_url = base_url
        self.origin = url.origin
        self.base_path = url.target.rstrip("/")

    def _layers(
        self, authorizer: AnyAuthorizer | None, retry_config: RetryConfig | None, deadline: float | None
    ) -> list[Layer]:
        layers = [
            Layer("errors", Errors(self.error_from)),
            Layer("deadline", Deadline(deadline)),
            Layer("redirect", Redirect()),
            Layer("retry", Retry(retry_config, self.may_pass)),
        ]
        if authorizer is not None:
            layers.append(Layer("authorizer", self._bound(authorizer)))
        layers.append(Layer("headers", DefaultHeaders(_default_headers(self.app_name))))
        return layers

    def _bound(self, authorizer: AnyAuthorizer) -> BoundAuthorizer:
        if isinstance(authorizer, BoundAuthorizer):
            return authorizer
        if not isinstance(authorizer, GlobusAuthorizer):
            raise GlobusSDKUsageError(
                f"authorizer: expected one such as AccessTokenAuthorizer(token), got a {type(authorizer).__name__}"
            )
        return authorizer.bound_to(self.origin)

    @property
    def authorizer(self) -> AnyAuthorizer | None:
        """Adds the credential to requests. Assign another one, or ``None``, to change it for the next requests."""
        return self._authorizer

    @authorizer.setter
    def authorizer(self, authorizer: AnyAuthorizer | None) -> None:
        if self._app is not None:
            raise GlobusSDKUsageError(f"{type(self).__name__} has an app, which logs in; make a client without one")
        bound = None if authorizer is None else self._bound(authorizer)
        self._authorizer = authorizer
        if bound is not None:
            self._put_authorizer(bound)
        elif "authorizer" in self.stack:
            self.stack = self.stack.remove("authorizer")

    def _put_authorizer(self, bound: BoundAuthorizer) -> None:
        if "authorizer" in self.stack:
            self.stack = self.stack.replace("authorizer", bound)
        else:
            before = "headers" if "headers" in self.stack else None
            self.stack = self.stack.add(bound, name="authorizer", before=before)

    if not TYPE_CHECKING:
        # Type checkers would accept an assignment to any name.
        def __setattr__(self, name: str, value: Any) -> None:
            if name in _ADDRESS and "stack" in vars(self):
                raise GlobusSDKUsageError(
                    f"{type(self).__name__}.{name} cannot be changed; make another client, with {name}="
                )
            if name == "stack" and not isinstance(value, LayeredStack):
                raise GlobusSDKUsageError(
                    f"{type(self).__name__}.stack: expected a stack, got a {type(value).__name__}; "
                    "client.with_stack(client.stack.add(...)) gives a client with another one"
                )
            super().__setattr__(name, self._with_rule_of_service(value) if name == "stack" else value)

    @property
    def app(self) -> AppLike | None:
        """The application that logs in for the client, if it has one."""
        return self._app

    @property
    def app_name(self) -> str | None:
        """The name of the application in the User-Agent header."""
        return self._app_name

    @app_name.setter
    def app_name(self, name: str | None) -> None:
        self._app_name = name
        if "headers" in self.stack and isinstance(self.stack["headers"], DefaultHeaders):
            self.transport.headers["User-Agent"] = make_user_agent(name)

    def attach_globus_app(self, app: AppLike, app_scopes: list[Scope] | None = None) -> None:
        """Let an application log in for this client. This works once, for a client without an authorizer.

        :param app: the application. The client takes its name if it has none
        :param app_scopes: the scopes that it asks for; by default ``default_scope_requirements``
        :raises GlobusSDKUsageError: if the client has an app, scopes for one, or an authorizer; if it has no resource
            server; or if the client and the app are for different environments
        """
        client = type(self).__name__
        if not hasattr(app, "ready_authorizer"):
            app = routing.globus_sdk_app.adapted_app(app)
        if self._app is not None:
            raise GlobusSDKUsageError(f"{client} has an app; make another client for another app")
        if self.app_scopes:
            raise GlobusSDKUsageError(f"{client}: app_scopes is set; leave it, and give app_scopes= along with the app")
        if self.authorizer is not None:
            raise GlobusSDKUsageError(f"{client} has an authorizer; make a client without one for the app")
        if self.environment != app.config.environment:
            raise GlobusSDKUsageError(
                f"{client} is for the environment {self.environment!r}, the app for {app.config.environment!r}"
            )
        authorizer = self._app_authorizer(app, app_scopes)
        self._app = app
        if self._app_name is None:
            self.app_name = app.app_name
        self._put_authorizer(authorizer.bound_to(self.origin))

    def _app_authorizer(self, app: AppLike, app_scopes: list[Scope] | None) -> AppAuthorizer:
        """Ask an application for the client's scopes, and make the authorizer that uses it."""
        if self.resource_server is None:
            raise GlobusSDKUsageError(
                f"{type(self).__name__} names no resource_server, so that an app knows no tokens for it"
            )
        self.app_scopes = app_scopes or self.default_scope_requirements
        app.add_scope_requirements({self.resource_server: self.app_scopes})
        return AppAuthorizer(app, self.resource_server)

    def add_app_scope(self, scope_collection: ScopeCollectionLike) -> Self:
        """Have the application ask for more scopes of this client's resource server, in the next login.

        :param scope_collection: a scope, a text of scopes, or several of either
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app
        :raises ScopeParseError: if a text is no scope
        """
        if self._app is None or self.resource_server is None:
            raise GlobusSDKUsageError(f"{type(self).__name__} has no app to ask for scopes; give it app=")
        self._app.add_scope_requirements({self.resource_server: scope_collection})
        return self

    @property
    def retry_config(self) -> ClientRetryConfig:
        """The settings of the client's retry layer. Assign a :class:`RetryConfig`, or one of its attributes.

        A change is one for all threads that use the client. Settings that are known when the client is made are better
        given as ``retry_config=``.
        """
        return routing.client_settings.ClientRetryConfig(self)

    @retry_config.setter
    def retry_config(self, config: RetryConfig | ClientRetryConfig) -> None:
        value = config.config if isinstance(config, routing.client_settings.ClientRetryConfig) else config
        if not isinstance(value, RetryConfig):
            raise GlobusSDKUsageError(f"retry_config: expected a RetryConfig, got a {type(value).__name__}")
        self.stack = self.stack.replace("retry", Retry(value, self.may_pass))

    @property
    def transport(self) -> ClientTransport:
        """The settings of the client's own connections. Better given as ``transport=`` when the client is made."""
        return routing.client_settings.ClientTransport(self)

    def _with_rule_of_service(self, stack: Any) -> Any:
        """The stack with retry layers that know which failures of the service are final."""
        for layer in stack.layers:
            retry = layer.middleware
            if isinstance(retry, Retry) and retry.may_pass is None:
                stack = stack.replace(layer.name, Retry(retry.config, self.may_pass))
        return stack

    def with_stack(self, stack: Any) -> Self:
        """The same client on another stack, which it does not close.

        ``client.with_stack(client.stack.add(log_calls, before="retry"))``

        :param stack: of the kind that the client has; usually made from ``client.stack``
        """
        if not isinstance(stack, type(self.stack)):
            raise GlobusSDKUsageError(
                f"{type(self).__name__} runs on {type(self.stack).__name__}, not on {type(stack).__name__}"
            )
        other = object.__new__(type(self))
        vars(other).update(vars(self), stack=self._with_rule_of_service(stack))
        other._owns_terminal = False
        return other

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.base_url}>"


def _checked(transport: Transport | None, terminal: object | None) -> Transport:
    """The transport's settings.

    :raises GlobusSDKUsageError: if they are given beside a terminal, which has its own
    """
    if transport is not None and terminal is not None:
        raise GlobusSDKUsageError("give transport= or terminal=, not both: the settings are those of the own terminal")
    if transport is not None and not isinstance(transport, Transport):
        raise GlobusSDKUsageError(f"transport: expected Transport(...), got a {type(transport).__name__}")
    return Transport() if transport is None else transport


def _default_headers(app_name: str | None) -> list[tuple[str, str]]:
    return [
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),
        ("User-Agent", make_user_agent(app_name)),
        (CLIENT_INFO_HEADER, GlobusClientInfo().format()),
    ]
