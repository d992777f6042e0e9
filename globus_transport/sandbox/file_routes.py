"""Transfer's routes about the files of a collection."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox import filesystem
from globus_transport.sandbox.listing import offset_page, ordered, selected
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import collection_with, json_body, result, text_of

_MOST_ENTRIES = 100_000
_FILTER_FIELDS = frozenset({"name", "type", "permissions"})
_FALSE = {"0", "false", "False"}


def install_file_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/operation/endpoint/<endpoint_id>"

    @app.get(f"{at}/ls")
    def ls(endpoint_id: str) -> ResponseReturnValue:
        collection = collection_with(state, endpoint_id)
        arguments = request.args
        path = arguments.get("path", "/")
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
        collection = collection_with(state, endpoint_id)
        path = request.args.get("path", "/")
        try:
            return filesystem.file_document(collection, filesystem.locate(collection, path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TransferError(404, "NotFound", f"Path not found: {path}") from error

    @app.post(f"{at}/mkdir")
    def mkdir(endpoint_id: str) -> ResponseReturnValue:
        collection = collection_with(state, endpoint_id)
        filesystem.make_folder(collection, text_of(json_body(), "path"))
        return result("DirectoryCreated", "The directory was made", "mkdir_result")

    @app.post(f"{at}/rename")
    def rename(endpoint_id: str) -> ResponseReturnValue:
        collection = collection_with(state, endpoint_id)
        document = json_body()
        filesystem.rename(collection, text_of(document, "old_path"), text_of(document, "new_path"))
        return result("FileRenamed", "The file or directory has its new name")
