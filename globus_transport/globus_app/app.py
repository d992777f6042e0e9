"""The base of applications: required scopes, stored tokens, and an authorizer for each resource server."""

from __future__ import annotations

import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Self

import attrs

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.gare import GlobusAuthorizationParameters, to_gare
from globus_transport.globus_app.config import GlobusAppConfig
from globus_transport.globus_app.errors import TokenValidationError
from globus_transport.globus_app.parts import make_decoder, make_storage
from globus_transport.globus_app.validating import ValidatingTokenStorage
from globus_transport.globus_app.validators import ScopeRequirementsValidator
from globus_transport.http.messages import Request, Response
from globus_transport.login_flows.manager import LoginClient
from globus_transport.middleware.retry.checks import RetryCheck, RetryCheckResult
from globus_transport.routing.app import ScopeCollectionLike
from globus_transport.routing.bound import AwaitedCalls
from globus_transport.scopes.collections import AuthScopes
from globus_transport.scopes.parser import ScopeParser
from globus_transport.scopes.scope import Scope
from globus_transport.services.auth.client import AuthClient

DEFAULT_CONFIG: GlobusAppConfig = GlobusAppConfig()

ScopeRequirements = Mapping[str, ScopeCollectionLike]


@attrs.frozen
class _CachedAuthorizer:
    """An authorizer that the application made and can return again.

    :ivar expires_at: in seconds since the epoch; ``None`` if the authorizer renews its token
    """

    authorizer: GlobusAuthorizer
    expires_at: float | None


class GlobusApp(PerProcess, ABC):
    """Logs in for any number of clients, stores their tokens, and gives each client its authorizer.

    Threads and asyncio tasks may share an application and all its clients. One login runs at a time; other callers
    that need its tokens wait. See :class:`UserApp` and :class:`ClientApp`.

    :param app_name: shown on consent pages, and part of the token file's path and of the User-Agent header
    :param login_client: gets the tokens; not an Async client. Replaces ``client_id`` and ``client_secret``
    :param client_id: the application's client id
    :param client_secret: the application's secret, if it has one
    :param scope_requirements: scopes to request, by resource server, in addition to those of the clients
    :param config: the settings
    :raises GlobusSDKUsageError: if the client is missing, given twice, of the wrong type, or for another environment;
        or if a setting is invalid
    :ivar token_storage: the storage, which validates the tokens that are stored and read
    """

    token_storage: ValidatingTokenStorage
    _process_state = ("_lock", "_authorizers")

    def __init__(
        self,
        app_name: str = "Unnamed Globus App",
        *,
        login_client: LoginClient | None = None,
        client_id: uuid.UUID | str | None = None,
        client_secret: str | None = None,
        scope_requirements: ScopeRequirements | None = None,
        config: GlobusAppConfig = DEFAULT_CONFIG,
    ) -> None:
        if not isinstance(config, GlobusAppConfig):
            raise GlobusSDKUsageError(f"config: expected a GlobusAppConfig, got a {type(config).__name__}")
        self.app_name = app_name
        self.config = config
        self._owned_resources: list[Any] = []
        self._error_handling_enabled = True
        self._scope_requirements: dict[str, list[Scope]] = {}
        self._enter_process()
        self._login_client = self._choose_login_client(login_client, client_id, client_secret)
        self.client_id: uuid.UUID | str = self._login_client.client_id or ""
        decoder = make_decoder(app_name, config, self._login_client)
        storage, is_owned = make_storage(app_name, config, self.client_id)
        if storage.id_token_decoder is None:
            storage.id_token_decoder = decoder
        consent_client = AuthClient(environment=config.environment)
        self._owned_resources.append(consent_client)
        self.token_storage = ValidatingTokenStorage(
            storage, validators=[ScopeRequirementsValidator(self._scope_requirements, consent_client)]
        )
        self.token_storage.id_token_decoder = decoder
        if is_owned:
            self._owned_resources.append(self.token_storage)
        self.add_scope_requirements(scope_requirements or {})
        # openid puts an id token into the token reply, which identifies the user; the client also needs a token for
        # Globus Auth to read the user's consents.
        consent_client.attach_globus_app(self, [AuthScopes.openid])

    def _make_process_state(self) -> None:
        self._lock = threading.RLock()
        self._authorizers: dict[str, _CachedAuthorizer] = {}

    def _choose_login_client(
        self, login_client: LoginClient | None, client_id: uuid.UUID | str | None, client_secret: str | None
    ) -> LoginClient:
        if login_client is None:
            if not client_id:
                raise GlobusSDKUsageError(f"{type(self).__name__}: give client_id= or login_client=")
            made = self._initialize_login_client(self.app_name, self.config, client_id, client_secret)
            self._owned_resources.append(made)
            return made
        if client_id:
            raise GlobusSDKUsageError(f"{type(self).__name__}: give client_id= or login_client=, not both")
        if isinstance(login_client, AwaitedCalls) or not hasattr(login_client, "oauth2_revoke_token"):
            raise GlobusSDKUsageError(
                f"login_client: expected a client such as NativeAppAuthClient, got a {type(login_client).__name__}"
            )
        if login_client.client_id is None:
            raise GlobusSDKUsageError("login_client: it has no client_id; make it with client_id=")
        if login_client.environment != self.config.environment:
            raise GlobusSDKUsageError(
                f"login_client is for the environment {login_client.environment!r}, the app's config for "
                f"{self.config.environment!r}"
            )
        return login_client

    @abstractmethod
    def _initialize_login_client(
        self, app_name: str, config: GlobusAppConfig, client_id: uuid.UUID | str, client_secret: str | None
    ) -> LoginClient:
        """Make the client that gets the tokens."""

    @abstractmethod
    def _make_authorizer(self, resource_server: str) -> tuple[GlobusAuthorizer, float | None]:
        """Make an authorizer from the stored tokens.

        :return: the authorizer, and when it expires in seconds since the epoch; ``None`` if it renews its token
        :raises TokenValidationError: if the stored tokens are missing or not valid
        :raises GlobusSDKUsageError: if no login gives tokens for the resource server
        """

    def _no_scopes_error(self, resource_server: str) -> GlobusSDKUsageError:
        return GlobusSDKUsageError(
            f"the app requires no scopes of {resource_server}; call app.add_scope_requirements()"
        )

    @abstractmethod
    def _run_login_flow(self, auth_params: GlobusAuthorizationParameters | None = None) -> None:
        """Log in, and store the tokens."""

    @raises_from_its_caller
    def login(self, *, auth_params: GlobusAuthorizationParameters | None = None, force: bool = False) -> None:
        """Log in if a login is needed, and store the tokens. Blocks until the user has logged in.

        :param auth_params: what the login requires besides the scopes; if given, a login always takes place
        :param force: log in even if the stored tokens are valid
        :raises IdentityMismatchError: if a different user logs in than before; nothing is stored then
        :raises TokenValidationError: if the new tokens do not meet the requirements
        """
        with self._lock:
            if auth_params is not None or force or self.login_required():
                self._run_login_flow(auth_params)
                self._authorizers = {}

    def login_required(self) -> bool:
        """Whether the stored tokens are missing, expired, or lack a required scope."""
        with self._lock, self._suspend_error_handling():
            try:
                for resource_server in list(self._scope_requirements):
                    self.get_authorizer(resource_server)
            except TokenValidationError:
                return True
        return False

    def logout(self, *, sweep: bool = False) -> None:
        """Revoke the stored tokens, and remove them from the storage.

        :param sweep: include tokens of resource servers that this application has no scope requirements for
        """
        with self._lock:
            storage = self.token_storage.token_storage
            for server, data in storage.get_token_data_by_resource_server().items():
                if not sweep and server not in self._scope_requirements:
                    continue
                # The refresh token first: if the second call fails, only a short-lived token is left.
                for token in (data.refresh_token, data.access_token):
                    if token is not None:
                        self._login_client.oauth2_revoke_token(token)
                storage.remove_token_data(server)
            self._authorizers = {}
            # A different user may log in next.
            self.token_storage.read_identity()

    def add_scope_requirements(self, scope_requirements: ScopeRequirements) -> None:
        """Require more scopes. Stored tokens that lack one of them are no longer valid.

        :param scope_requirements: scopes, scope strings, or several of either, by resource server
        :raises ScopeParseError: if a scope string is malformed
        """
        parsed = {server: _parse_scopes(given) for server, given in scope_requirements.items()}
        with self._lock:
            for server, scopes in parsed.items():
                known = self._scope_requirements.setdefault(server, [])
                known += [scope for scope in dict.fromkeys(scopes) if scope not in known]
            self._authorizers = {server: cached for server, cached in self._authorizers.items() if server not in parsed}

    @property
    def scope_requirements(self) -> dict[str, list[Scope]]:
        """A copy of all required scopes, by resource server. ``openid`` is always among them."""
        return {server: list(scopes) for server, scopes in self._scope_requirements.items()}

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        """The cached authorizer for a resource server, or ``None``. Does not block.

        :param resource_server: the name of the service, as token replies have it
        """
        cached = self._authorizers.get(resource_server)
        if cached is None or (cached.expires_at is not None and cached.expires_at <= time.time()):
            return None
        return cached.authorizer

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        """The authorizer for a resource server. Clients call this for each request.

        If the stored tokens are not valid, it calls ``config.token_validation_error_handler``, which logs in by
        default, and reads the tokens again.

        :param resource_server: the name of the service, as token replies have it
        :raises TokenValidationError: if the tokens are still not valid, or there is no handler
        :raises GlobusSDKUsageError: if the app requires no scopes of it, so that no login gives tokens for it
        """
        with self._lock:
            try:
                with self._suspend_error_handling():
                    return self._find_or_make_authorizer(resource_server)
            except TokenValidationError as error:
                handler = self.config.token_validation_error_handler
                if handler is None or not self._error_handling_enabled:
                    raise
                with self._suspend_error_handling():
                    handler(self, error)
                    return self._find_or_make_authorizer(resource_server)

    def _find_or_make_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        cached = self.ready_authorizer(resource_server)
        if cached is not None:
            return cached
        authorizer, expires_at = self._make_authorizer(resource_server)
        self._authorizers = {**self._authorizers, resource_server: _CachedAuthorizer(authorizer, expires_at)}
        return authorizer

    def may_resolve(self, response: Response) -> bool:
        """Whether :meth:`resolve_refusal` can act on this response. Does not block.

        :param response: an unsuccessful response
        """
        return response.status == 403 and self.config.auto_redrive_gares

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        """Log in as the service requires (see ``config.auto_redrive_gares``).

        :param resource_server: the name of the service, as token replies have it
        :param response: an unsuccessful response
        :return: whether to send the request again
        """
        try:
            requirement = to_gare(response.json())
        except ReplyFormatError:
            return False
        if requirement is None:
            return False
        sent = response.request.headers.get("Authorization") if response.request is not None else None
        with self._lock:
            # Another call may have logged in while this one waited for the lock.
            if sent == self.get_authorizer(resource_server).get_authorization_header():
                self.login(auth_params=requirement.authorization_parameters)
        return True

    def get_client_retry_checks(self) -> list[RetryCheck]:
        """For a client of globus-sdk on this application: the check that logs in as a service demands.

        The clients of this package need no check for that.
        """
        return [_LoginOnDemand(self)] if self.config.auto_redrive_gares else []

    def _add_required_scopes(self, auth_params: GlobusAuthorizationParameters | None) -> GlobusAuthorizationParameters:
        """Add the application's scope requirements to the parameters of a login."""
        given = GlobusAuthorizationParameters() if auth_params is None else auth_params
        own_scopes = [scope for scopes in self._scope_requirements.values() for scope in scopes]
        given_scopes = [scope for text in given.required_scopes or () for scope in ScopeParser.parse(text)]
        merged = ScopeParser.merge_scopes(own_scopes, given_scopes)
        return attrs.evolve(given, required_scopes=[str(scope) for scope in merged])

    @contextmanager
    def _suspend_error_handling(self) -> Iterator[None]:
        # The error handler and the validators may call clients of this application, which need an authorizer too.
        # Without this, their TokenValidationError would call the handler again. The caller holds the lock.
        before, self._error_handling_enabled = self._error_handling_enabled, False
        try:
            yield
        finally:
            self._error_handling_enabled = before

    def close(self) -> None:
        """Close connections and files. The tokens stay stored and valid."""
        for resource in self._owned_resources:
            resource.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.app_name!r}: {', '.join(self._scope_requirements)}>"


class _LoginOnDemand:
    """A retry check of globus-sdk's clients that logs in, once for a request, when a service demands it."""

    def __init__(self, app: GlobusApp) -> None:
        self._app = app

    def __call__(self, context: Any) -> RetryCheckResult:
        # A client accepts the results of its own package only.
        results: type[RetryCheckResult] = import_module(type(context).__module__).RetryCheckResult
        caller, response = context.caller_info, context.response
        if response is None or response.status_code != 403 or caller.resource_server is None:
            return results.no_decision
        if getattr(caller, "login_was_tried", False):
            return results.no_decision
        sent = {name: value for name, value in response.request.headers.items() if name.lower() == "authorization"}
        request = Request("GET", response.url, sent)
        refusal = Response(response.status_code, body=response.content, request=request)
        setattr(caller, "login_was_tried", True)  # noqa: B010 - globus-sdk's class has no such attribute
        if not self._app.resolve_refusal(caller.resource_server, refusal):
            return results.no_decision
        caller.authorizer = self._app.get_authorizer(caller.resource_server)
        return results.do_retry


def _parse_scopes(given: ScopeCollectionLike) -> list[Scope]:
    scopes: list[Scope] = []
    for item in [given] if isinstance(given, (str, Scope)) else given:
        # A client of globus-sdk gives scopes of its own class.
        scopes += [item] if isinstance(item, Scope) else ScopeParser.parse(str(item))
    return scopes
