"""The storage that validates tokens, under the name that globus-sdk has for this part."""

from globus_transport.globus_app.errors import (
    ExpiredTokenError,
    IdentityMismatchError,
    IdentityValidationError,
    MissingIdentityError,
    MissingTokenError,
    TokenValidationError,
    UnmetScopeRequirementsError,
)
from globus_transport.globus_app.validating import ValidatingTokenStorage
from globus_transport.globus_app.validators import (
    HasRefreshTokensValidator,
    NotExpiredValidator,
    ScopeRequirementsValidator,
    TokenDataValidator,
    TokenValidationContext,
    UnchangingIdentityIDValidator,
)

__all__ = [
    "ExpiredTokenError",
    "HasRefreshTokensValidator",
    "IdentityMismatchError",
    "IdentityValidationError",
    "MissingIdentityError",
    "MissingTokenError",
    "NotExpiredValidator",
    "ScopeRequirementsValidator",
    "TokenDataValidator",
    "TokenValidationContext",
    "TokenValidationError",
    "UnchangingIdentityIDValidator",
    "UnmetScopeRequirementsError",
    "ValidatingTokenStorage",
]
