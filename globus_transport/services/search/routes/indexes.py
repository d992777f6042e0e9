"""Routes on indexes, and on the roles of users in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Body, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import SearchScopes
from globus_transport.services.search.response import IndexListResponse

_MANAGE = (SearchScopes.all,)

RoleName = Literal["owner", "admin", "writer"]


class IndexRoutes(RouteTable):
    """Create, update and delete indexes."""

    @post("/v1/index", scopes=_MANAGE)
    def create_index(self, display_name: str, description: str) -> GlobusHTTPResponse:
        """Create an index. The caller becomes its owner.

        The reply has the index's ``id``. A new index is a trial index (``is_trial``), which has a small
        ``max_size_in_mb``; the support of Globus converts it for subscribers.
        Documentation: https://docs.globus.org/api/search/reference/index_create

        :param display_name: the name of the index
        :param description: what the index contains
        :raises SearchAPIError: with status 409, if the caller may not have another trial index
        """
        raise NotImplementedError

    @patch("/v1/index/{index_id}", scopes=_MANAGE)
    def update_index(
        self, index_id: UUIDLike, *, display_name: Maybe[str] = MISSING, description: Maybe[str] = MISSING
    ) -> GlobusHTTPResponse:
        """Update the given fields of an index.

        :param index_id: the id of the index
        :param display_name: the name of the index
        :param description: what the index contains
        """
        raise NotImplementedError

    @delete("/v1/index/{index_id}", scopes=_MANAGE)
    def delete_index(self, index_id: UUIDLike) -> GlobusHTTPResponse:
        """Schedule an index for deletion. Its pending tasks are cancelled.

        The status of the index becomes ``delete_pending``. A trial index is deleted minutes later, any other index
        after 30 days; until then ``reopen_index`` restores it.

        :param index_id: the id of the index
        :raises SearchAPIError: with status 409, if the deletion is scheduled already
        """
        raise NotImplementedError

    @post("/v1/index/{index_id}/reopen", scopes=_MANAGE)
    def reopen_index(self, index_id: UUIDLike) -> GlobusHTTPResponse:
        """Cancel the scheduled deletion of an index.

        :param index_id: the id of the index
        :raises SearchAPIError: with status 409, if the index is open
        """
        raise NotImplementedError

    @get("/v1/index/{index_id}")
    def get_index(self, index_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get an index: its name, description and status, and how much data it has.

        :param index_id: the id of the index
        """
        raise NotImplementedError

    @get("/v1/index_list")
    def index_list(
        self,
        filter_roles: Annotated[Maybe[Union[RoleName, Iterable[RoleName]]], CommaList] = MISSING,
        *,
        query_params: QueryParams = None,
    ) -> IndexListResponse:
        """List the indexes in which the user has a role. Each document has the user's roles under ``permissions``.

        :param filter_roles: one or several roles; the user has one of them. By default any role
        """
        raise NotImplementedError


class RoleRoutes(RouteTable):
    """Manage who may write to an index and administer it. The caller needs the role owner or admin."""

    @post("/v1/index/{index_id}/role", scopes=_MANAGE)
    def create_role(
        self, index_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Give a user or a group a role. The reply has the role's ``id``.

        Documentation: https://docs.globus.org/api/search/reference/role_create

        :param index_id: the id of the index
        :param data: such as ``{"role_name": "writer", "principal": "urn:globus:auth:identity:..."}``. Roles are
            ``owner``, ``admin`` and ``writer``; a principal is the URN of an identity or of a group
        """
        raise NotImplementedError

    @get("/v1/index/{index_id}/role_list", scopes=_MANAGE)
    def get_role_list(self, index_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """List the roles in an index, under ``role_list``.

        :param index_id: the id of the index
        """
        raise NotImplementedError

    @delete("/v1/index/{index_id}/role/{role_id}", scopes=_MANAGE)
    def delete_role(self, index_id: UUIDLike, role_id: str, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Delete a role. The last owner of an index keeps the role.

        :param index_id: the id of the index
        :param role_id: the id of the role
        """
        raise NotImplementedError
