"""Globus Auth: OAuth2 (RFC 6749), OpenID Connect, and identities. Reference: docs.globus.org/api/auth.

Besides the modules that every service has, ``flow_managers`` holds the state of a user's login, ``id_tokens`` decodes
id tokens, and ``identity_map`` looks up identities in batches.
"""

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
