"""Routes on what developers register: clients, their credentials, and their scopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Union

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
    prepare_client_update,
    prepare_new_client,
    require_at_most_one,
)

_MANAGE = (AuthScopes.manage_projects,)


def _encode_documents(name: str, documents: Any) -> list[Any] | None:
    if isinstance(documents, (str, Mapping)):
        raise GlobusSDKUsageError(f"{name}: expected a list of DependentScopeSpec, got a {type(documents).__name__}")
    return None if documents is None else list(documents)


Scopes = Annotated[Maybe[Iterable[Mapping[str, Any]]], Field(encode=_encode_documents)]


class ClientRoutes(RouteTable):
    """Manage OAuth2 clients and their credentials."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "client_id": "the id of the client",
        "credential_id": "the id of the credential, as the list of credentials has it",
    }

    @operation
    def get_client(
        self, *, client_id: Maybe[UUIDLike] = MISSING, fqdn: Maybe[str] = MISSING
    ) -> Steps[GlobusHTTPResponse]:
        """Get a client by its id or its domain name.

        :param client_id: the client's id
        :param fqdn: a domain name that belongs to the client
        :raises GlobusSDKUsageError: unless exactly one of them is given
        """
        if (client_id is MISSING) == (fqdn is MISSING):
            raise GlobusSDKUsageError("get_client: give client_id= or fqdn=, one of them")
        if client_id is not MISSING:
            return (yield from self._get_client.flow(client_id))
        return (yield from self._find_client.flow(fqdn))

    @get("/v2/api/clients/{client_id}", scopes=_MANAGE)
    def _get_client(self, client_id: Any) -> GlobusHTTPResponse:
        """Get a client by its id."""
        raise NotImplementedError

    @get("/v2/api/clients", scopes=_MANAGE)
    def _find_client(self, fqdn: Any) -> GlobusHTTPResponse:
        """Get a client by a domain name."""
        raise NotImplementedError

    @get("/v2/api/clients", scopes=_MANAGE)
    def get_clients(self) -> GetClientsResponse:
        """List the clients of the user's projects."""
        raise NotImplementedError

    @post("/v2/api/clients", wrap="client", scopes=_MANAGE, prepare=prepare_new_client)
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

        :param name: shown on consent pages
        :param project: the id of the project that it belongs to
        :param public_client: whether the client has no secret. An alternative to ``client_type``
        :param client_type: the type of the client
        :param visibility: who can look up the client
        :param redirect_uris: URLs that the browser may return to after a login
        :param terms_and_conditions, privacy_policy: URLs, shown on consent pages
        :param required_idp: the id of the identity provider that users must log in with
        :param preselect_idp: the id of the identity provider that is offered first
        :param additional_fields: further fields, which override the others
        :raises GlobusSDKUsageError: unless exactly one of ``public_client`` and ``client_type`` is given, and both
            links or none
        """
        raise NotImplementedError

    @put("/v2/api/clients/{client_id}", wrap="client", scopes=_MANAGE, prepare=prepare_client_update)
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
        """Update the given fields of a client. ``None`` removes both links, or an identity provider.

        :raises GlobusSDKUsageError: if only one of the links is given
        """
        raise NotImplementedError

    @delete("/v2/api/clients/{client_id}", scopes=_MANAGE)
    def delete_client(self, client_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a client."""
        raise NotImplementedError

    @get("/v2/api/clients/{client_id}/credentials", scopes=_MANAGE)
    def get_client_credentials(self, client_id: UUIDLike) -> GetClientCredentialsResponse:
        """List the credentials of a client, without their secrets."""
        raise NotImplementedError

    @post("/v2/api/clients/{client_id}/credentials", wrap="credential", scopes=_MANAGE)
    def create_client_credential(self, client_id: UUIDLike, name: str) -> GlobusHTTPResponse:
        """Create a credential. Only this reply has its secret.

        :param name: the display name of the credential
        """
        raise NotImplementedError

    @delete("/v2/api/clients/{client_id}/credentials/{credential_id}", scopes=_MANAGE)
    def delete_client_credential(self, client_id: UUIDLike, credential_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a credential. Its secret is no longer valid."""
        raise NotImplementedError


class ScopeRoutes(RouteTable):
    """Manage the scopes that clients offer to other clients."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "scope_id": "the id of the scope",
        "client_id": "the id of the client that the scope belongs to",
    }

    @get("/v2/api/scopes/{scope_id}", scopes=_MANAGE)
    def get_scope(self, scope_id: UUIDLike) -> GlobusHTTPResponse:
        """Get a scope."""
        raise NotImplementedError

    @get("/v2/api/scopes", scopes=_MANAGE, prepare=require_at_most_one("scope_strings", "ids"))
    def get_scopes(
        self,
        *,
        scope_strings: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        ids: Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList] = MISSING,
        query_params: Annotated[Maybe[Union[Mapping[str, Any], None]], MoreQuery()] = MISSING,
    ) -> GetScopesResponse:
        """List scopes by scope strings or ids; without these, the scopes of the user's projects.

        :param scope_strings: one or several scope strings
        :param ids: one or several ids
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
        """Create a scope of a client.

        :param name, description: shown on consent pages
        :param scope_suffix: the end of the scope string
        :param required_domains: domains; the user needs an identity of one of them
        :param dependent_scopes: the scopes that it depends on; see :class:`DependentScopeSpec`
        :param advertised: whether all users can find it
        :param allows_refresh_token: whether Globus Auth issues refresh tokens for it
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
        """Update the given fields of a scope."""
        raise NotImplementedError

    @delete("/v2/api/scopes/{scope_id}", scopes=_MANAGE)
    def delete_scope(self, scope_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a scope."""
        raise NotImplementedError
