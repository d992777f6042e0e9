"""Routes of the control API for what a sandbox holds: collections, identities and groups."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.access_requirements import DEFAULT_MESSAGE
from globus_transport.sandbox.collections import ENTITY_TYPES, Collection
from globus_transport.sandbox.control.bodies import ControlError, read_body, require, texts
from globus_transport.sandbox.control.sandbox_routes import collection_document
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.local_globus import LocalGlobus


def install_content_routes(app: Flask, sandbox: LocalGlobus, prefix: str) -> None:
    """Add the routes to an application."""
    collections = f"{prefix}/collections"

    def find(collection_id: str) -> Collection:
        for collection in sandbox.collections:
            if collection.id == collection_id:
                return collection
        raise ControlError(404, f"no collection has the id {collection_id!r}")

    @app.get(collections)
    def get_collections() -> ResponseReturnValue:
        """The collections, and the folders of this machine that they are."""
        return {"collections": [collection_document(collection) for collection in sandbox.collections]}

    @app.post(collections)
    def add_collection() -> ResponseReturnValue:
        """Add a collection: ``display_name``, and if wanted ``folder``, ``owner`` (a username) and ``entity_type``."""
        given = read_body(display_name=str, folder=str, owner=str, entity_type=str)
        kind: Any = given.get("entity_type", ENTITY_TYPES[0])
        if kind not in ENTITY_TYPES:
            raise ControlError(400, f"entity_type={kind!r}: give one of {', '.join(ENTITY_TYPES)}")
        owner = find_person(sandbox, given["owner"]) if "owner" in given else None
        try:
            added = sandbox.add_collection(
                require(given, "display_name"), given.get("folder"), owner=owner, entity_type=kind
            )
        except OSError as error:
            raise ControlError(400, f"the folder cannot be used: {error.strerror}") from error
        return collection_document(added), 201

    @app.put(f"{collections}/<collection_id>/demands")
    def demand(collection_id: str) -> ResponseReturnValue:
        """Demand ``consents`` (scopes; an empty list for ``data_access``) or a ``session`` of who uses a collection."""
        collection, given = find(collection_id), read_body(consents=list, session=dict)
        session = given.get("session", {})
        if unknown := {*session} - {"identities", "domains", "policies", "mfa", "message"}:
            raise ControlError(400, f"session: {min(unknown)!r} is not known")
        mfa, message = session.get("mfa", False), session.get("message", DEFAULT_MESSAGE)
        if not isinstance(mfa, bool) or not isinstance(message, str):
            raise ControlError(400, "session: mfa is true or false, message a text")
        identities, domains = texts(session, "identities"), texts(session, "domains")
        policies, consents = texts(session, "policies"), texts(given, "consents")
        # All is read by now: what is refused changes nothing.
        if "consents" in given:
            sandbox.require_consent(collection, *consents)
        if "session" in given:
            sandbox.require_session(
                collection, identities=identities, domains=domains, policies=policies, mfa=mfa, message=message
            )
        return {}

    @app.delete(f"{collections}/<collection_id>/demands")
    def lift_demands(collection_id: str) -> ResponseReturnValue:
        """Demand nothing of who uses a collection."""
        sandbox.lift_demands(find(collection_id))
        return {}

    @app.get(f"{prefix}/identities")
    def get_identities() -> ResponseReturnValue:
        """The identities of people and of clients."""
        return {"identities": [identity.document() for identity in sandbox._state.identities.all()]}

    @app.post(f"{prefix}/identities")
    def add_identity() -> ResponseReturnValue:
        """Add an identity: ``username``, and if wanted ``id``, ``name``, ``email`` and ``organization``."""
        given = read_body(id=str, username=str, name=str, email=str, organization=str)
        if "@" not in require(given, "username"):
            raise ControlError(400, f"username={given['username']!r}: give one such as 'grace@sandbox.example'")
        return sandbox.add_identity(Identity(**given)).document(), 201

    @app.post(f"{prefix}/groups")
    def add_group() -> ResponseReturnValue:
        """Add a group of ``members``, which are usernames."""
        members = texts(read_body(members=list), "members")
        return {"id": sandbox.add_group(*(find_person(sandbox, username) for username in members))}, 201


def find_person(sandbox: LocalGlobus, username: str) -> Identity:
    """The identity with a username.

    :raises ControlError: if there is none
    """
    found = sandbox._state.identities.find_by_usernames([username], provision=False)
    if not found:
        raise ControlError(400, f"no identity has the username {username!r}; add it first")
    return found[0]
