"""Why the tokens in a storage are not good enough."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from globus_transport.exc.base import GlobusError
from globus_transport.scopes.scope import Scope


class TokenValidationError(GlobusError):
    """Stored tokens, or new ones, are not what an application needs."""


class IdentityValidationError(TokenValidationError):
    """Whose tokens they are is not known, or not right."""


class MissingIdentityError(IdentityValidationError, LookupError):
    """A token reply does not say who logged in."""


class IdentityMismatchError(IdentityValidationError, ValueError):
    """Somebody else logged in than before.

    :ivar stored_id: the identity whose tokens are stored
    :ivar new_id: the one that logged in
    """

    def __init__(self, message: str, stored_id: str, new_id: str) -> None:
        # All are arguments of the exception, so that it can be pickled.
        super().__init__(message, stored_id, new_id)
        self.message = message
        self.stored_id = stored_id
        self.new_id = new_id

    def __str__(self) -> str:
        return self.message


class MissingTokenError(TokenValidationError, LookupError):
    """There are no tokens for a resource server, or no refresh token.

    :ivar resource_server: its name
    """

    def __init__(self, message: str, resource_server: str) -> None:
        super().__init__(message, resource_server)
        self.message = message
        self.resource_server = resource_server

    def __str__(self) -> str:
        return self.message


class ExpiredTokenError(TokenValidationError, ValueError):
    """An access token expired, and there is nothing to renew it with.

    :ivar expiration: when it did
    """

    def __init__(self, expires_at_seconds: float) -> None:
        super().__init__(expires_at_seconds)
        self.expiration = datetime.datetime.fromtimestamp(expires_at_seconds)
        self.message = f"the access token expired at {self.expiration.isoformat()}; log in again: app.login()"

    def __str__(self) -> str:
        return self.message


class DeadLoginError(TokenValidationError):
    """The refresh token in the storage was refused before. Only a new login helps."""


class UnmetScopeRequirementsError(TokenValidationError, ValueError):
    """The tokens are for less than is needed.

    :ivar scope_requirements: all scopes that are needed, by resource server
    """

    def __init__(self, message: str, scope_requirements: Mapping[str, list[Scope]]) -> None:
        super().__init__(message, scope_requirements)
        self.message = message
        self.scope_requirements = scope_requirements

    def __str__(self) -> str:
        return self.message
