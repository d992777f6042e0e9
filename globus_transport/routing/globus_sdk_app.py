"""An application of globus-sdk that logs in for a client of this package: for programs that move over step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Response
from globus_transport.middleware.retry.checks import (
    CheckedResponse,
    RequestCallerInfo,
    RetryCheck,
    RetryCheckRunner,
    RetryContext,
)
from globus_transport.routing.app import AppSettings, ScopeCollectionLike


class GlobusSDKApp(Protocol):
    """The part of an application of globus-sdk that a client needs."""

    @property
    def app_name(self) -> str:
        """Its name."""
        ...

    @property
    def config(self) -> AppSettings:
        """Its settings."""
        ...

    def add_scope_requirements(self, scope_requirements: Mapping[str, Any]) -> None:
        """Ask for more scopes, by resource server, in the next login."""
        ...

    def get_authorizer(self, resource_server: str) -> Any:
        """The authorizer for a resource server, after a login if that is needed."""
        ...

    def get_client_retry_checks(self) -> Iterable[RetryCheck]:
        """The check that logs in as a refusal demands."""
        ...


def adapted_app(app: Any) -> AdaptedApp:
    """An application of globus-sdk, as a client of this package uses it.

    :raises GlobusSDKUsageError: if it is no application
    """
    if not hasattr(app, "get_client_retry_checks"):
        raise GlobusSDKUsageError(f"app: expected a UserApp or ClientApp, got a {type(app).__name__}")
    return AdaptedApp(app)


class AdaptedApp:
    """Such an application, with the methods that a client calls.

    :param app: of globus-sdk
    """

    def __init__(self, app: GlobusSDKApp) -> None:
        self.app = app
        self.app_name = app.app_name
        self.config = app.config

    def add_scope_requirements(self, scope_requirements: Mapping[str, ScopeCollectionLike]) -> None:
        """Ask for more scopes, by resource server, in the next login."""
        self.app.add_scope_requirements({server: _texts(scopes) for server, scopes in scope_requirements.items()})

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        """``None``: whether one is ready cannot be asked without a login."""
        return None

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        """The authorizer for a resource server, after a login if that is needed."""
        return AdaptedAuthorizer(self.app.get_authorizer(resource_server))

    def may_resolve(self, response: Response) -> bool:
        """Whether :meth:`resolve_refusal` handles such a response."""
        return response.status == 403

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        """Log in as a refusal demands, if the application does that.

        :return: whether the request should be sent again, with the new authorizer
        """
        try:
            response.json()
        except ReplyFormatError:
            return False
        caller = RequestCallerInfo(None, resource_server)
        context = RetryContext(0, caller_info=caller, response=CheckedResponse(response))
        return RetryCheckRunner(self.app.get_client_retry_checks()).should_retry(context)


class AdaptedAuthorizer(GlobusAuthorizer):
    """An authorizer of globus-sdk.

    :param authorizer: has ``get_authorization_header()`` and ``handle_missing_authorization()``
    """

    def __init__(self, authorizer: Any) -> None:
        self.authorizer = authorizer

    def get_authorization_header(self) -> str | None:
        """The value of the Authorization header. May renew the token."""
        header: str | None = self.authorizer.get_authorization_header()
        return header

    def handle_missing_authorization(self) -> bool:
        """Let the authorizer handle a 401."""
        return bool(self.authorizer.handle_missing_authorization())


def _texts(scopes: ScopeCollectionLike) -> list[str]:
    given = scopes if isinstance(scopes, Iterable) and not isinstance(scopes, str) else [scopes]
    return [str(scope) for scope in given]
