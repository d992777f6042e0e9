"""Transfer's routes for bookmarks. Only the owner sees a bookmark."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import (
    caller,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)


def find_bookmark(state: State, id: str) -> Document:
    """The caller's bookmark with this id.

    :raises TransferError: if the caller has no such bookmark
    """
    found = state.bookmarks.get(id)
    if found is None or found["owner_id"] != caller().id:
        raise TransferError(404, "BookmarkNotFound", f"No such bookmark {id!r}")
    return found


def add_bookmark(state: State, name: str, endpoint_id: str, path: str) -> Document:
    """Add a bookmark for the caller.

    :raises TransferError: if the caller has a bookmark of this name, or there is no such collection
    """
    collection = find_collection(state, endpoint_id)
    check_bookmark_name(state, name)
    fields = {"name": name, "endpoint_id": collection.id, "path": path, "owner_id": caller().id, "pinned": False}
    return state.bookmarks.add(fields)


def check_bookmark_name(state: State, name: str, own_id: str | None = None) -> None:
    """Check that no other bookmark of the caller has a name.

    :param own_id: the bookmark that is renamed; ``None`` for a new one
    :raises TransferError: if the name is taken
    """
    namesakes = state.bookmarks.where(owner_id=caller().id, name=name)
    if any(bookmark["id"] != own_id for bookmark in namesakes):
        raise TransferError(409, "BookmarkExists", f"There is a bookmark named {name!r}")


def install_bookmark_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    @app.get("/v0.10/bookmark_list")
    def bookmark_list() -> ResponseReturnValue:
        bookmarks = state.bookmarks.where(owner_id=caller().id)
        return {"DATA_TYPE": "bookmark_list", "DATA": [_document(bookmark) for bookmark in bookmarks]}

    @app.post("/v0.10/bookmark")
    def create_bookmark() -> ResponseReturnValue:
        document = read_json_body()
        name, endpoint_id, path = (read_text(document, key) for key in ("name", "endpoint_id", "path"))
        return _document(add_bookmark(state, name, endpoint_id, path)), 201

    @app.get("/v0.10/bookmark/<bookmark_id>")
    def get_bookmark(bookmark_id: str) -> ResponseReturnValue:
        return _document(find_bookmark(state, bookmark_id))

    @app.put("/v0.10/bookmark/<bookmark_id>")
    def update_bookmark(bookmark_id: str) -> ResponseReturnValue:
        bookmark, document = find_bookmark(state, bookmark_id), read_json_body()
        changes = {key: read_text(document, key) for key in ("name", "path") if key in document}
        if "name" in changes:
            check_bookmark_name(state, changes["name"], bookmark_id)
        return _document(state.bookmarks.update(bookmark["id"], **changes))

    @app.delete("/v0.10/bookmark/<bookmark_id>")
    def delete_bookmark(bookmark_id: str) -> ResponseReturnValue:
        state.bookmarks.remove(find_bookmark(state, bookmark_id)["id"])
        return result_document("Deleted", f"Bookmark {bookmark_id} was deleted")


def _document(bookmark: Document) -> Document:
    return {"DATA_TYPE": "bookmark", **{key: value for key, value in bookmark.items() if key != "owner_id"}}
