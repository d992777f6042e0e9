"""The documents of the endpoint and of its collections."""

from __future__ import annotations

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.connect_server.addresses import domain_name, files_url, has_https, manager_url
from globus_transport.sandbox.connect_server.collection_fields import PRIVATE, SHARED_FLAGS, SHARED_TEXTS
from globus_transport.sandbox.connect_server.store import POSIX
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.endpoint_documents import EDITABLE_FIELDS
from globus_transport.sandbox.state import State

_MAPPED_SETTINGS: Document = {
    "delete_protected": True,
    "allow_guest_collections": True,
    "guest_auth_policy_id": None,
    "sharing_users_allow": None,
    "sharing_users_deny": None,
    "sharing_restrict_paths": None,
    "policies": {"DATA_TYPE": "posix_collection_policies#1.0.0"},
}
_GUEST_SETTINGS: Document = {"skip_auto_delete": False, "user_credential_id": None}


def info_documents(state: State) -> list[Document]:
    """What the server tells anybody about itself: its ids, and its connectors."""
    endpoint_id = state.connect_server.endpoint_id
    info = {
        "DATA_TYPE": "info#1.0.0",
        "client_id": endpoint_id,
        "endpoint_id": endpoint_id,
        "domain_name": domain_name(state),
        "api_version": "1.32.0",
        "manager_version": "5.4.80",
    }
    posix = {"DATA_TYPE": "connector#1.1.0", "id": POSIX, "display_name": "POSIX", "is_baa": False, "is_ha": False}
    return [info, posix]


def endpoint_document(state: State) -> Document:
    """The document of the endpoint."""
    return {
        "DATA_TYPE": "endpoint#1.2.0",
        **state.connect_server.endpoint(),
        "gcs_manager_url": manager_url(state),
    }


def settings_of(state: State, collection: Collection) -> Document:
    """The settings of a collection that only this service has."""
    defaults = _MAPPED_SETTINGS if collection.host is None else _GUEST_SETTINGS
    return {**defaults, **state.connect_server.settings_of(collection.id)}


def gateway_id_of(state: State, collection: Collection) -> str:
    """The id of the storage gateway of a collection. One that was not made here has the sandbox's own."""
    mapped = collection.host or collection
    store = state.connect_server
    return str(store.settings_of(mapped.id).get("storage_gateway_id", store.gateway_id))


def collection_document(state: State, collection: Collection, *, private: bool = False) -> Document:
    """The document of a collection.

    :param private: whether to add the fields for administrators
    """
    settings, host = settings_of(state, collection), collection.host
    gateway_id = gateway_id_of(state, collection)
    gateway = state.connect_server.gateways.get(gateway_id) or {}
    details = {**EDITABLE_FIELDS, **collection.details}
    base_path = settings.pop("collection_base_path", "/") if host is None else collection.host_path
    keywords = details["keywords"] or ""
    document: Document = {
        "DATA_TYPE": "collection#1.15.0",
        "id": collection.id,
        "collection_type": "mapped" if host is None else "guest",
        "display_name": collection.display_name,
        "collection_base_path": base_path,
        "identity_id": collection.owner_id,
        "storage_gateway_id": gateway_id,
        "connector_id": gateway.get("connector_id", POSIX),
        "domain_name": domain_name(state),
        "enable_https": has_https(state, collection),
        "https_url": files_url(state, collection),
        "manager_url": manager_url(state),
        "high_assurance": gateway.get("high_assurance", False),
        "authentication_timeout_mins": gateway.get("authentication_timeout_mins", 15840),
        **{name: details[name] for name in (*SHARED_TEXTS, *SHARED_FLAGS)},
        "keywords": [word for word in keywords.split(", ") if word],
        **settings,
    }
    if host is not None:
        document["mapped_collection_id"] = host.id
    else:
        document["root_path"] = f"{str(gateway.get('root', '/')).rstrip('/')}/{str(base_path).strip('/')}"
    return document if private else {key: value for key, value in document.items() if key not in PRIVATE}
