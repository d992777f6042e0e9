"""What Globus Auth tells anyone about itself. Reference: docs.globus.org/api/auth/reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from globus_transport.core.flow import Steps, send
from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.messages import Request
from globus_transport.routing.missing import MISSING
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get, operation
from globus_transport.routing.table import LateValue, RouteTable

if TYPE_CHECKING:
    from globus_transport.scopes.collections import AuthScopeCollection
    from globus_transport.services.auth import jwk_call
    from globus_transport.services.auth.errors import AuthAPIError
    from globus_transport.services.auth.jwk_call import jwk_operation
else:
    jwk_operation = operation


def _scopes() -> AuthScopeCollection:
    from globus_transport.scopes.collections import AuthScopes

    return AuthScopes


def _error_class() -> type[AuthAPIError]:
    from globus_transport.services.auth.errors import AuthAPIError

    return AuthAPIError


class OpenIDRoutes(RouteTable):
    """What Globus Auth tells anyone about itself."""

    service_name = "auth"
    resource_server = "auth.globus.org"
    error_class = LateValue(_error_class)  # pyright: ignore
    scopes = LateValue(_scopes)

    @get("/.well-known/openid-configuration", scopes=())
    def get_openid_configuration(self) -> GlobusHTTPResponse:
        """The OpenID Connect configuration (OpenID Connect Discovery 1.0, section 4)."""
        ...

    @jwk_operation
    def get_jwk(self, openid_configuration: jwk_call.Configuration = MISSING, *, as_pem: bool = False) -> Steps[Any]:
        """The key that id tokens are signed with (RFC 7517).

        :param openid_configuration: says where the key is; fetched if it is not given
        :param as_pem: as a public key of the library ``cryptography`` (extra ``jwt``), instead of the document
        :raises ReplyFormatError: if the configuration names no place for the keys, or there is none
        :raises GlobusSDKUsageError: if ``as_pem`` is asked for and the extra is not installed
        """
        if openid_configuration is MISSING or openid_configuration is None:
            openid_configuration = yield from self.get_openid_configuration.flow()
        place = cast(Any, openid_configuration).get("jwks_uri")
        if not isinstance(place, str):
            raise ReplyFormatError("the OpenID configuration does not say where the keys are, under 'jwks_uri'")
        response = yield from send(Request("GET", place, {"Accept": "application/json"}, route="get_jwk"))
        keys = GlobusHTTPResponse(response).data
        if not isinstance(keys, dict):
            raise ReplyFormatError(f"the reply from {place} holds no keys: it is no JSON object")
        if not as_pem:
            return keys
        # Not at the top: few programs look into id tokens.
        from globus_transport.services.auth.id_tokens import public_key

        return public_key(keys)
