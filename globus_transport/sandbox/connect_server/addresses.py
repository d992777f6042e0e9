"""The addresses of the manager and of the files of collections."""

from __future__ import annotations

from urllib.parse import urlsplit

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.state import State


def manager_url(state: State) -> str:
    """The base URL of the manager API, such as ``http://127.0.0.1:40123/api/``."""
    return f"{state.urls.get('connect_server', '/')}api/"


def domain_name(state: State) -> str:
    """The host and port of the service."""
    return urlsplit(manager_url(state)).netloc


def files_url(state: State, collection: Collection) -> str | None:
    """The base URL of the files of a collection; ``None`` if they cannot be read by HTTPS."""
    if not has_https(state, collection):
        return None
    return f"{state.urls.get('connect_server', '/')}data/{collection.id}"


def has_https(state: State, collection: Collection) -> bool:
    """Whether the files of a collection can be read and written by HTTPS."""
    if not collection.entity_type.startswith("GCSv5"):
        return False
    return bool(state.connect_server.settings_of(collection.id).get("enable_https", True))
