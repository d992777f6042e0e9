"""Routes on identities: who they are, who provides them, and what they consented to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import CommaList, LowerBool, Maybe, Query, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.response import (
    GetConsentsResponse,
    GetIdentitiesResponse,
    GetIdentityProvidersResponse,
)
from globus_transport.services.auth.routes.client_fields import require_at_most_one

Names = Annotated[Maybe[Union[str, Iterable[str]]], CommaList]
Ids = Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList]


def _drop_provision_without_usernames(given: dict[str, Any]) -> dict[str, Any]:
    # Globus Auth refuses the parameter in a look-up by id.
    if given.get("usernames", MISSING) is MISSING:
        return {name: value for name, value in given.items() if name != "provision"}
    return given


class IdentityRoutes(RouteTable):
    """Look up identities, identity providers and consents."""

    parameter_help: ClassVar[Mapping[str, str]] = {"identity_id": "the id of the identity"}

    @get("/v2/oauth2/userinfo", scopes=(AuthScopes.openid,))
    def userinfo(self) -> GlobusHTTPResponse:
        """Get claims about the user that the token belongs to (OpenID Connect Core 1.0, section 5.3).

        The reply has ``sub``, the id of the user's identity. With the scopes ``profile`` and ``email`` it has ``name``,
        ``preferred_username``, ``organization``, ``identity_set`` and ``email`` as well.

        Reference: https://docs.globus.org/api/auth/reference/#get_or_post_v2_oauth2_userinfo_resource
        """
        raise NotImplementedError

    @get("/v2/api/identities", scopes=(AuthScopes.view_identities,), prepare=_drop_provision_without_usernames)
    def get_identities(
        self,
        *,
        usernames: Names = MISSING,
        ids: Ids = MISSING,
        provision: Annotated[bool, LowerBool] = False,
        query_params: QueryParams = None,
    ) -> GetIdentitiesResponse:
        """Look up identities by user name or by id.

        Iterating over the reply gives the documents of the identities, with ``id``, ``username``, ``name``, ``email``,
        ``organization``, ``status`` (such as ``"used"``) and ``identity_provider``.

        Reference: https://docs.globus.org/api/auth/reference/#v2_api_identities_resources

        :param usernames: one or several user names
        :param ids: one or several ids
        :param provision: make identities for user names that have none yet
        """
        raise NotImplementedError

    @get(
        "/v2/api/identity_providers",
        scopes=(AuthScopes.view_identities,),
        prepare=require_at_most_one("domains", "ids"),
    )
    def get_identity_providers(
        self,
        *,
        domains: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        ids: Ids = MISSING,
        query_params: QueryParams = None,
    ) -> GetIdentityProvidersResponse:
        """Look up identity providers by domain or by id.

        :param domains: one or several domains
        :param ids: one or several ids
        :raises GlobusSDKUsageError: if both are given
        """
        raise NotImplementedError

    @get("/v2/api/identities/{identity_id}/consents", scopes=(AuthScopes.view_consents,))
    def get_consents(self, identity_id: UUIDLike, *, all: Annotated[bool, Query()] = False) -> GetConsentsResponse:
        """List the consents of a user.

        :param all: include consents for other clients, which requires the scope ``manage_projects`` or
            ``view_consents``. Without it, any token for Globus Auth is sufficient
        """
        raise NotImplementedError
