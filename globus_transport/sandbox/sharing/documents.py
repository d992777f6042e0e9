"""The endpoint document."""

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.permissions import roles_of
from globus_transport.sandbox.state import State

# What an update may change besides the name. The value is what a new collection has.
EDITABLE = {
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


def endpoint_document(state: State, collection: Collection, caller: Identity) -> Document:
    """What Transfer says of a collection to a caller."""
    found = state.identities.with_ids([collection.owner_id])
    owner = found[0] if found else state.user
    host, roles = collection.host, roles_of(state, collection, caller)
    is_personal = collection.entity_type.startswith("GCP")
    return {
        "DATA_TYPE": "endpoint",
        "id": collection.id,
        "display_name": collection.display_name,
        **EDITABLE,
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
        "in_use": any(task.status == "ACTIVE" for task in state.tasks.at({collection.id})),
        "my_effective_roles": sorted(roles),
        "https_server": None,
        "tlsftp_server": None,
        "french_english_bilingual": False,
        "DATA": [{"DATA_TYPE": "server", **server} for server in servers_of(collection)],
        **collection.details,
    }


def servers_of(collection: Collection) -> list[Document]:
    """The servers behind a collection. A personal one has none that clients could see."""
    if collection.entity_type.startswith("GCP"):
        return []
    return [
        {"id": 1, "hostname": "127.0.0.1", "port": 2811, "scheme": "gsiftp", "is_connected": True, "is_paused": False}
    ]
