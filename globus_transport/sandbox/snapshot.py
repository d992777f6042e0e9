"""The state of a sandbox as a JSON document, and back."""

from __future__ import annotations

import attrs

from globus_transport.sandbox.access_requirements import LoginSession
from globus_transport.sandbox.clients import OAuthClient, known_programs
from globus_transport.sandbox.collections import Collection, read_folder
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document, Records
from globus_transport.sandbox.state import State

_VERSION = 2


def snapshot(state: State) -> Document:
    """The part of a state that outlives the sandbox, as a JSON document."""
    return {
        "version": _VERSION,
        "user": state.user.id,
        "client": state.client.client_id,
        "native_client": state.native_client.client_id,
        "identities": [attrs.asdict(identity) for identity in state.identities.all()],
        "clients": [attrs.asdict(client) for client in list(state.clients.values())],
        "collections": [_collection_document(collection) for collection in state.collections.all()],
        "parts": {name: part.dump() for name, part in state.parts.items()},
        "records": {name: records.where() for name, records in _records_by_name(state).items()},
        "consents": [dict(consent) for consent in state.registry.consents.all],
        "tokens": state.tokens.dump(),
        "sessions": {login: _session_document(session) for login, session in list(state.sessions.items())},
        "demanded_consents": {id: list(scopes) for id, scopes in list(state.access_requirements.consents.items())},
        "demanded_sessions": {
            id: {"session": _session_document(session), "message": message}
            for id, (session, message) in list(state.access_requirements.sessions.items())
        },
    }


def restore(state: State, document: Document) -> None:
    """Load what :func:`snapshot` returned into a new state.

    :raises KeyError: if the document is incomplete
    :raises ValueError: if another version wrote it
    """
    if document["version"] != _VERSION:
        raise ValueError(f"version {document['version']}, not {_VERSION}")
    state.identities.clear()
    for fields in document["identities"]:
        state.identities.add(Identity(**fields))
    (state.user,) = state.identities.find_by_ids([document["user"]])
    state.clients.clear()
    state.clients.update((client.client_id, client) for client in known_programs())
    for fields in document["clients"]:
        client = OAuthClient(**{**fields, "redirect_uris": tuple(fields["redirect_uris"])})
        state.clients[client.client_id] = client
    state.client = state.clients[document["client"]]
    state.native_client = state.clients[document["native_client"]]
    for fields in document["collections"]:
        # A mapped collection stands before its guest collections.
        host = state.collections.get(fields["host"] or "")
        state.collections.restore(Collection(**{**fields, "folder": read_folder(fields["folder"]), "host": host}))
    for name, part in state.parts.items():
        part.load(document["parts"][name])
    for name, records in _records_by_name(state).items():
        records.clear()
        for record in document["records"][name]:
            records.add(record)
    state.registry.consents.all = list(document["consents"])
    state.tokens.load(document["tokens"], state.identities)
    state.sessions = {login: _read_session(session) for login, session in document["sessions"].items()}
    state.access_requirements.consents = {id: tuple(scopes) for id, scopes in document["demanded_consents"].items()}
    state.access_requirements.sessions = {
        id: (_read_session(required["session"]), required["message"])
        for id, required in document["demanded_sessions"].items()
    }


def _records_by_name(state: State) -> dict[str, Records]:
    return {
        "roles": state.roles,
        "rules": state.rules,
        "bookmarks": state.bookmarks,
        "pause_rules": state.pause_rules,
        "access_points": state.streams.access_points,
        "tunnels": state.streams.tunnels,
        "projects": state.registry.projects,
        "clients": state.registry.clients,
        "credentials": state.registry.credentials,
        "policies": state.registry.policies,
        "scopes": state.registry.scopes,
    }


def _collection_document(collection: Collection) -> Document:
    return {
        "id": collection.id,
        "display_name": collection.display_name,
        "folder": str(collection.folder),
        "owner_id": collection.owner_id,
        "host": collection.host.id if collection.host else None,
        "host_path": collection.host_path,
        "entity_type": collection.entity_type,
        "details": dict(collection.details),
    }


def _session_document(session: LoginSession) -> Document:
    return {
        "identities": sorted(session.identities),
        "domains": sorted(session.domains),
        "policies": sorted(session.policies),
        "mfa": session.mfa,
        "time": session.time,
    }


def _read_session(document: Document) -> LoginSession:
    return LoginSession(
        frozenset(document["identities"]),
        frozenset(document["domains"]),
        frozenset(document["policies"]),
        document["mfa"],
        document.get("time"),
    )
