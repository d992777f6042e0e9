"""Errors of token validation: why stored or new tokens cannot be used."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from globus_transport.exc.base import GlobusError
from globus_transport.scopes.scope import Scope


class TokenValidationError(GlobusError):
    """Stored or new tokens do not meet the application's requirements."""


class IdentityValidationError(TokenValidationError):
    """The identity that the tokens belong to is unknown, or is not the expected one."""


class MissingIdentityError(IdentityValidationError, LookupError):
    """A token reply does not identify the user who logged in."""


class IdentityMismatchError(IdentityValidationError, ValueError):
    """A different user logged in than before.

    :ivar message: what went wrong
    :ivar stored_id: the identity that the stored tokens belong to
    :ivar new_id: the identity that logged in
    """

    def __init__(self, message: str, stored_id: str, new_id: str) -> None:
        # Pickle calls the class with these arguments.
        super().__init__(message, stored_id, new_id)
        self.message = message
        self.stored_id = stored_id
        self.new_id = new_id

    def __str__(self) -> str:
        return self.message


class MissingTokenError(TokenValidationError, LookupError):
    """The storage has no tokens for a resource server, or no refresh token.

    :ivar message: what went wrong
    :ivar resource_server: the name of the resource server
    """

    def __init__(self, message: str, resource_server: str) -> None:
        super().__init__(message, resource_server)
        self.message = message
        self.resource_server = resource_server

    def __str__(self) -> str:
        return self.message


class ExpiredTokenError(TokenValidationError, ValueError):
    """An access token has expired, and cannot be renewed.

    :param expires_at_seconds: when it expired, in seconds since the epoch
    :ivar expiration: when it expired, in local time
    """

    def __init__(self, expires_at_seconds: float) -> None:
        self._expires_at_seconds = expires_at_seconds
        self.expiration = datetime.datetime.fromtimestamp(expires_at_seconds)
        self.message = f"the access token expired at {self.expiration.isoformat()}; log in again: app.login()"
        super().__init__(self.message)

    def __reduce__(self) -> tuple[type[ExpiredTokenError], tuple[float]]:
        return type(self), (self._expires_at_seconds,)


class DeadLoginError(TokenValidationError):
    """Globus Auth has refused the stored refresh token. A new login is required."""


class UnmetScopeRequirementsError(TokenValidationError, ValueError):
    """The tokens lack a required scope.

    :ivar message: what went wrong
    :ivar scope_requirements: all required scopes, by resource server
    """

    def __init__(self, message: str, scope_requirements: Mapping[str, list[Scope]]) -> None:
        super().__init__(message, scope_requirements)
        self.message = message
        self.scope_requirements = scope_requirements

    def __str__(self) -> str:
        return self.message
