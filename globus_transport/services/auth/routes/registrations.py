"""What developers register in Globus Auth: clients, credentials and scopes. Reference: docs.globus.org/api/auth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union

from globus_transport.core.flow import Steps
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import (
    CommaList,
    Field,
    Maybe,
    MoreQuery,
    UUIDLike,
)
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, operation, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.response import GetClientCredentialsResponse, GetClientsResponse, GetScopesResponse
from globus_transport.services.auth.routes.client_fields import (
    ClientType,
    Link,
    LinkOrNone,
    MoreClientFields,
    Texts,
    Visibility,
    changed_client,
    new_client,
    only_one_of,
)

_MANAGE = (AuthScopes.manage_projects,)


def _documents(name: str, documents: Any) -> list[Any] | None:
    if isinstance(documents, (str, Mapping)):
        raise GlobusSDKUsageError(f"{name}: expected a list of DependentScopeSpec, got a {type(documents).__name__}")
    return None if documents is None else list(documents)


Scopes = Annotated[Maybe[Iterable[Mapping[str, Any]]], Field(encode=_documents)]


class ClientRoutes(RouteTable):
    """OAuth2 clients and their credentials."""

    @operation
    def get_client(
        self, *, client_id: Maybe[UUIDLike] = MISSING, fqdn: Maybe[str] = MISSING
    ) -> Steps[GlobusHTTPResponse]:
        """One client, by its id or by a domain name of its own.

        :raises GlobusSDKUsageError: if both are given, or neither is
        """
        if (client_id is MISSING) == (fqdn is MISSING):
            raise GlobusSDKUsageError("get_client: give client_id= or fqdn=, one of them")
        if client_id is not MISSING:
            return (yield from self._get_client.flow(client_id))
        return (yield from self._find_client.flow(fqdn))

    @get("/v2/api/clients/{client_id}", scopes=_MANAGE)
    def _get_client(self, client_id: Any) -> GlobusHTTPResponse:
        """One client by its id."""
        raise NotImplementedError

    @get("/v2/api/clients", scopes=_MANAGE)
    def _find_client(self, fqdn: Any) -> GlobusHTTPResponse:
        """One client by a domain name."""
        raise NotImplementedError

    @get("/v2/api/clients", scopes=_MANAGE)
    def get_clients(self) -> GetClientsResponse:
        """The clients of the user's projects."""
        raise NotImplementedError

    @post("/v2/api/clients", wrap="client", scopes=_MANAGE, prepare=new_client)
    def create_client(
        self,
        name: str,
        project: UUIDLike,
        *,
        public_client: Maybe[bool] = MISSING,
        client_type: Maybe[ClientType] = MISSING,
        visibility: Maybe[Visibility] = MISSING,
        redirect_uris: Texts = MISSING,
        terms_and_conditions: Link = MISSING,
        privacy_policy: Link = MISSING,
        required_idp: Maybe[UUIDLike] = MISSING,
        preselect_idp: Maybe[UUIDLike] = MISSING,
        additional_fields: MoreClientFields = MISSING,
    ) -> GlobusHTTPResponse:
        """Register a client.

        :param name: shown to users who are asked for consent
        :param project: id of the project that it belongs to
        :param public_client: whether it has no secret. Instead of ``client_type``
        :param client_type: of which kind it is
        :param visibility: who can look it up
        :param redirect_uris: where users may come back to
        :param terms_and_conditions, privacy_policy: URLs that users are shown
        :param required_idp: id of the identity provider that users must log in with
        :param preselect_idp: id of the one that is offered first
        :param additional_fields: further fields, which win
        :raises GlobusSDKUsageError: unless one of ``public_client`` and ``client_type`` is given, and both
            links or none
        """
        raise NotImplementedError

    @put("/v2/api/clients/{client_id}", wrap="client", scopes=_MANAGE, prepare=changed_client)
    def update_client(
        self,
        client_id: UUIDLike,
        *,
        name: Maybe[str] = MISSING,
        visibility: Maybe[Visibility] = MISSING,
        redirect_uris: Texts = MISSING,
        terms_and_conditions: LinkOrNone = MISSING,
        privacy_policy: LinkOrNone = MISSING,
        required_idp: Maybe[Union[UUIDLike, None]] = MISSING,
        preselect_idp: Maybe[Union[UUIDLike, None]] = MISSING,
        additional_fields: MoreClientFields = MISSING,
    ) -> GlobusHTTPResponse:
        """Change what is given of a client. ``None`` takes both links, or a provider, away.

        :raises GlobusSDKUsageError: if only one of the links is given
        """
        raise NotImplementedError

    @delete("/v2/api/clients/{client_id}", scopes=_MANAGE)
    def delete_client(self, client_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a client."""
        raise NotImplementedError

    @get("/v2/api/clients/{client_id}/credentials", scopes=_MANAGE)
    def get_client_credentials(self, client_id: UUIDLike) -> GetClientCredentialsResponse:
        """The credentials of a client, without their secrets."""
        raise NotImplementedError

    @post("/v2/api/clients/{client_id}/credentials", wrap="credential", scopes=_MANAGE)
    def create_client_credential(self, client_id: UUIDLike, name: str) -> GlobusHTTPResponse:
        """Make a credential. Its secret is told this once.

        :param name: for people
        """
        raise NotImplementedError

    @delete("/v2/api/clients/{client_id}/credentials/{credential_id}", scopes=_MANAGE)
    def delete_client_credential(self, client_id: UUIDLike, credential_id: UUIDLike) -> GlobusHTTPResponse:
        """Make a credential worthless."""
        raise NotImplementedError


class ScopeRoutes(RouteTable):
    """The scopes that a client offers to others."""

    @get("/v2/api/scopes/{scope_id}", scopes=_MANAGE)
    def get_scope(self, scope_id: UUIDLike) -> GlobusHTTPResponse:
        """One scope."""
        raise NotImplementedError

    @get("/v2/api/scopes", scopes=_MANAGE, prepare=only_one_of("scope_strings", "ids"))
    def get_scopes(
        self,
        *,
        scope_strings: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        ids: Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList] = MISSING,
        query_params: Annotated[Maybe[Union[Mapping[str, Any], None]], MoreQuery()] = MISSING,
    ) -> GetScopesResponse:
        """Scopes by their texts or ids; else those of the user's projects.

        :raises GlobusSDKUsageError: if ``scope_strings`` and ``ids`` are both given
        """
        raise NotImplementedError

    @post("/v2/api/clients/{client_id}/scopes", wrap="scope", scopes=_MANAGE)
    def create_scope(
        self,
        client_id: UUIDLike,
        name: str,
        description: str,
        scope_suffix: str,
        *,
        required_domains: Texts = MISSING,
        dependent_scopes: Scopes = MISSING,
        advertised: Maybe[bool] = MISSING,
        allows_refresh_token: Maybe[bool] = MISSING,
    ) -> GlobusHTTPResponse:
        """Make a scope of a client.

        :param name, description: shown to users who are asked for consent
        :param scope_suffix: the end of the scope's text
        :param required_domains: domains of which the user needs an identity
        :param dependent_scopes: what consenting to it includes; see :class:`DependentScopeSpec`
        :param advertised: whether everybody can find it
        :param allows_refresh_token: whether refresh tokens are issued for it
        """
        raise NotImplementedError

    @put("/v2/api/scopes/{scope_id}", wrap="scope", scopes=_MANAGE)
    def update_scope(
        self,
        scope_id: UUIDLike,
        *,
        name: Maybe[str] = MISSING,
        description: Maybe[str] = MISSING,
        scope_suffix: Maybe[str] = MISSING,
        required_domains: Texts = MISSING,
        dependent_scopes: Scopes = MISSING,
        advertised: Maybe[bool] = MISSING,
        allows_refresh_token: Maybe[bool] = MISSING,
    ) -> GlobusHTTPResponse:
        """Change what is given of a scope."""
        raise NotImplementedError

    @delete("/v2/api/scopes/{scope_id}", scopes=_MANAGE)
    def delete_scope(self, scope_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a scope."""
        raise NotImplementedError
