"""The parts of Authlib that the sandbox uses. Authlib has no types; ``authlib_typed.pyi`` adds them."""

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import (
    InvalidClientError,
    InvalidGrantError,
    InvalidScopeError,
    ResourceProtector,
)
from authlib.oauth2.rfc6749.grants import (
    AuthorizationCodeGrant,
    BaseGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    TokenEndpointMixin,
)
from authlib.oauth2.rfc6750 import BearerTokenValidator, InvalidTokenError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

__all__ = [
    "AuthorizationCodeGrant",
    "AuthorizationServer",
    "BaseGrant",
    "BearerTokenValidator",
    "ClientCredentialsGrant",
    "CodeChallenge",
    "IntrospectionEndpoint",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidScopeError",
    "InvalidTokenError",
    "OAuth2Error",
    "OAuth2Request",
    "RefreshTokenGrant",
    "ResourceProtector",
    "RevocationEndpoint",
    "TokenEndpointMixin",
]
