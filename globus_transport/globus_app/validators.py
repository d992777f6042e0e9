"""What tokens must be like, when they are stored and when they are fetched."""

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
    """What is known about the tokens besides themselves.

    :ivar prior_identity_id: whose tokens there were before; ``None`` if nobody knows
    :ivar token_data_identity_id: whose tokens these are; ``None`` if nobody knows
    """

    prior_identity_id: str | None
    token_data_identity_id: str | None


class TokenDataValidator(ABC):
    """A check of tokens. One of your own raises a ``TokenValidationError`` for tokens that are not good."""

    @abstractmethod
    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Called with new tokens before they are stored.

        :raises TokenValidationError: if they are not good
        """

    @abstractmethod
    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Called with tokens from the storage before they are used.

        :raises TokenValidationError: if they are not good
        """


class HasRefreshTokensValidator(TokenDataValidator):
    """Stored tokens must have refresh tokens."""

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Accepts everything."""

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises MissingTokenError: if one has none"""
        for server, data in token_data_by_resource_server.items():
            if data.refresh_token is None:
                raise MissingTokenError(f"the stored tokens for {server} have no refresh token", server)


class NotExpiredValidator(TokenDataValidator):
    """Stored access tokens must not have expired."""

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Accepts everything."""

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises ExpiredTokenError: if one has"""
        for data in token_data_by_resource_server.values():
            if data.expires_at_seconds is not None and data.expires_at_seconds <= time.time():
                raise ExpiredTokenError(data.expires_at_seconds)


class UnchangingIdentityIDValidator(TokenDataValidator):
    """New tokens must be for whoever logged in first."""

    def before_store(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """:raises MissingIdentityError: if they don't say for whom they are
        :raises IdentityMismatchError: if they are for somebody else
        """
        new, prior = context.token_data_identity_id, context.prior_identity_id
        if new is None:
            raise MissingIdentityError("the token reply does not say who logged in; ask for the scope openid, too")
        if prior is not None and new != prior:
            raise IdentityMismatchError(
                f"identity {new} logged in, but the stored tokens are those of {prior}; log out first: app.logout()",
                prior,
                new,
            )

    def after_retrieve(self, token_data_by_resource_server: TokensByServer, context: TokenValidationContext) -> None:
        """Accepts everything."""


class ScopeRequirementsValidator(TokenDataValidator):
    """Tokens must be for all scopes that are needed.

    What a token says covers scopes without their dependencies. Whether the user consented to those is asked of
    Globus Auth, the first time that stored tokens are used; it cannot be if nobody knows whose tokens they are.

    :param scope_requirements: what is needed, by resource server
    :param consent_client: asks for the consents
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
        """:raises UnmetScopeRequirementsError: if a token lacks a scope, or the user's consent to a dependency"""
        identity_id = context.token_data_identity_id or context.prior_identity_id
        for server, data in token_data_by_resource_server.items():
            self._check_scopes(server, data)
            self._check_consents(server, identity_id)

    def _check_scopes(self, server: str, data: TokenStorageData) -> None:
        granted = data.scope.split()
        missing = [str(one) for one in self.scope_requirements.get(server, ()) if one.scope_string not in granted]
        if missing:
            raise self._error(f"the tokens for {server} are not for {' '.join(missing)}")

    def _check_consents(self, server: str, identity_id: str | None) -> None:
        needed = [one for one in self.scope_requirements.get(server, ()) if one.dependencies]
        if not needed or (self._forest is not None and self._forest.meets_scope_requirements(needed)):
            return
        if identity_id is None:
            return
        self._forest = self.consent_client.get_consents(identity_id).to_forest()
        if not self._forest.meets_scope_requirements(needed):
            raise self._error(f"the user has not consented to all of {' '.join(map(str, needed))}")

    def _error(self, what: str) -> UnmetScopeRequirementsError:
        needed = {server: list(scopes) for server, scopes in self.scope_requirements.items()}
        return UnmetScopeRequirementsError(f"{what}; log in again: app.login()", needed)
