"""Transfer's routes about bookmarks, which only their owner sees."""

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import caller, collection_with, json_body, result, text_of


def find_bookmark(state: State, id: str) -> Document:
    """A bookmark of the caller's.

    :raises TransferError: There is none with this id.
    """
    found = state.bookmarks.get(id)
    if found is None or found["owner_id"] != caller().id:
        raise TransferError(404, "BookmarkNotFound", f"No such bookmark {id!r}")
    return found


def add_bookmark(state: State, name: str, endpoint_id: str, path: str) -> Document:
    """A new bookmark of the caller's.

    :raises TransferError: The name is taken, or there is no such collection.
    """
    collection = collection_with(state, endpoint_id)
    check_name(state, name)
    fields = {"name": name, "endpoint_id": collection.id, "path": path, "owner_id": caller().id, "pinned": False}
    return state.bookmarks.add(fields)


def check_name(state: State, name: str, but: str = "") -> None:
    """Refuse a name that another bookmark of the caller's has.

    :raises TransferError: It has.
    """
    if any(one["id"] != but for one in state.bookmarks.where(owner_id=caller().id, name=name)):
        raise TransferError(409, "BookmarkExists", f"There is a bookmark named {name!r}")


def install_bookmark_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    @app.get("/v0.10/bookmark_list")
    def bookmark_list() -> ResponseReturnValue:
        mine = state.bookmarks.where(owner_id=caller().id)
        return {"DATA_TYPE": "bookmark_list", "DATA": [_document(one) for one in mine]}

    @app.post("/v0.10/bookmark")
    def create_bookmark() -> ResponseReturnValue:
        document = json_body()
        name, place, path = (text_of(document, key) for key in ("name", "endpoint_id", "path"))
        return _document(add_bookmark(state, name, place, path)), 201

    @app.get("/v0.10/bookmark/<bookmark_id>")
    def get_bookmark(bookmark_id: str) -> ResponseReturnValue:
        return _document(find_bookmark(state, bookmark_id))

    @app.put("/v0.10/bookmark/<bookmark_id>")
    def update_bookmark(bookmark_id: str) -> ResponseReturnValue:
        bookmark, document = find_bookmark(state, bookmark_id), json_body()
        changes = {key: text_of(document, key) for key in ("name", "path") if key in document}
        if "name" in changes:
            check_name(state, changes["name"], bookmark_id)
        return _document(state.bookmarks.update(bookmark["id"], **changes))

    @app.delete("/v0.10/bookmark/<bookmark_id>")
    def delete_bookmark(bookmark_id: str) -> ResponseReturnValue:
        state.bookmarks.remove(find_bookmark(state, bookmark_id)["id"])
        return result("Deleted", f"Bookmark {bookmark_id} was deleted")


def _document(bookmark: Document) -> Document:
    return {"DATA_TYPE": "bookmark", **{key: value for key, value in bookmark.items() if key != "owner_id"}}
