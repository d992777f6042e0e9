"""The JSON:API routes about bookmarks. They are the same bookmarks as those of the older routes."""

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.bookmark_routes import add_bookmark, check_name, find_bookmark
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_requests import caller, text_of
from globus_transport.sandbox.v2.jsonapi import answer, attributes_of, read_data, reference, related


def install_v2_bookmark_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    @app.get("/v2/bookmarks")
    def list_bookmarks() -> ResponseReturnValue:
        return answer([_resource(one) for one in state.bookmarks.where(owner_id=caller().id)], links=None)

    @app.post("/v2/bookmarks")
    def create_bookmark_v2() -> ResponseReturnValue:
        data = read_data("Bookmark")
        attributes = attributes_of(data)
        name, path = text_of(attributes, "name"), text_of(attributes, "path")
        return answer(_resource(add_bookmark(state, name, related(data, "collection", "Collection"), path)), 201)

    @app.get("/v2/bookmarks/<bookmark_id>")
    def get_bookmark_v2(bookmark_id: str) -> ResponseReturnValue:
        return answer(_resource(find_bookmark(state, bookmark_id)))

    @app.patch("/v2/bookmarks/<bookmark_id>")
    def update_bookmark_v2(bookmark_id: str) -> ResponseReturnValue:
        bookmark, attributes = find_bookmark(state, bookmark_id), attributes_of(read_data("Bookmark"))
        changes = {key: text_of(attributes, key) for key in ("name", "path") if key in attributes}
        if "name" in changes:
            check_name(state, changes["name"], bookmark_id)
        return answer(_resource(state.bookmarks.update(bookmark["id"], **changes)))

    @app.delete("/v2/bookmarks/<bookmark_id>")
    def delete_bookmark_v2(bookmark_id: str) -> ResponseReturnValue:
        state.bookmarks.remove(find_bookmark(state, bookmark_id)["id"])
        return answer(None)


def _resource(bookmark: Document) -> Document:
    return {
        "type": "Bookmark",
        "id": bookmark["id"],
        "attributes": {"name": bookmark["name"], "path": bookmark["path"]},
        "relationships": {"collection": reference("Collection", bookmark["endpoint_id"])},
    }
