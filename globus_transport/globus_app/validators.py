"""Validators of tokens, called before tokens are stored and after they are read from a storage."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import attrs

from globus_transport.globus_app.errors import (
    ExpiredTokenError,
    IdentityMismatchError,
    MissingIdentityError,
    MissingTokenError,
    UnmetScopeRequirementsError,
)
from globus_transport.scopes.consents import ConsentForest
from globus_transport.scopes.scope import Scope
from globus_transport.services.auth.client import AuthClient
from globus_transport.token_storage.token_data import TokenStorageData

TokensByServer = Mapping[str, TokenStorageData]


@attrs.define
class TokenValidationContext:
    """The identities that a validator may compare.

    :ivar prior_identity_id: the identity that the storage's tokens belong to; ``None`` if unknown
    :ivar token_data_identity_id: the identity that these tokens belong to; ``None`` if unknown
    """

    prior_identity_id: str | None
    token_data_identity_id: str | None


class TokenDataValidator(ABC):
    """The base of validators. A custom validator raises a ``TokenValidationError`` for tokens that are not valid."""

    @abstractmethod
    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Called with new tokens before they are stored.

        :param token_data_by_resource_server: the tokens, by resource server
        :param context: the application, its storage and the identity that they are for
        :raises TokenValidationError: if they are not valid
        """

    @abstractmethod
    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Called with tokens from the storage before they are used.

        :param token_data_by_resource_server: the tokens, by resource server
        :param context: the application, its storage and the identity that they are for
        :raises TokenValidationError: if they are not valid
        """


class HasRefreshTokensValidator(TokenDataValidator):
    """Stored tokens must have refresh tokens."""

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Accepts everything."""

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises MissingTokenError: if a refresh token is missing"""
        for server, data in token_data_by_resource_server.items():
            if data.refresh_token is None:
                raise MissingTokenError(f"the stored tokens for {server} have no refresh token", server)


class NotExpiredValidator(TokenDataValidator):
    """Stored access tokens must not have expired."""

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Accepts everything."""

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises ExpiredTokenError: if an access token has expired"""
        for data in token_data_by_resource_server.values():
            if data.expires_at_seconds is not None and data.expires_at_seconds <= time.time():
                raise ExpiredTokenError(data.expires_at_seconds)


class UnchangingIdentityIDValidator(TokenDataValidator):
    """New tokens must belong to the same identity as the stored ones."""

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises MissingIdentityError: if the identity of the tokens is unknown
        :raises IdentityMismatchError: if they belong to another identity
        """
        new, prior = context.token_data_identity_id, context.prior_identity_id
        if new is None:
            raise MissingIdentityError("the token reply does not say who logged in; also request the scope openid")
        if prior is not None and new != prior:
            raise IdentityMismatchError(
                f"identity {new} logged in, but the stored tokens are those of {prior}; log out first: app.logout()",
                prior,
                new,
            )

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Accepts everything."""


class ScopeRequirementsValidator(TokenDataValidator):
    """Tokens must have all required scopes.

    A token reply lists scopes without their dependencies. To check the dependencies, the validator reads the user's
    consents from Globus Auth when stored tokens are first used. If the user's identity is unknown, the dependencies
    are not checked.

    :param scope_requirements: the required scopes, by resource server
    :param consent_client: reads the consents
    """

    def __init__(self, scope_requirements: Mapping[str, Sequence[Scope]], consent_client: AuthClient) -> None:
        self.scope_requirements = scope_requirements
        self.consent_client = consent_client
        self._forest: ConsentForest | None = None

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises UnmetScopeRequirementsError: if a token lacks a scope"""
        for server, data in token_data_by_resource_server.items():
            self._check_scopes(server, data)

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises UnmetScopeRequirementsError: if a token lacks a scope, or the user did not consent to a dependency"""
        identity_id = context.token_data_identity_id or context.prior_identity_id
        for server, data in token_data_by_resource_server.items():
            self._check_scopes(server, data)
            self._check_consents(server, identity_id)

    def _check_scopes(self, server: str, data: TokenStorageData) -> None:
        granted = data.scope.split()
        required = self.scope_requirements.get(server, ())
        missing = [str(scope) for scope in required if scope.scope_string not in granted]
        if missing:
            raise self._make_error(f"the tokens for {server} are not for {' '.join(missing)}")

    def _check_consents(self, server: str, identity_id: str | None) -> None:
        required = [scope for scope in self.scope_requirements.get(server, ()) if scope.dependencies]
        if not required or (self._forest is not None and self._forest.meets_scope_requirements(required)):
            return
        if identity_id is None:
            return
        self._forest = self.consent_client.get_consents(identity_id).to_forest()
        if not self._forest.meets_scope_requirements(required):
            raise self._make_error(f"the user has not consented to all of {' '.join(map(str, required))}")

    def _make_error(self, reason: str) -> UnmetScopeRequirementsError:
        required = {server: list(scopes) for server, scopes in self.scope_requirements.items()}
        return UnmetScopeRequirementsError(f"{reason}; log in again: app.login()", required)
