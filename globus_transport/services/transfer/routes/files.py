"""Routes on files and folders of collections, and on bookmarks, which are a user's names for folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Body, CommaList, Field, Maybe, OneZero, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.response import IterableTransferResponse
from globus_transport.services.transfer.routes.filters import Filters


class FileRoutes(RouteTable):
    """List, create and rename files and folders, and manage bookmarks."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "endpoint_id": "the id of the collection",
        "path": "the path on the collection",
        "oldpath": "the path on the collection as it is",
        "newpath": "the path on the collection as it will be",
        "local_user": "the local account on the collection, if the collection requires one",
        "bookmark_id": "the id of the bookmark",
    }

    @get("/v0.10/operation/endpoint/{endpoint_id}/ls")
    def operation_ls(
        self,
        endpoint_id: UUIDLike,
        path: Maybe[str] = MISSING,
        *,
        show_hidden: Annotated[Maybe[bool], OneZero] = MISSING,
        orderby: Annotated[Maybe[Union[str, list[str]]], CommaList] = MISSING,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        filter: Filters = MISSING,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """List a folder.

        Each item has ``name``, ``type`` (``"file"``, ``"dir"``, ``"invalid_symlink"`` ...), ``size`` in bytes,
        ``last_modified`` (such as ``"2026-11-29 02:30:00+00:00"``), ``permissions`` as octal digits, ``user``,
        ``group`` and ``link_target``. The reply has ``path`` and ``absolute_path`` of the folder.

        Reference: https://docs.globus.org/api/transfer/file_operations#list_directory_contents

        :param path: the folder's path; by default the collection's default folder
        :param show_hidden: whether to include names that begin with a dot
        :param orderby: one or several fields, each optionally followed by a space and ``ASC`` or ``DESC``
        :param limit: maximum number of items
        :param offset: number of items to skip
        :param filter: such as ``{"name": ["~*.txt"], "type": "file"}``. With several filters, items match all of them
        :param local_user: the local account on the collection, if the collection requires one
        """
        raise NotImplementedError

    @get("/v0.10/operation/endpoint/{endpoint_id}/stat")
    def operation_stat(
        self,
        endpoint_id: UUIDLike,
        path: Maybe[str] = MISSING,
        *,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Get the size, modification time and permissions of a file or folder."""
        raise NotImplementedError

    @post("/v0.10/operation/endpoint/{endpoint_id}/mkdir", constants={"DATA_TYPE": "mkdir"})
    def operation_mkdir(
        self,
        endpoint_id: UUIDLike,
        path: str,
        *,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Create a folder."""
        raise NotImplementedError

    @post("/v0.10/operation/endpoint/{endpoint_id}/rename", constants={"DATA_TYPE": "rename"})
    def operation_rename(
        self,
        endpoint_id: UUIDLike,
        oldpath: Annotated[str, Field("old_path")],
        newpath: Annotated[str, Field("new_path")],
        *,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Rename or move a file or folder."""
        raise NotImplementedError

    @get("/v0.10/bookmark_list")
    def bookmark_list(self, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """List the user's bookmarks."""
        raise NotImplementedError

    @post("/v0.10/bookmark")
    def create_bookmark(self, bookmark_data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Create a bookmark. The reply has its ``id``.

        :param bookmark_data: with ``name``, ``endpoint_id`` and ``path``
        """
        raise NotImplementedError

    @get("/v0.10/bookmark/{bookmark_id}")
    def get_bookmark(self, bookmark_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a bookmark."""
        raise NotImplementedError

    @put("/v0.10/bookmark/{bookmark_id}")
    def update_bookmark(
        self, bookmark_id: UUIDLike, bookmark_data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Rename a bookmark.

        :param bookmark_data: such as ``{"name": "new"}``
        """
        raise NotImplementedError

    @delete("/v0.10/bookmark/{bookmark_id}")
    def delete_bookmark(self, bookmark_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a bookmark, not the folder."""
        raise NotImplementedError
