"""Routes on who may do what: roles, and access rules of guest collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from globus_transport.replies import GlobusHTTPResponse
from globus_transport.routing.parameters import Body, QueryParams, UUIDLike
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable

if TYPE_CHECKING:
    from globus_transport.services.transfer.replies import IterableTransferResponse


class AccessRoutes(RouteTable):
    """Give and take away roles and permissions."""

    @get("/v0.10/endpoint/{endpoint_id}/role_list")
    def endpoint_role_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The roles that people and groups have on a collection."""
        ...

    @post("/v0.10/endpoint/{endpoint_id}/role")
    def add_endpoint_role(
        self, endpoint_id: UUIDLike, role_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Give a role; the reply has its ``id``.

        :param role_data: such as ``{"DATA_TYPE": "role", "principal_type": "identity", "principal": identity_id,
            "role": "access_manager"}``
        """
        ...

    @get("/v0.10/endpoint/{endpoint_id}/role/{role_id}")
    def get_endpoint_role(
        self, endpoint_id: UUIDLike, role_id: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One role of a collection."""
        ...

    @delete("/v0.10/endpoint/{endpoint_id}/role/{role_id}")
    def delete_endpoint_role(self, endpoint_id: UUIDLike, role_id: str) -> GlobusHTTPResponse:
        """Take a role away."""
        ...

    @get("/v0.10/endpoint/{endpoint_id}/access_list")
    def endpoint_acl_list(self, endpoint_id: UUIDLike, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """The access rules of a guest collection."""
        ...

    @get("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def get_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_id: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One access rule."""
        ...

    @post("/v0.10/endpoint/{endpoint_id}/access")
    def add_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Let someone read, or read and write, a folder; the reply has the rule's id as ``access_id``.

        :param rule_data: such as ``{"DATA_TYPE": "access", "principal_type": "identity", "principal": identity_id,
            "path": "/folder/", "permissions": "rw"}``
        """
        ...

    @put("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def update_endpoint_acl_rule(
        self, endpoint_id: UUIDLike, rule_id: str, rule_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Change what an access rule permits.

        :param rule_data: such as ``{"DATA_TYPE": "access", "permissions": "r"}``
        """
        ...

    @delete("/v0.10/endpoint/{endpoint_id}/access/{rule_id}")
    def delete_endpoint_acl_rule(self, endpoint_id: UUIDLike, rule_id: str) -> GlobusHTTPResponse:
        """Remove an access rule."""
        ...
