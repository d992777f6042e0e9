"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.auth.async_client import AsyncAuthClient as AsyncAuthClient
from globus_transport.services.auth.async_client import AsyncAuthLoginClient as AsyncAuthLoginClient
from globus_transport.services.auth.async_client import AsyncConfidentialAppAuthClient as AsyncConfidentialAppAuthClient
from globus_transport.services.auth.async_client import AsyncNativeAppAuthClient as AsyncNativeAppAuthClient
from globus_transport.services.auth.client import AuthClient as AuthClient
from globus_transport.services.auth.client import AuthLoginClient as AuthLoginClient
from globus_transport.services.auth.client import ConfidentialAppAuthClient as ConfidentialAppAuthClient
from globus_transport.services.auth.client import NativeAppAuthClient as NativeAppAuthClient
from globus_transport.services.auth.data import DependentScopeSpec as DependentScopeSpec
from globus_transport.services.auth.errors import AuthAPIError as AuthAPIError
from globus_transport.services.auth.flow_managers import (
    GlobusAuthorizationCodeFlowManager as GlobusAuthorizationCodeFlowManager,
)
from globus_transport.services.auth.flow_managers import GlobusNativeAppFlowManager as GlobusNativeAppFlowManager
from globus_transport.services.auth.id_tokens import IDTokenDecoder as IDTokenDecoder
from globus_transport.services.auth.identity_map import IdentityMap as IdentityMap
from globus_transport.services.auth.response import GetConsentsResponse as GetConsentsResponse
from globus_transport.services.auth.response import GetIdentitiesResponse as GetIdentitiesResponse
from globus_transport.services.auth.response import OAuthAuthorizationCodeResponse as OAuthAuthorizationCodeResponse
from globus_transport.services.auth.response import OAuthClientCredentialsResponse as OAuthClientCredentialsResponse
from globus_transport.services.auth.response import OAuthDependentTokenResponse as OAuthDependentTokenResponse
from globus_transport.services.auth.response import OAuthRefreshTokenResponse as OAuthRefreshTokenResponse
from globus_transport.services.auth.response import OAuthTokenResponse as OAuthTokenResponse
