"""Transfer's routes for the files of a collection."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox import filesystem
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.listing import filter_documents, offset_page, sort_documents
from globus_transport.sandbox.manager.pause_rules import require_no_pause
from globus_transport.sandbox.sharing.permissions import require_access
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import (
    caller,
    check_access_requirements,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)

_MAX_ENTRIES = 100_000
_FILTER_FIELDS = frozenset({"name", "type", "permissions"})
_FALSE = {"0", "false", "False"}


def install_file_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/operation/endpoint/<endpoint_id>"

    def open_collection(endpoint_id: str, operation: str) -> Collection:
        collection = find_collection(state, endpoint_id)
        check_access_requirements(state, collection)
        require_no_pause(state, collection, caller(), operation)
        return collection

    @app.get(f"{prefix}/ls")
    def ls(endpoint_id: str) -> ResponseReturnValue:
        collection = open_collection(endpoint_id, "ls")
        arguments = request.args
        path = arguments.get("path", "/")
        require_access(state, collection, caller(), path, "r")
        documents = filesystem.list_folder(collection, path)
        if arguments.get("show_hidden") in _FALSE:
            documents = [document for document in documents if not document["name"].startswith(".")]
        documents = filter_documents(documents, arguments.getlist("filter"), _FILTER_FIELDS)
        documents = sort_documents(documents, arguments.get("orderby"))
        located = filesystem.locate(collection, path)
        absolute = located.resolve().relative_to(collection.folder).as_posix()
        return {
            "DATA_TYPE": "file_list",
            "endpoint": collection.id,
            "path": path if path.endswith("/") else f"{path}/",
            "absolute_path": "/" if absolute == "." else f"/{absolute}/",
            "rename_supported": True,
            "symlink_supported": False,
            **offset_page(documents, arguments, _MAX_ENTRIES, _MAX_ENTRIES),
        }

    @app.get(f"{prefix}/stat")
    def stat(endpoint_id: str) -> ResponseReturnValue:
        collection = open_collection(endpoint_id, "stat")
        path = request.args.get("path", "/")
        require_access(state, collection, caller(), path, "r")
        try:
            return filesystem.file_document(collection, filesystem.locate(collection, path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TransferError(404, "NotFound", f"Path not found: {path}") from error

    @app.post(f"{prefix}/mkdir")
    def mkdir(endpoint_id: str) -> ResponseReturnValue:
        collection = open_collection(endpoint_id, "mkdir")
        path = read_text(read_json_body(), "path")
        require_access(state, collection, caller(), path, "rw")
        filesystem.make_folder(collection, path)
        return result_document("DirectoryCreated", "The directory was made", "mkdir_result")

    @app.post(f"{prefix}/rename")
    def rename(endpoint_id: str) -> ResponseReturnValue:
        collection = open_collection(endpoint_id, "rename")
        document = read_json_body()
        old, new = read_text(document, "old_path"), read_text(document, "new_path")
        for path in (old, new):
            require_access(state, collection, caller(), path, "rw")
        filesystem.rename(collection, old, new)
        return result_document("FileRenamed", "The file or directory has its new name")
