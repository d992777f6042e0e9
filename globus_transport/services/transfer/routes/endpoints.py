"""Routes on collections and endpoints: themselves, and who may do what on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker, Offset
from globus_transport.routing.parameters import Body, Maybe, OneZero, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.response import IterableTransferResponse

EntityType = Literal[
    "GCP_mapped_collection",
    "GCP_guest_collection",
    "GCSv5_endpoint",
    "GCSv5_mapped_collection",
    "GCSv5_guest_collection",
]

_FIRST_THOUSAND = Offset(page_size=100, max_results=1000, more_key="has_next_page")


class EndpointRoutes(RouteTable):
    """Find, make, change and remove collections, and say by roles and access rules who may do what on them."""

    @get("/v0.10/endpoint/{endpoint_id}")
    def get_endpoint(self, endpoint_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One collection or endpoint."""
        raise NotImplementedError

    @put("/v0.10/endpoint/{endpoint_id}")
    def update_endpoint(
        self, endpoint_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Change a collection or endpoint. Fields that the document leaves out stay as they are.

        :param data: such as ``{"DATA_TYPE": "endpoint", "display_name": "new"}``
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{collection_id}/subscription")
    def set_subscription_id(
        self, collection_id: UUIDLike, subscription_id: Union[UUIDLike, Literal["DEFAULT"], None]
    ) -> GlobusHTTPResponse:
        """Put a mapped collection under a subscription; its guest collections follow.

        :param subscription_id: ``"DEFAULT"`` is the caller's only one, and an error if there are several;
            ``None`` takes the collection out of its subscription
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{collection_id}/subscription_admin_verified")
    def set_subscription_admin_verified(
        self, collection_id: UUIDLike, subscription_admin_verified: bool
    ) -> GlobusHTTPResponse:
        """Say, as a manager of its subscription, that a Connect Personal collection is known; or take that back."""
        raise NotImplementedError

    @delete("/v0.10/endpoint/{endpoint_id}")
    def delete_endpoint(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a collection or endpoint. The files on it stay."""
        raise NotImplementedError

    @get("/v0.10/endpoint_search", paging=_FIRST_THOUSAND)
    def endpoint_search(
        self,
        filter_fulltext: Maybe[str] = MISSING,
        *,
        filter_scope: Maybe[str] = MISSING,
        filter_owner_id: Maybe[str] = MISSING,
        filter_host_endpoint: Maybe[UUIDLike] = MISSING,
        filter_non_functional: Annotated[Maybe[bool], OneZero] = MISSING,
        filter_entity_type: Maybe[EntityType] = MISSING,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """Collections by text, owner, host and kind; the service gives the first 1000 at most.

        :param filter_fulltext: words in the name, description, keywords and so on
        :param filter_scope: which to search: ``"all"``, ``"my-endpoints"``, ``"recently-used"`` ...
        :param filter_owner_id: of this identity
        :param filter_host_endpoint: guest collections on this one
        :param filter_non_functional: those that cannot transfer, or those that can
        :param filter_entity_type: one kind
        :param limit: items of the reply, at most 100
        :param offset: items to leave out before
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/my_effective_pause_rule_list")
    def my_effective_pause_rule_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The pause rules that hold for the user's own tasks on a collection."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/my_shared_endpoint_list")
    def my_shared_endpoint_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The guest collections on a host that the user may manage: as administrator, or as access manager.

        :param endpoint_id: the host
        """
        raise NotImplementedError

    @get(
        "/v0.10/endpoint/{endpoint_id}/shared_endpoint_list",
        paging=Marker("next_token"),
        iter_key="shared_endpoints",
    )
    def get_shared_endpoint_list(
        self,
        endpoint_id: UUIDLike,
        *,
        max_results: Maybe[int] = MISSING,
        next_token: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """All guest collections on a host. The reply's items stand under ``shared_endpoints``.

        :param endpoint_id: the host
        :param max_results: items of the reply, at most
        :param next_token: of an earlier reply, for what comes after it
        """
        raise NotImplementedError

    @post("/v0.10/shared_endpoint")
    def create_shared_endpoint(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Make a guest collection; the reply has its ``id``.

        :param data: with ``"DATA_TYPE": "shared_endpoint"``, ``host_endpoint``, ``host_path`` and ``display_name``,
            at least
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/server_list")
    def endpoint_server_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The servers of an endpoint."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/server/{server_id}")
    def get_endpoint_server(
        self, endpoint_id: UUIDLike, server_id: Union[int, str], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One server of an endpoint.

        :param server_id: a number, from ``endpoint_server_list``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/role_list")
    def endpoint_role_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The roles that people and groups have on a collection."""
        raise NotImplementedError

    @post("/v0.10/endpoint/{endpoint_id}/role")
    def add_endpoint_role(
        self, endpoint_id: UUIDLike, role_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Give a role; the reply has its ``id``.

        :param role_data: such as ``{"DATA_TYPE": "role", "principal_type": "identity", "principal": identity_id,
            "role": "access_manager"}``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/role/{role_id}")
    def get_endpoint_role(
        self, endpoint_id: UUIDLike, role_id: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One role of a collection."""
        raise NotImplementedError

    @delete("/v0.10/endpoint/{endpoint_id}/role/{role_id}")
    def delete_endpoint_role(self, endpoint_id: UUIDLike, role_id: str) -> GlobusHTTPResponse:
        """Take a role away."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/access_list")
    def endpoint_acl_list(self, endpoint_id: UUIDLike, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """The access rules of a guest collection."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def get_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_id: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One access rule."""
        raise NotImplementedError

    @post("/v0.10/endpoint/{endpoint_id}/access")
    def add_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Let someone read, or read and write, a folder; the reply has the rule's id as ``access_id``.

        :param rule_data: such as ``{"DATA_TYPE": "access", "principal_type": "identity", "principal": identity_id,
            "path": "/folder/", "permissions": "rw"}``
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def update_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_id: str, rule_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Change what an access rule permits.

        :param rule_data: such as ``{"DATA_TYPE": "access", "permissions": "r"}``
        """
        raise NotImplementedError

    @delete("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def delete_endpoint_acl_rule(self, endpoint_id: UUIDLike, rule_id: str) -> GlobusHTTPResponse:
        """Remove an access rule."""
        raise NotImplementedError
