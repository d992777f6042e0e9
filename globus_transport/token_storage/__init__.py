"""Where tokens live, and what an application checks of them. The names are those of ``globus_sdk.token_storage``."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "globus_app.errors": (
        "DeadLoginError",
        "ExpiredTokenError",
        "IdentityMismatchError",
        "IdentityValidationError",
        "MissingIdentityError",
        "MissingTokenError",
        "TokenValidationError",
        "UnmetScopeRequirementsError",
    ),
    "globus_app.validating": ("ValidatingTokenStorage",),
    "globus_app.validators": (
        "HasRefreshTokensValidator",
        "NotExpiredValidator",
        "ScopeRequirementsValidator",
        "TokenDataValidator",
        "TokenValidationContext",
        "UnchangingIdentityIDValidator",
    ),
    "token_storage.base": ("TokenStorage",),
    "token_storage.file": ("FileTokenStorage",),
    "token_storage.json": ("JSONTokenStorage",),
    "token_storage.memory": ("MemoryTokenStorage",),
    "token_storage.sqlite": ("SQLiteTokenStorage",),
    "token_storage.token_data": ("TokenStorageData",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
