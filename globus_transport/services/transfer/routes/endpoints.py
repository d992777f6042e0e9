"""Routes on collections and endpoints, and on the roles and access rules of collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Union

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
    """Find, create, update and delete collections, and manage their roles and access rules."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "endpoint_id": "the id of the collection or endpoint",
        "collection_id": "the id of the collection",
        "subscription_admin_verified": "whether an administrator of the subscription has verified the collection",
        "role_id": "the id of the role",
        "rule_id": "the id of the access rule",
    }

    @get("/v0.10/endpoint/{endpoint_id}")
    def get_endpoint(self, endpoint_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a collection or endpoint.

        Among the fields of the reply are ``display_name``, ``entity_type`` (such as ``"GCSv5_mapped_collection"``),
        ``owner_string``, ``default_directory``, ``host_endpoint_id`` of a guest collection, ``https_server``,
        ``high_assurance``, and ``gcp_connected`` of a Globus Connect Personal.

        Reference: https://docs.globus.org/api/transfer/endpoints_and_collections#get_endpoint_or_collection_by_id
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{endpoint_id}")
    def update_endpoint(
        self, endpoint_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Update a collection or endpoint. Fields that are not in the document keep their values.

        :param data: such as ``{"DATA_TYPE": "endpoint", "display_name": "new"}``
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{collection_id}/subscription")
    def set_subscription_id(
        self, collection_id: UUIDLike, subscription_id: Union[UUIDLike, Literal["DEFAULT"], None]
    ) -> GlobusHTTPResponse:
        """Set the subscription of a mapped collection and its guest collections.

        :param subscription_id: ``"DEFAULT"`` means the caller's only subscription, and is an error if there are
            several; ``None`` removes the collection from its subscription
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{collection_id}/subscription_admin_verified")
    def set_subscription_admin_verified(
        self, collection_id: UUIDLike, subscription_admin_verified: bool
    ) -> GlobusHTTPResponse:
        """Set whether the manager of its subscription has verified a Connect Personal collection."""
        raise NotImplementedError

    @delete("/v0.10/endpoint/{endpoint_id}")
    def delete_endpoint(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a collection or endpoint, not its files."""
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
        """Search for collections by text, owner, host and type. The service returns the first 1000 results at most.

        Items are documents as in ``get_endpoint``.

        Reference: https://docs.globus.org/api/transfer/endpoint_and_collection_search

        :param filter_fulltext: words in the name, description, keywords and other text fields
        :param filter_scope: the collections to search: ``"all"``, ``"my-endpoints"``, ``"recently-used"`` ...
        :param filter_owner_id: only collections that this identity owns
        :param filter_host_endpoint: only guest collections on this host
        :param filter_non_functional: ``True`` for collections that cannot transfer, ``False`` for those that can
        :param filter_entity_type: only collections of this type
        :param limit: maximum number of items, at most 100
        :param offset: number of items to skip
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/my_effective_pause_rule_list")
    def my_effective_pause_rule_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the pause rules that apply to the user's own tasks on a collection."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/my_shared_endpoint_list")
    def my_shared_endpoint_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the guest collections on a host for which the user is an administrator or access manager.

        :param endpoint_id: the id of the host
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
        """List all guest collections on a host. The reply has the items under ``shared_endpoints``.

        :param endpoint_id: the id of the host
        :param max_results: maximum number of items
        :param next_token: the ``next_token`` of the previous reply
        """
        raise NotImplementedError

    @post("/v0.10/shared_endpoint")
    def create_shared_endpoint(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Create a guest collection. The reply has its ``id``.

        :param data: with at least ``"DATA_TYPE": "shared_endpoint"``, ``host_endpoint``, ``host_path`` and
            ``display_name``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/server_list")
    def endpoint_server_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the servers of an endpoint."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/server/{server_id}")
    def get_endpoint_server(
        self, endpoint_id: UUIDLike, server_id: Union[int, str], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a server of an endpoint.

        :param server_id: a number, from ``endpoint_server_list``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/role_list")
    def endpoint_role_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the roles of users and groups on a collection."""
        raise NotImplementedError

    @post("/v0.10/endpoint/{endpoint_id}/role")
    def add_endpoint_role(
        self, endpoint_id: UUIDLike, role_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Assign a role to a user or group. The reply has its ``id``.

        :param role_data: such as ``{"DATA_TYPE": "role", "principal_type": "identity", "principal": identity_id,
            "role": "access_manager"}``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/role/{role_id}")
    def get_endpoint_role(
        self, endpoint_id: UUIDLike, role_id: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a role of a collection."""
        raise NotImplementedError

    @delete("/v0.10/endpoint/{endpoint_id}/role/{role_id}")
    def delete_endpoint_role(self, endpoint_id: UUIDLike, role_id: str) -> GlobusHTTPResponse:
        """Delete a role."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/access_list")
    def endpoint_acl_list(self, endpoint_id: UUIDLike, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """List the access rules of a guest collection."""
        raise NotImplementedError

    @get("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def get_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_id: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get an access rule."""
        raise NotImplementedError

    @post("/v0.10/endpoint/{endpoint_id}/access")
    def add_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Create an access rule, which lets a user or group read or write a folder. The reply has its ``access_id``.

        :param rule_data: such as ``{"DATA_TYPE": "access", "principal_type": "identity", "principal": identity_id,
            "path": "/folder/", "permissions": "rw"}``
        """
        raise NotImplementedError

    @put("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def update_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_id: str, rule_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Update the permissions of an access rule.

        :param rule_data: such as ``{"DATA_TYPE": "access", "permissions": "r"}``
        """
        raise NotImplementedError

    @delete("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def delete_endpoint_acl_rule(self, endpoint_id: UUIDLike, rule_id: str) -> GlobusHTTPResponse:
        """Delete an access rule."""
        raise NotImplementedError
