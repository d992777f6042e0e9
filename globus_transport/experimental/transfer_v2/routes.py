"""The routes of Globus Transfer under ``/v2``. Globus calls them beta.

Their documents have the format of JSON:API (jsonapi.org): the contents are under ``data``, the fields of an object
under its ``attributes``, and what it refers to under its ``relationships``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from globus_transport.http.messages import Response
from globus_transport.routing.paging import NextLink
from globus_transport.routing.parameters import Body, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import TransferScopes
from globus_transport.services.transfer.errors import TransferAPIError
from globus_transport.services.transfer.response import IterableJSONAPIResponse
from globus_transport.services.transfer.routes.tunnels import TunnelRoutes


class BookmarkRoutes(RouteTable):
    """Create, update and delete bookmarks, which are a user's names for folders."""

    @post("/v2/bookmarks")
    def create_bookmark(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Create a bookmark. The reply's ``data`` has its ``id``.

        :param data: a :class:`~globus_transport.experimental.BookmarkCreateDocument`, or a dict of the same form
        """
        raise NotImplementedError

    @patch("/v2/bookmarks/{bookmark_id}")
    def update_bookmark(
        self, bookmark_id: UUIDLike, update_document: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Update a bookmark's name and path.

        :param bookmark_id: the bookmark's id
        :param update_document: a :class:`~globus_transport.experimental.BookmarkUpdateDocument`, or a dict of the same
            form
        """
        raise NotImplementedError

    @get("/v2/bookmarks/{bookmark_id}")
    def get_bookmark(self, bookmark_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a bookmark.

        The reply's ``data`` has its ``name`` and ``path`` under ``attributes``, and the id of its collection under
        ``relationships``.

        :param bookmark_id: the bookmark's id
        :param query_params: ``{"include": "collection"}`` adds the collection's name under the reply's ``included``
        """
        raise NotImplementedError

    @delete("/v2/bookmarks/{bookmark_id}")
    def delete_bookmark(self, bookmark_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a bookmark. The folder stays.

        :param bookmark_id: the bookmark's id
        """
        raise NotImplementedError

    @get("/v2/bookmarks")
    def list_bookmarks(self, *, query_params: QueryParams = None) -> IterableJSONAPIResponse:
        """List the bookmarks of all of the user's identities. Iterating over the reply yields them.

        :param query_params: ``{"include": "collection"}`` adds the collections' names under the reply's ``included``
        """
        raise NotImplementedError


class StreamAccessPointRoutes(RouteTable):
    """List stream access points, which are the ends of tunnels."""

    @get("/v2/stream_access_points", paging=NextLink())
    def list_stream_access_points(self, *, query_params: QueryParams = None) -> IterableJSONAPIResponse:
        """List the stream access points that the user sees. Iterating over the reply yields them.

        Each has an ``id`` and, under ``attributes``, its ``display_name``, ``description``, ``organization`` and
        ``contact_email``; its endpoint is under ``relationships``.
        """
        raise NotImplementedError


# A printed table begins with the last base.
class TransferRoutesV2(BookmarkRoutes, StreamAccessPointRoutes, TunnelRoutes):
    """Manage tunnels and bookmarks, and list stream access points."""

    service_name = "transfer"
    resource_server = "transfer.api.globus.org"
    error_class = TransferAPIError
    scopes = TransferScopes
    token_scopes = (TransferScopes.all,)
    # A class attribute, not a property as in the base: TransferClientV2.default_scope_requirements is public.
    default_scope_requirements = [TransferScopes.all]  # noqa: RUF012  # pyright: ignore

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Whether a retry may succeed: not if one of the errors comes from the collection's own server."""
        codes = {error.code for error in TransferAPIError(response).errors}
        return not codes & {"ExternalError", "EndpointError"}
