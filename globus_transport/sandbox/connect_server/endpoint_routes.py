"""The routes for the endpoint."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.connect_server.callers import Callers
from globus_transport.sandbox.connect_server.collection_fields import read_data_type, read_texts
from globus_transport.sandbox.connect_server.documents import endpoint_document, info_documents
from globus_transport.sandbox.connect_server.errors import result_document
from globus_transport.sandbox.connect_server.pages import read_words
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.state import State

_TEXTS = ("contact_email", "contact_info", "department", "description", "info_link", "organization")
_LIMITS = ("max_concurrency", "max_parallelism", "preferred_concurrency", "preferred_parallelism")


def install_endpoint_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    store = state.connect_server

    @app.get("/info")
    def get_gcs_info() -> ResponseReturnValue:
        return {**result_document(data=info_documents(state)), "DATA_TYPE": "result#1.1.0"}

    @app.get("/endpoint")
    def get_endpoint() -> ResponseReturnValue:
        callers.user()
        return result_document(data=[endpoint_document(state)])

    @app.patch("/endpoint")
    def update_endpoint() -> ResponseReturnValue:
        callers.require_administrator()
        include, fields = read_words("include", ("endpoint",)), Fields(read_body())
        changes = _read_changes(fields)
        fields.check()
        store.update_endpoint(changes)
        data = [endpoint_document(state)] if include else []
        return result_document(message=f"Updated endpoint {store.endpoint_id}", data=data)


def _read_changes(fields: Fields) -> Document:
    given = fields.document
    read_data_type(fields, "endpoint")
    found: Document = {name: fields.text(name) for name in _TEXTS if name in given}
    if "display_name" in given:
        found["display_name"] = fields.text("display_name", required=True)
    if "subscription_id" in given:
        # The sandbox has no subscription that would be the default of a user.
        found["subscription_id"] = fields.id("subscription_id")
    found |= {name: fields.flag(name) for name in ("allow_udt", "public") if given.get(name) is not None}
    found |= {name: fields.integer(name, 1, 1000) for name in _LIMITS if given.get(name) is not None}
    if "gridftp_control_channel_port" in given:
        found["gridftp_control_channel_port"] = fields.integer("gridftp_control_channel_port", 1, 65535)
    if given.get("network_use") is not None:
        found["network_use"] = fields.choice("network_use", ("normal", "minimal", "aggressive", "custom"))
    if "keywords" in given:
        found["keywords"] = read_texts(fields, "keywords") or []
    return found
