"""What Globus Auth tells anyone about itself. Reference: docs.globus.org/api/auth/reference."""

from __future__ import annotations

from typing import Any, cast

from globus_transport.core.flow import Steps, send
from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.messages import Request
from globus_transport.routing.missing import MISSING
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.errors import AuthAPIError
from globus_transport.services.auth.id_tokens import public_key
from globus_transport.services.auth.routes.jwk_call import Configuration, jwk_operation


class OpenIDRoutes(RouteTable):
    """What Globus Auth tells anyone about itself."""

    service_name = "auth"
    resource_server = "auth.globus.org"
    error_class = AuthAPIError
    scopes = AuthScopes

    @get("/.well-known/openid-configuration", scopes=())
    def get_openid_configuration(self) -> GlobusHTTPResponse:
        """The OpenID Connect configuration (OpenID Connect Discovery 1.0, section 4)."""
        raise NotImplementedError

    @jwk_operation
    def get_jwk(self, openid_configuration: Configuration = MISSING, *, as_pem: bool = False) -> Steps[Any]:
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
        return public_key(keys)
