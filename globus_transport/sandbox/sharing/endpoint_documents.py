"""The ``endpoint`` documents of Transfer."""

from __future__ import annotations

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.connect_server.addresses import files_url
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.permissions import roles_of
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import bad_request

#: The fields that an update may change besides the name, with the values of a new collection.
EDITABLE_FIELDS = {
    "description": None,
    "organization": None,
    "department": None,
    "keywords": None,
    "contact_email": None,
    "contact_info": None,
    "info_link": None,
    "user_message": None,
    "user_message_link": None,
    "public": False,
    "default_directory": "/",
    "disable_verify": False,
    "disable_anonymous_writes": False,
    "force_encryption": False,
    "force_verify": False,
}


def read_editable_fields(document: Document) -> Document:
    """The editable fields that a document has.

    :raises TransferError: if one is neither a text nor a truth value nor null
    """
    found = {key: document[key] for key in EDITABLE_FIELDS if key in document}
    for key, value in found.items():
        if not isinstance(value, (str, bool, type(None))):
            raise bad_request(f"{key} must be a text or a truth value")
    return found


def endpoint_document(state: State, collection: Collection, caller: Identity) -> Document:
    """The document of a collection, as a caller sees it."""
    owners = state.identities.find_by_ids([collection.owner_id])
    owner = owners[0] if owners else state.user
    host, roles = collection.host, roles_of(state, collection, caller)
    is_personal = collection.entity_type.startswith("GCP")
    return {
        "DATA_TYPE": "endpoint",
        "id": collection.id,
        "display_name": collection.display_name,
        **EDITABLE_FIELDS,
        "organization": owner.organization,
        "contact_email": owner.email,
        "owner_id": owner.id,
        "owner_string": owner.username,
        "username": owner.username,
        "entity_type": collection.entity_type,
        "is_globus_connect": is_personal,
        "gcp_connected": True if is_personal else None,
        "gcp_paused": False if is_personal else None,
        "globus_connect_setup_key": None,
        "host_endpoint_id": host.id if host else None,
        "host_endpoint_display_name": host.display_name if host else None,
        "host_path": collection.host_path,
        "mapped_collection_id": host.id if host else None,
        "non_functional": False,
        "mfa_required": False,
        "high_assurance": False,
        "subscription_id": None,
        "subscription_admin_verified": False,
        "shareable": host is None,
        "acl_available": host is not None,
        "acl_editable": host is not None and "access_manager" in roles,
        "in_use": any(task.status == "ACTIVE" for task in state.tasks.on_collections({collection.id})),
        "my_effective_roles": sorted(roles),
        "https_server": files_url(state, collection),
        "tlsftp_server": None,
        "french_english_bilingual": False,
        "DATA": [{"DATA_TYPE": "server", **server} for server in list_servers(collection)],
        **collection.details,
    }


def list_servers(collection: Collection) -> list[Document]:
    """The servers of a collection. Clients see none for Globus Connect Personal."""
    if collection.entity_type.startswith("GCP"):
        return []
    return [
        {"id": 1, "hostname": "127.0.0.1", "port": 2811, "scheme": "gsiftp", "is_connected": True, "is_paused": False}
    ]
