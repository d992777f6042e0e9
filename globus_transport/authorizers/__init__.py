"""Authorizers: middleware that puts a credential on a request, and renews it when it is stale or refused."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "authorizers.access_token": ("AccessTokenAuthorizer",),
    "authorizers.base": ("BoundAuthorizer", "GlobusAuthorizer", "StaticGlobusAuthorizer"),
    "authorizers.basic": ("BasicAuthorizer",),
    "authorizers.client_credentials": ("ClientCredentialsAuthorizer",),
    "authorizers.null": ("NullAuthorizer",),
    "authorizers.refresh_token": ("RefreshTokenAuthorizer",),
    "authorizers.renewing": ("RenewingAuthorizer",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
