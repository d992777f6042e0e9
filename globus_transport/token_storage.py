"""Where tokens live, under the name that globus-sdk has for this part."""

from globus_transport.app.errors import (
    DeadLoginError,
    ExpiredTokenError,
    IdentityMismatchError,
    IdentityValidationError,
    MissingIdentityError,
    MissingTokenError,
    TokenValidationError,
    UnmetScopeRequirementsError,
)
from globus_transport.app.validating import ValidatingTokenStorage
from globus_transport.app.validators import (
    HasRefreshTokensValidator,
    NotExpiredValidator,
    ScopeRequirementsValidator,
    TokenDataValidator,
    TokenValidationContext,
    UnchangingIdentityIDValidator,
)
from globus_transport.tokens.storages.base import TokenStorage
from globus_transport.tokens.storages.files import FileTokenStorage
from globus_transport.tokens.storages.json_file import JSONTokenStorage
from globus_transport.tokens.storages.memory import MemoryTokenStorage
from globus_transport.tokens.storages.sqlite import SQLiteTokenStorage
from globus_transport.tokens.stored import TokenStorageData

__all__ = [
    "DeadLoginError",
    "ExpiredTokenError",
    "FileTokenStorage",
    "HasRefreshTokensValidator",
    "IdentityMismatchError",
    "IdentityValidationError",
    "JSONTokenStorage",
    "MemoryTokenStorage",
    "MissingIdentityError",
    "MissingTokenError",
    "NotExpiredValidator",
    "SQLiteTokenStorage",
    "ScopeRequirementsValidator",
    "TokenDataValidator",
    "TokenStorage",
    "TokenStorageData",
    "TokenValidationContext",
    "TokenValidationError",
    "UnchangingIdentityIDValidator",
    "UnmetScopeRequirementsError",
    "ValidatingTokenStorage",
]
