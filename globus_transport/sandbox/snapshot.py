"""The state of a sandbox as a JSON document, and back."""

from dataclasses import asdict
from pathlib import Path

from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.demands import Session
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document, Records
from globus_transport.sandbox.state import State

_VERSION = 1


def snapshot(state: State) -> Document:
    """What is worth keeping of a state."""
    return {
        "version": _VERSION,
        "user": state.user.id,
        "client": state.client.client_id,
        "native_client": state.native_client.client_id,
        "identities": [asdict(one) for one in state.identities.all()],
        "clients": [asdict(one) for one in list(state.clients.values())],
        "collections": [_collection(one) for one in state.collections.all()],
        "groups": {id: sorted(members) for id, members in list(state.groups.items())},
        "records": {name: records.where() for name, records in _records(state).items()},
        "consents": [dict(one) for one in state.registry.consents.all],
        "tokens": state.tokens.dump(),
        "sessions": {login: _session(session) for login, session in list(state.sessions.items())},
        "demanded_consents": {id: list(scopes) for id, scopes in list(state.demands.consents.items())},
        "demanded_sessions": {
            id: {"session": _session(session), "message": message}
            for id, (session, message) in list(state.demands.sessions.items())
        },
    }


def restore(state: State, document: Document) -> None:
    """Give a new state what another one knew.

    :raises KeyError: The document is not complete.
    :raises ValueError: It is of another version.
    """
    if document["version"] != _VERSION:
        raise ValueError("Another version")
    state.identities.clear()
    for one in document["identities"]:
        state.identities.add(Identity(**one))
    (state.user,) = state.identities.with_ids([document["user"]])
    state.clients.clear()
    for one in document["clients"]:
        client = OAuthClient(**{**one, "redirect_uris": tuple(one["redirect_uris"])})
        state.clients[client.client_id] = client
    state.client = state.clients[document["client"]]
    state.native_client = state.clients[document["native_client"]]
    for one in document["collections"]:
        # A host was made before its guests.
        host = state.collections.get(one["host"] or "")
        state.collections.restore(Collection(**{**one, "folder": Path(one["folder"]), "host": host}))
    state.groups = {id: set(members) for id, members in document["groups"].items()}
    for name, records in _records(state).items():
        for one in document["records"][name]:
            records.add(one)
    state.registry.consents.all = list(document["consents"])
    state.tokens.load(document["tokens"], state.identities)
    state.sessions = {login: _read_session(one) for login, one in document["sessions"].items()}
    state.demands.consents = {id: tuple(scopes) for id, scopes in document["demanded_consents"].items()}
    state.demands.sessions = {
        id: (_read_session(one["session"]), one["message"]) for id, one in document["demanded_sessions"].items()
    }


def _records(state: State) -> dict[str, Records]:
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


def _collection(collection: Collection) -> Document:
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


def _session(session: Session) -> Document:
    return {
        "identities": sorted(session.identities),
        "domains": sorted(session.domains),
        "policies": sorted(session.policies),
        "mfa": session.mfa,
    }


def _read_session(document: Document) -> Session:
    return Session(
        frozenset(document["identities"]),
        frozenset(document["domains"]),
        frozenset(document["policies"]),
        document["mfa"],
    )
