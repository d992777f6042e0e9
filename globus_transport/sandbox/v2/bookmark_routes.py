"""The JSON:API routes for bookmarks. They share the bookmarks of the older routes."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.bookmark_routes import add_bookmark, check_bookmark_name, find_bookmark
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_requests import caller, read_text
from globus_transport.sandbox.v2.jsonapi import attributes_of, json_api_response, read_data, related_id, relationship


def install_v2_bookmark_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    @app.get("/v2/bookmarks")
    def list_bookmarks() -> ResponseReturnValue:
        bookmarks = state.bookmarks.where(owner_id=caller().id)
        return json_api_response([_resource(bookmark) for bookmark in bookmarks], links=None)

    @app.post("/v2/bookmarks")
    def create_bookmark_v2() -> ResponseReturnValue:
        data = read_data("Bookmark")
        attributes = attributes_of(data)
        name, path = read_text(attributes, "name"), read_text(attributes, "path")
        bookmark = add_bookmark(state, name, related_id(data, "collection", "Collection"), path)
        return json_api_response(_resource(bookmark), 201)

    @app.get("/v2/bookmarks/<bookmark_id>")
    def get_bookmark_v2(bookmark_id: str) -> ResponseReturnValue:
        return json_api_response(_resource(find_bookmark(state, bookmark_id)))

    @app.patch("/v2/bookmarks/<bookmark_id>")
    def update_bookmark_v2(bookmark_id: str) -> ResponseReturnValue:
        bookmark, attributes = find_bookmark(state, bookmark_id), attributes_of(read_data("Bookmark"))
        changes = {key: read_text(attributes, key) for key in ("name", "path") if key in attributes}
        if "name" in changes:
            check_bookmark_name(state, changes["name"], bookmark_id)
        return json_api_response(_resource(state.bookmarks.update(bookmark["id"], **changes)))

    @app.delete("/v2/bookmarks/<bookmark_id>")
    def delete_bookmark_v2(bookmark_id: str) -> ResponseReturnValue:
        state.bookmarks.remove(find_bookmark(state, bookmark_id)["id"])
        return json_api_response(None)


def _resource(bookmark: Document) -> Document:
    return {
        "type": "Bookmark",
        "id": bookmark["id"],
        "attributes": {"name": bookmark["name"], "path": bookmark["path"]},
        "relationships": {"collection": relationship("Collection", bookmark["endpoint_id"])},
    }
