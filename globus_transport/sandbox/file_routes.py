"""Transfer's routes about the files of a collection."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox import filesystem
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.listing import offset_page, ordered, selected
from globus_transport.sandbox.manager.pause_rules import require_no_pause
from globus_transport.sandbox.sharing.permissions import require_access
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import (
    caller,
    check_demands,
    collection_with,
    json_body,
    result,
    text_of,
)

_MOST_ENTRIES = 100_000
_FILTER_FIELDS = frozenset({"name", "type", "permissions"})
_FALSE = {"0", "false", "False"}


def install_file_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/operation/endpoint/<endpoint_id>"

    def opened(endpoint_id: str, operation: str) -> Collection:
        collection = collection_with(state, endpoint_id)
        check_demands(state, collection)
        require_no_pause(state, collection, caller(), operation)
        return collection

    @app.get(f"{at}/ls")
    def ls(endpoint_id: str) -> ResponseReturnValue:
        collection = opened(endpoint_id, "ls")
        arguments = request.args
        path = arguments.get("path", "/")
        require_access(state, collection, caller(), path, "r")
        documents = filesystem.list_folder(collection, path)
        if arguments.get("show_hidden") in _FALSE:
            documents = [one for one in documents if not one["name"].startswith(".")]
        documents = selected(documents, arguments.getlist("filter"), _FILTER_FIELDS)
        documents = ordered(documents, arguments.get("orderby"))
        located = filesystem.locate(collection, path)
        absolute = located.resolve().relative_to(collection.folder).as_posix()
        return {
            "DATA_TYPE": "file_list",
            "endpoint": collection.id,
            "path": path if path.endswith("/") else f"{path}/",
            "absolute_path": "/" if absolute == "." else f"/{absolute}/",
            "rename_supported": True,
            "symlink_supported": False,
            **offset_page(documents, arguments, _MOST_ENTRIES, _MOST_ENTRIES),
        }

    @app.get(f"{at}/stat")
    def stat(endpoint_id: str) -> ResponseReturnValue:
        collection = opened(endpoint_id, "stat")
        path = request.args.get("path", "/")
        require_access(state, collection, caller(), path, "r")
        try:
            return filesystem.file_document(collection, filesystem.locate(collection, path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TransferError(404, "NotFound", f"Path not found: {path}") from error

    @app.post(f"{at}/mkdir")
    def mkdir(endpoint_id: str) -> ResponseReturnValue:
        collection = opened(endpoint_id, "mkdir")
        path = text_of(json_body(), "path")
        require_access(state, collection, caller(), path, "rw")
        filesystem.make_folder(collection, path)
        return result("DirectoryCreated", "The directory was made", "mkdir_result")

    @app.post(f"{at}/rename")
    def rename(endpoint_id: str) -> ResponseReturnValue:
        collection = opened(endpoint_id, "rename")
        document = json_body()
        old, new = text_of(document, "old_path"), text_of(document, "new_path")
        for path in (old, new):
            require_access(state, collection, caller(), path, "rw")
        filesystem.rename(collection, old, new)
        return result("FileRenamed", "The file or directory has its new name")
