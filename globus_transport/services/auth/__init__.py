"""Globus Auth: OAuth2 (RFC 6749), OpenID Connect, and identities. Reference: docs.globus.org/api/auth.

Names are loaded when they are first used.
"""

from __future__ import annotations

# As in the package's own __init__: type checkers take it for true.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from globus_transport.services.auth.client import AuthClient
    from globus_transport.services.auth.consents import GetConsentsResponse
    from globus_transport.services.auth.errors import AuthAPIError
    from globus_transport.services.auth.flow_managers import (
        GlobusAuthorizationCodeFlowManager,
        GlobusNativeAppFlowManager,
    )
    from globus_transport.services.auth.id_tokens import IDTokenDecoder
    from globus_transport.services.auth.identity_map import IdentityMap
    from globus_transport.services.auth.login_clients import (
        AuthLoginClient,
        ConfidentialAppAuthClient,
        NativeAppAuthClient,
    )
    from globus_transport.services.auth.replies import GetIdentitiesResponse
    from globus_transport.services.auth.scope_spec import DependentScopeSpec
    from globus_transport.services.auth.token_replies import (
        OAuthAuthorizationCodeResponse,
        OAuthClientCredentialsResponse,
        OAuthDependentTokenResponse,
        OAuthRefreshTokenResponse,
        OAuthTokenResponse,
    )

_MODULES = {
    "AuthClient": "client",
    "GetConsentsResponse": "consents",
    "AuthAPIError": "errors",
    "GlobusAuthorizationCodeFlowManager": "flow_managers",
    "GlobusNativeAppFlowManager": "flow_managers",
    "IDTokenDecoder": "id_tokens",
    "IdentityMap": "identity_map",
    "AuthLoginClient": "login_clients",
    "ConfidentialAppAuthClient": "login_clients",
    "NativeAppAuthClient": "login_clients",
    "GetIdentitiesResponse": "replies",
    "DependentScopeSpec": "scope_spec",
    "OAuthAuthorizationCodeResponse": "token_replies",
    "OAuthClientCredentialsResponse": "token_replies",
    "OAuthDependentTokenResponse": "token_replies",
    "OAuthRefreshTokenResponse": "token_replies",
    "OAuthTokenResponse": "token_replies",
}

__all__ = [
    "AuthAPIError",
    "AuthClient",
    "AuthLoginClient",
    "ConfidentialAppAuthClient",
    "DependentScopeSpec",
    "GetConsentsResponse",
    "GetIdentitiesResponse",
    "GlobusAuthorizationCodeFlowManager",
    "GlobusNativeAppFlowManager",
    "IDTokenDecoder",
    "IdentityMap",
    "NativeAppAuthClient",
    "OAuthAuthorizationCodeResponse",
    "OAuthClientCredentialsResponse",
    "OAuthDependentTokenResponse",
    "OAuthRefreshTokenResponse",
    "OAuthTokenResponse",
]

if not TYPE_CHECKING:
    import globus_transport

    # A module that the annotations of routes name is loaded with the first call of such a route.
    __getattr__ = globus_transport._lazily(globals(), _MODULES, {"client_fields", "jwk_call"})


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
