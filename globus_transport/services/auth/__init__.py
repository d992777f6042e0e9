"""Globus Auth: OAuth2 (RFC 6749), OpenID Connect, and identities. Reference: docs.globus.org/api/auth."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.auth.async_client": (
        "AsyncAuthClient",
        "AsyncAuthLoginClient",
        "AsyncConfidentialAppAuthClient",
        "AsyncNativeAppAuthClient",
    ),
    "services.auth.client": ("AuthClient", "AuthLoginClient", "ConfidentialAppAuthClient", "NativeAppAuthClient"),
    "services.auth.data": ("DependentScopeSpec",),
    "services.auth.errors": ("AuthAPIError",),
    "services.auth.flow_managers": ("GlobusAuthorizationCodeFlowManager", "GlobusNativeAppFlowManager"),
    "services.auth.id_tokens": ("IDTokenDecoder",),
    "services.auth.identity_map": ("IdentityMap",),
    "services.auth.response": (
        "GetConsentsResponse",
        "GetIdentitiesResponse",
        "OAuthAuthorizationCodeResponse",
        "OAuthClientCredentialsResponse",
        "OAuthDependentTokenResponse",
        "OAuthRefreshTokenResponse",
        "OAuthTokenResponse",
    ),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
