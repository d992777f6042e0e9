"""Storages of tokens: in memory, in a JSON file, in an SQLite database, in the system's keyring, in Redis.

``base`` has the base of all storages, ``reentrant_lock`` that of their locks, ``file``, ``file_lock`` and
``marker_lock`` that of storages in files, and ``token_data`` the value that is stored. As in
``globus_sdk.token_storage``, the validators and errors of :mod:`globus_transport.globus_app` can be imported from here,
too.
"""

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
    "token_storage.errors": ("TokenStorageError",),
    "token_storage.file": ("FileTokenStorage",),
    "token_storage.json": ("JSONTokenStorage",),
    "token_storage.keyring": ("KeyringTokenStorage",),
    "token_storage.memory": ("MemoryTokenStorage",),
    "token_storage.redis": ("RedisTokenStorage",),
    "token_storage.sqlite": ("SQLiteTokenStorage",),
    "token_storage.token_data": ("TokenStorageData",),
}

# `import *` works without any extra.
_WITH_AN_EXTRA = ("KeyringTokenStorage", "RedisTokenStorage")

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES, with_an_extra=_WITH_AN_EXTRA)
