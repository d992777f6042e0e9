"""Routes of OpenID Connect that need no credential: the configuration and the signing key."""

from __future__ import annotations

from typing import Any, cast

from globus_transport.core.flow import Steps, send
from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.messages import Request
from globus_transport.routing.missing import MISSING
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import flow_of, get
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.errors import AuthAPIError
from globus_transport.services.auth.id_tokens import read_public_key
from globus_transport.services.auth.routes.jwk_call import Configuration, jwk_operation


class OpenIDRoutes(RouteTable):
    """Get the OpenID configuration and the signing key of Globus Auth."""

    service_name = "auth"
    resource_server = "auth.globus.org"
    error_class = AuthAPIError
    scopes = AuthScopes

    @get("/.well-known/openid-configuration", scopes=())
    def get_openid_configuration(self) -> GlobusHTTPResponse:
        """Get the OpenID configuration (OpenID Connect Discovery 1.0, section 4)."""
        raise NotImplementedError

    @jwk_operation
    def get_jwk(self, openid_configuration: Configuration = MISSING, *, as_pem: bool = False) -> Steps[Any]:
        """Get the public key for the signatures of id tokens (RFC 7517).

        :param openid_configuration: has the key's URL; by default it is fetched
        :param as_pem: whether to return a public key of the library ``cryptography`` (extra ``app``), and not the
            JSON document
        :raises ReplyFormatError: if the configuration has no ``jwks_uri``, or the reply has no key
        :raises GlobusSDKUsageError: if ``as_pem`` is true and the extra is not installed
        """
        if openid_configuration is MISSING or openid_configuration is None:
            openid_configuration = yield from flow_of(self.get_openid_configuration)
        url = cast(Any, openid_configuration).get("jwks_uri")
        if not isinstance(url, str):
            raise ReplyFormatError("the OpenID configuration has no URL of the keys under 'jwks_uri'")
        response = yield from send(Request("GET", url, {"Accept": "application/json"}, route="get_jwk"))
        keys = GlobusHTTPResponse(response).data
        if not isinstance(keys, dict):
            raise ReplyFormatError(f"the reply from {url} holds no keys: it is not a JSON object")
        return read_public_key(keys) if as_pem else keys
