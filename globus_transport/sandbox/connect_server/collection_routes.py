"""The routes for collections."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.connect_server.callers import Callers, find_record, is_on_server
from globus_transport.sandbox.connect_server.collection_fields import (
    read_data_type,
    read_settings,
    read_shared,
    refuse_changes,
)
from globus_transport.sandbox.connect_server.documents import collection_document, gateway_id_of, settings_of
from globus_transport.sandbox.connect_server.errors import GCSError, not_found, permission_denied, result_document
from globus_transport.sandbox.connect_server.pages import list_page, read_words
from globus_transport.sandbox.filesystem import locate
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.state import State

_FIXED = ("id", "collection_type", "collection_base_path", "identity_id", "storage_gateway_id", "mapped_collection_id")
_PRIVATE = "private_policies"


def install_collection_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    filters: dict[str, Callable[[Collection, Identity], bool]] = {
        "mapped_collections": lambda collection, user: collection.host is None,
        "guest_collections": lambda collection, user: collection.host is not None,
        "managed_by_me": callers.manages,
        "created_by_me": lambda collection, user: collection.owner_id == user.id,
    }

    @app.get("/collections")
    def get_collection_list() -> ResponseReturnValue:
        user, include = callers.user(), read_words("include", (_PRIVATE,))
        wanted = read_words("filter", filters)
        kinds = wanted & {"mapped_collections", "guest_collections"}
        mapped_id = request.args.get("mapped_collection_id")
        host = callers.find(mapped_id) if mapped_id else None
        found = [
            collection
            for collection in state.collections.all()
            if is_on_server(collection)
            and (host is None or collection.host is host)
            # A collection is of one kind, so that both kinds together are all collections.
            and (not kinds or any(filters[name](collection, user) for name in kinds))
            and all(filters[name](collection, user) for name in wanted - kinds)
        ]
        return list_page(
            [
                collection_document(state, collection, private=bool(include) and callers.manages(collection, user))
                for collection in found
            ]
        )

    @app.get("/collections/<collection_id>")
    def get_collection(collection_id: str) -> ResponseReturnValue:
        callers.user()
        include = read_words("include", (_PRIVATE,))
        collection = callers.find_managed(collection_id) if include else callers.find(collection_id)
        return result_document(data=[collection_document(state, collection, private=bool(include))])

    @app.post("/collections")
    def create_collection() -> ResponseReturnValue:
        user, fields = callers.user(), Fields(read_body())
        read_data_type(fields, "collection")
        kind = fields.choice("collection_type", ("mapped", "guest"), required=True)
        fields.check()
        created = _create_guest(fields, user) if kind == "guest" else _create_mapped(fields)
        message = f"Created collection {created.id}"
        return result_document(201, message=message, data=[collection_document(state, created)]), 201

    def _create_mapped(fields: Fields) -> Collection:
        user = callers.require_administrator()
        gateway_id = fields.id("storage_gateway_id", required=True)
        name, path = fields.text("display_name", required=True), _read_base_path(fields)
        owner_id = fields.id("identity_id") or user.id
        settings, shared = read_settings(fields, is_guest=False), read_shared(fields)
        fields.check()
        gateway = find_record(state.connect_server.gateways.get(str(gateway_id)), "storage gateway")
        if not state.identities.find_by_ids([owner_id]):
            raise not_found("identity")
        folder = [part for text in (gateway["root"], path) for part in text.split("/") if part not in ("", ".")]
        try:
            created = state.collections.add_on_storage(f"storage-{gateway_id}", folder, str(name), owner_id)
        except ValueError as error:
            raise GCSError(422, f"collection_base_path: {error}") from error
        except OSError as error:
            # Its text has a path of this machine.
            raise GCSError(422, f"collection_base_path: the folder cannot be made: {error.strerror}") from error
        created.details.update({"public": True, **shared})
        settings = {"allow_guest_collections": False, **settings, "collection_base_path": path}
        state.connect_server.update_settings(created.id, {**settings, "storage_gateway_id": gateway_id})
        return created

    def _create_guest(fields: Fields, user: Identity) -> Collection:
        host_id, credential_id = fields.id("mapped_collection_id", required=True), fields.id("user_credential_id")
        name, path = fields.text("display_name", required=True), _read_base_path(fields)
        owner_id = fields.id("identity_id")
        settings, shared = read_settings(fields, is_guest=True), read_shared(fields)
        fields.check()
        host = callers.find(str(host_id))
        if host.host is not None:
            raise GCSError(422, "A guest collection cannot be made on a guest collection")
        if owner_id not in (None, user.id):
            raise permission_denied("A guest collection belongs to the user who makes it")
        if not settings_of(state, host)["allow_guest_collections"]:
            raise permission_denied("The mapped collection does not allow guest collections")
        callers.require_data_access(host)
        if credential_id is not None:
            credential = state.connect_server.credentials.get(credential_id)
            if credential is None or credential["identity_id"] != user.id:
                raise not_found("user credential")
            if credential["storage_gateway_id"] != gateway_id_of(state, host):
                raise GCSError(422, "The user credential is for another storage gateway")
        folder = locate(host, path)
        if not folder.is_dir():
            raise not_found("folder")
        guest = state.collections.add_guest(host, f"{path.rstrip('/')}/", folder, str(name), user.id)
        guest.details.update(shared)
        state.connect_server.update_settings(guest.id, {**settings, "user_credential_id": credential_id})
        return guest

    @app.patch("/collections/<collection_id>")
    def update_collection(collection_id: str) -> ResponseReturnValue:
        collection, fields = callers.find_managed(collection_id), Fields(read_body())
        read_data_type(fields, "collection")
        refuse_changes(fields, collection_document(state, collection), _FIXED)
        name = fields.text("display_name", required=True) if "display_name" in fields.document else None
        settings, shared = read_settings(fields, is_guest=collection.host is not None), read_shared(fields)
        fields.check()
        if name is not None:
            collection.display_name = name
        collection.details.update(shared)
        state.connect_server.update_settings(collection.id, settings)
        message = f"Updated collection {collection.id}"
        return result_document(message=message, data=[collection_document(state, collection)])

    @app.delete("/collections/<collection_id>")
    def delete_collection(collection_id: str) -> ResponseReturnValue:
        collection = callers.find_managed(collection_id)
        if collection.host is None and settings_of(state, collection)["delete_protected"]:
            raise GCSError(409, "The collection is protected from deletion")
        state.delete_collection(collection)
        return result_document(message=f"Deleted collection {collection.id}")


def _read_base_path(fields: Fields) -> str:
    path = fields.text("collection_base_path", required=True) or "/"
    if not path.startswith("/") or ".." in path.split("/"):
        fields.refuse("collection_base_path", "give an absolute path without ..")
    return path
