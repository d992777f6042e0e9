"""What every application has: its scopes, its tokens, and an authorizer for each resource server."""

from __future__ import annotations

import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import attrs

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.gare import GlobusAuthorizationParameters, to_gare
from globus_transport.globus_app.config import GlobusAppConfig
from globus_transport.globus_app.errors import TokenValidationError
from globus_transport.globus_app.parts import make_decoder, make_storage
from globus_transport.globus_app.validating import ValidatingTokenStorage
from globus_transport.globus_app.validators import ScopeRequirementsValidator
from globus_transport.http.messages import Response
from globus_transport.login_flows.manager import LoginClient
from globus_transport.routing.app import ScopeCollectionLike
from globus_transport.routing.bound import AwaitedCalls
from globus_transport.scopes.collections import AuthScopes
from globus_transport.scopes.parser import ScopeParser
from globus_transport.scopes.scope import Scope
from globus_transport.services.auth.client import AuthClient

DEFAULT_CONFIG: GlobusAppConfig = GlobusAppConfig()

ScopeRequirements = Mapping[str, ScopeCollectionLike]


@attrs.frozen
class _Ready:
    """An authorizer that was given out.

    :ivar until: when it ends, in seconds since the epoch; ``None`` if it renews itself
    """

    authorizer: GlobusAuthorizer
    until: float | None


class GlobusApp(PerProcess, ABC):
    """Logs in for any number of clients, keeps their tokens, and gives each its authorizer.

    Threads and asyncio tasks may share one, with all its clients: there is one login at a time, and whoever
    else needs its tokens waits. See :class:`UserApp` and :class:`ClientApp`.

    :param app_name: for people: on consent pages, in the name of the token file, in the User-Agent header
    :param login_client: gets the tokens; not an Async one. Instead of ``client_id`` and ``client_secret``
    :param client_id: of the application
    :param client_secret: of the application, if it has one
    :param scope_requirements: scopes to ask for, by resource server, besides those of the clients
    :param config: the settings
    :raises GlobusSDKUsageError: if the client is missing, given twice, of the wrong kind, or for another environment;
        or if a setting is no use
    :ivar token_storage: the storage, which checks what goes in and out
    """

    token_storage: ValidatingTokenStorage
    _process_state = ("_lock", "_ready")

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
        self.app_name = app_name
        self.config = config
        self._to_close: list[Any] = []
        self._handles_errors = True
        self._scope_requirements: dict[str, list[Scope]] = {}
        self._enter_process()
        self._login_client = self._checked_login_client(login_client, client_id, client_secret)
        self.client_id: uuid.UUID | str = self._login_client.client_id or ""
        decoder = make_decoder(app_name, config, self._login_client)
        storage, is_own = make_storage(app_name, config, self.client_id)
        if storage.id_token_decoder is None:
            storage.id_token_decoder = decoder
        consent_client = AuthClient(environment=config.environment)
        self._to_close.append(consent_client)
        self.token_storage = ValidatingTokenStorage(
            storage, validators=[ScopeRequirementsValidator(self._scope_requirements, consent_client)]
        )
        self.token_storage.id_token_decoder = decoder
        if is_own:
            self._to_close.append(self.token_storage)
        self.add_scope_requirements(scope_requirements or {})
        # It says who logged in, and asks what the user has consented to.
        consent_client.attach_globus_app(self, [AuthScopes.openid])

    def _make_process_state(self) -> None:
        self._lock = threading.RLock()
        self._ready: dict[str, _Ready] = {}

    def _checked_login_client(
        self, login_client: LoginClient | None, client_id: uuid.UUID | str | None, client_secret: str | None
    ) -> LoginClient:
        if login_client is None:
            if not client_id:
                raise GlobusSDKUsageError(f"{type(self).__name__}: give client_id= or login_client=")
            made = self._initialize_login_client(self.app_name, self.config, client_id, client_secret)
            self._to_close.append(made)
            return made
        if client_id:
            raise GlobusSDKUsageError(f"{type(self).__name__}: give client_id= or login_client=, not both")
        if isinstance(login_client, AwaitedCalls) or not hasattr(login_client, "oauth2_revoke_token"):
            raise GlobusSDKUsageError(
                f"login_client: expected a client such as NativeAppAuthClient, got a {type(login_client).__name__}"
            )
        if login_client.client_id is None:
            raise GlobusSDKUsageError("login_client: it has no client_id")
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
        """A client that gets the tokens."""

    @abstractmethod
    def _make_authorizer(self, resource_server: str) -> tuple[GlobusAuthorizer, float | None]:
        """An authorizer from what is stored, and when it ends.

        :raises TokenValidationError: if that is not good enough
        """

    @abstractmethod
    def _run_login_flow(self, auth_params: GlobusAuthorizationParameters | None = None) -> None:
        """Log in, and store what comes."""

    def login(self, *, auth_params: GlobusAuthorizationParameters | None = None, force: bool = False) -> None:
        """Log in, if that is needed: then the tokens are stored when it returns. Blocks until the user is done.

        :param auth_params: what the login asks for besides the scopes; if it is given, there is a login in any case
        :param force: log in even if it is not needed
        :raises IdentityMismatchError: if somebody else logs in than before; then nothing is stored
        :raises TokenValidationError: if what the login brings is not enough
        """
        with self._alone():
            if auth_params is not None or force or self.login_required():
                self._run_login_flow(auth_params)
                self._ready = {}

    def login_required(self) -> bool:
        """Whether the stored tokens are missing, expired, or for less than is needed."""
        with self._alone(), self._without_error_handling():
            try:
                for resource_server in list(self._scope_requirements):
                    self.get_authorizer(resource_server)
            except TokenValidationError:
                return True
        return False

    def logout(self, *, sweep: bool = False) -> None:
        """Revoke the stored tokens, and forget them.

        :param sweep: all that are stored, not only those of the services that this application uses
        """
        with self._alone():
            storage = self.token_storage.token_storage
            for server, data in storage.get_token_data_by_resource_server().items():
                if not sweep and server not in self._scope_requirements:
                    continue
                # The refresh token first: whoever breaks off here leaves nothing that lives long.
                for token in (data.refresh_token, data.access_token):
                    if token is not None:
                        self._login_client.oauth2_revoke_token(token)
                storage.remove_token_data(server)
            self._ready = {}
            # Whoever logs in next may be somebody else.
            self.token_storage.read_identity()

    def add_scope_requirements(self, scope_requirements: ScopeRequirements) -> None:
        """Ask for more scopes. Tokens that lack one are no longer good.

        :param scope_requirements: scopes, texts of scopes, or several of either, by resource server
        :raises ScopeParseError: if a text is no scope
        """
        parsed = {server: _scopes(given) for server, given in scope_requirements.items()}
        with self._alone():
            for server, scopes in parsed.items():
                known = self._scope_requirements.setdefault(server, [])
                known += [one for one in dict.fromkeys(scopes) if one not in known]
            self._ready = {server: ready for server, ready in self._ready.items() if server not in parsed}

    @property
    def scope_requirements(self) -> dict[str, list[Scope]]:
        """A copy of all scopes that are asked for, by resource server. ``openid`` is always among them."""
        return {server: list(scopes) for server, scopes in self._scope_requirements.items()}

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        """The authorizer for a resource server, if there is one that needs no storage and no login."""
        ready = self._ready.get(resource_server)
        if ready is None or (ready.until is not None and ready.until <= time.time()):
            return None
        return ready.authorizer

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        """The authorizer for a resource server. Clients call it for each request.

        If the stored tokens are not good enough, ``config.token_validation_error_handler`` is called, which
        by default logs in.

        :raises TokenValidationError: if they still are not, or nothing was done about it
        """
        with self._alone():
            try:
                with self._without_error_handling():
                    return self._authorizer(resource_server)
            except TokenValidationError as error:
                handler = self.config.token_validation_error_handler
                if handler is None or not self._handles_errors:
                    raise
                with self._without_error_handling():
                    handler(self, error)
                    return self._authorizer(resource_server)

    def _authorizer(self, resource_server: str) -> GlobusAuthorizer:
        ready = self.ready_authorizer(resource_server)
        if ready is not None:
            return ready
        authorizer, until = self._make_authorizer(resource_server)
        self._ready = {**self._ready, resource_server: _Ready(authorizer, until)}
        return authorizer

    def may_resolve(self, response: Response) -> bool:
        """Whether a refusal may be one that another login gets past."""
        return response.status == 403 and self.config.auto_redrive_gares

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        """Log in as a refusal demands (``config.auto_redrive_gares``). Whether to send the request again."""
        try:
            demand = to_gare(response.json())
        except ReplyFormatError:
            return False
        if demand is None:
            return False
        sent = response.request.headers.get("Authorization") if response.request is not None else None
        with self._alone():
            # While this call waited here, another one may have logged in.
            if sent == self.get_authorizer(resource_server).get_authorization_header():
                self.login(auth_params=demand.authorization_parameters)
        return True

    def _required(self, auth_params: GlobusAuthorizationParameters | None) -> GlobusAuthorizationParameters:
        """What a login asks for, with all scopes that are needed."""
        given = GlobusAuthorizationParameters() if auth_params is None else auth_params
        needed = [one for scopes in self._scope_requirements.values() for one in scopes]
        asked = [one for text in given.required_scopes or () for one in ScopeParser.parse(text)]
        return attrs.evolve(given, required_scopes=[str(one) for one in ScopeParser.merge_scopes(needed, asked)])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock:
            yield

    @contextmanager
    def _without_error_handling(self) -> Iterator[None]:
        # What is done about bad tokens may need tokens itself. Only with the lock held.
        before, self._handles_errors = self._handles_errors, False
        try:
            yield
        finally:
            self._handles_errors = before

    def close(self) -> None:
        """Let go of connections and files. The tokens stay where they are, and good."""
        for one in self._to_close:
            one.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.app_name!r}: {', '.join(self._scope_requirements)}>"


def _scopes(given: ScopeCollectionLike) -> list[Scope]:
    several = [given] if isinstance(given, (str, Scope)) else given
    return [scope for one in several for scope in (ScopeParser.parse(one) if isinstance(one, str) else [one])]
