"""Authorizers: middleware that put a credential on, and renew it when it is refused.

Names are loaded when they are first used.
"""

from __future__ import annotations

# As in the package's own __init__: type checkers take it for true.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from globus_transport.authorizers.access_token import AccessTokenAuthorizer
    from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer, StaticGlobusAuthorizer
    from globus_transport.authorizers.basic import BasicAuthorizer
    from globus_transport.authorizers.client_credentials import ClientCredentialsAuthorizer
    from globus_transport.authorizers.null import NullAuthorizer
    from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
    from globus_transport.authorizers.renewing import RenewingAuthorizer

_MODULES = {
    "AccessTokenAuthorizer": "access_token",
    "BoundAuthorizer": "base",
    "GlobusAuthorizer": "base",
    "StaticGlobusAuthorizer": "base",
    "BasicAuthorizer": "basic",
    "ClientCredentialsAuthorizer": "client_credentials",
    "NullAuthorizer": "null",
    "RefreshTokenAuthorizer": "refresh_token",
    "RenewingAuthorizer": "renewing",
}

__all__ = [
    "AccessTokenAuthorizer",
    "BasicAuthorizer",
    "BoundAuthorizer",
    "ClientCredentialsAuthorizer",
    "GlobusAuthorizer",
    "NullAuthorizer",
    "RefreshTokenAuthorizer",
    "RenewingAuthorizer",
    "StaticGlobusAuthorizer",
]

if not TYPE_CHECKING:
    import globus_transport

    __getattr__ = globus_transport._lazily(globals(), _MODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
