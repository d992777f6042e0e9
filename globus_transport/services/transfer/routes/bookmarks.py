"""Routes on bookmarks: names that a user gives to folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from globus_transport.replies import GlobusHTTPResponse
from globus_transport.routing.parameters import Body, QueryParams, UUIDLike
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable

if TYPE_CHECKING:
    from globus_transport.services.transfer.replies import IterableTransferResponse


class BookmarkRoutes(RouteTable):
    """The user's own bookmarks."""

    @get("/v0.10/bookmark_list")
    def bookmark_list(self, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """All of the user's bookmarks."""
        ...

    @post("/v0.10/bookmark")
    def create_bookmark(self, bookmark_data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Make a bookmark; the reply has its ``id``.

        :param bookmark_data: with ``name``, ``endpoint_id`` and ``path``
        """
        ...

    @get("/v0.10/bookmark/{bookmark_id}")
    def get_bookmark(self, bookmark_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One bookmark."""
        ...

    @put("/v0.10/bookmark/{bookmark_id}")
    def update_bookmark(
        self, bookmark_id: UUIDLike, bookmark_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Rename a bookmark.

        :param bookmark_data: such as ``{"name": "new"}``
        """
        ...

    @delete("/v0.10/bookmark/{bookmark_id}")
    def delete_bookmark(self, bookmark_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a bookmark. The folder stays."""
        ...
