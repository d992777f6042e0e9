"""The routes of Globus Auth's API. Reference: docs.globus.org/api/auth/reference."""

from collections.abc import Iterable
from typing import Annotated, Any, Union

from globus_transport.missing import MISSING
from globus_transport.replies import GlobusHTTPResponse
from globus_transport.routing.parameters import CommaList, LowerBool, Maybe, QueryParams, UUIDLike
from globus_transport.routing.route import get
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.errors import AuthAPIError
from globus_transport.services.auth.replies import GetIdentitiesResponse

Names = Annotated[Maybe[Union[str, Iterable[str]]], CommaList]
Ids = Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList]


def _provision_only_by_name(given: dict[str, Any]) -> dict[str, Any]:
    # The service refuses the flag when it looks identities up by id.
    if given.get("usernames", MISSING) is MISSING:
        return {name: value for name, value in given.items() if name != "provision"}
    return given


class OpenIDRoutes(RouteTable):
    """What Globus Auth tells anyone about itself."""

    service_name = "auth"
    resource_server = "auth.globus.org"
    error_class = AuthAPIError
    scopes = AuthScopes

    @get("/.well-known/openid-configuration", scopes=())
    def get_openid_configuration(self) -> GlobusHTTPResponse:
        """The OpenID Connect configuration (OpenID Connect Discovery 1.0, section 4)."""
        ...


class AuthRoutes(OpenIDRoutes):
    """Identities, and who a token speaks for."""

    token_scopes = (AuthScopes.openid, AuthScopes.profile, AuthScopes.email)

    @get("/v2/oauth2/userinfo", scopes=(AuthScopes.openid,))
    def userinfo(self) -> GlobusHTTPResponse:
        """Claims about the user whose token is sent (OpenID Connect Core 1.0, section 5.3)."""
        ...

    @get("/v2/api/identities", scopes=(AuthScopes.view_identities,), prepare=_provision_only_by_name)
    def get_identities(
        self,
        *,
        usernames: Names = MISSING,
        ids: Ids = MISSING,
        provision: Annotated[bool, LowerBool] = False,
        query_params: QueryParams = None,
    ) -> GetIdentitiesResponse:
        """Look up identities by user name or by id.

        :param usernames: one or several
        :param ids: one or several
        :param provision: make identities for user names that have none yet
        """
        ...
