"""Transfer's routes about collections."""

from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.listing import number
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import bad_request
from globus_transport.sandbox.transfer_requests import collection_with

_SCOPES = {"all", "my-endpoints", "my-gcp-endpoints", "administered-by-me", "recently-used", "in-use"}


def install_endpoint_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    @app.get("/v0.10/endpoint/<endpoint_id>")
    def get_endpoint(endpoint_id: str) -> ResponseReturnValue:
        return _document(collection_with(state, endpoint_id), state.user)

    @app.get("/v0.10/endpoint_search")
    def endpoint_search() -> ResponseReturnValue:
        arguments = request.args
        text, scope = arguments.get("filter_fulltext"), arguments.get("filter_scope")
        if not text and not scope:
            raise bad_request("filter_fulltext or filter_scope is needed")
        limit, offset = number(arguments, "limit", 100, 1, 1000), number(arguments, "offset", 0, 0, 10**9)
        documents = [_document(collection, state.user) for collection in state.collections.all()]
        # In a sandbox every collection is the user's own personal one; no other kind can be found.
        if (scope and scope not in _SCOPES) or "filter_host_endpoint" in arguments:
            documents = []
        if arguments.get("filter_non_functional") in ("1", "true"):
            documents = []
        words = (text or "").lower().split()
        found = [
            one
            for one in documents
            if all(word in one["display_name"].lower() for word in words)
            and arguments.get("filter_owner_id", one["owner_id"]) == one["owner_id"]
            and arguments.get("filter_entity_type", one["entity_type"]) == one["entity_type"]
        ]
        return {
            "DATA_TYPE": "endpoint_list",
            "DATA": found[offset : offset + limit],
            "limit": limit,
            "offset": offset,
            "has_next_page": offset + limit < len(found),
        }


def _document(collection: Collection, owner: Identity) -> dict[str, Any]:
    return {
        "DATA_TYPE": "endpoint",
        "id": collection.id,
        "display_name": collection.display_name,
        "description": None,
        "organization": owner.organization,
        "department": None,
        "keywords": None,
        "contact_email": owner.email,
        "contact_info": None,
        "info_link": None,
        "owner_id": owner.id,
        "owner_string": owner.username,
        "username": owner.username,
        "entity_type": "GCP_mapped_collection",
        "public": False,
        "is_globus_connect": True,
        "gcp_connected": True,
        "gcp_paused": False,
        "globus_connect_setup_key": None,
        "host_endpoint_id": None,
        "host_path": None,
        "mapped_collection_id": None,
        "non_functional": False,
        "default_directory": "/",
        "disable_verify": False,
        "disable_anonymous_writes": False,
        "force_encryption": False,
        "force_verify": False,
        "mfa_required": False,
        "high_assurance": False,
        "subscription_id": None,
        "shareable": False,
        "acl_available": False,
        "acl_editable": False,
        "in_use": False,
        "my_effective_roles": ["administrator"],
        "https_server": None,
        "tlsftp_server": None,
        "french_english_bilingual": False,
        "DATA": [],
    }
