"""Consents and sessions that a collection requires of the tokens that use it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.scopes import TRANSFER, Scope

TRANSFER_ALL = f"urn:globus:auth:scope:{TRANSFER}:all"
DEFAULT_MESSAGE = "The collection requires a newer login"


def data_access_scope(collection_id: str) -> str:
    """The scope that gives Transfer access to a user's data on a mapped collection."""
    return f"https://auth.globus.org/scopes/{collection_id}/data_access"


@attrs.frozen
class LoginSession:
    """Properties of a login: those that a user has, or those that a collection requires.

    :ivar identities: ids and usernames
    :ivar domains: of usernames; of several required domains, one is enough
    :ivar policies: ids of authentication policies
    :ivar time: of the login, in seconds since the epoch; ``None`` for what a collection requires
    """

    identities: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    mfa: bool = False
    time: float | None = None

    def satisfies(self, required: LoginSession) -> bool:
        """Whether a login with these properties meets the required ones."""
        return (
            required.identities <= self.identities
            and (not required.domains or bool(required.domains & self.domains))
            and required.policies <= self.policies
            and self.mfa >= required.mfa
        )

    def authorization_parameters(self, message: str) -> Document:
        """The ``authorization_parameters`` of the error that asks for a login with these properties."""
        document: Document = {"session_message": message}
        for name, values in (
            ("session_required_identities", self.identities),
            ("session_required_single_domain", self.domains),
            ("session_required_policies", self.policies),
        ):
            if values:
                document[name] = sorted(values)
        if self.mfa:
            document["session_required_mfa"] = True
        return document


def session_from_parameters(parameters: Mapping[str, str], user_id: str, username: str) -> LoginSession:
    """The session of a user who logs in at an authorize URL with these query parameters."""

    def names(key: str) -> frozenset[str]:
        return frozenset(name for name in parameters.get(key, "").split(",") if name)

    # Every login proves the user's own id, username and domain.
    return LoginSession(
        identities=names("session_required_identities") | {user_id, username},
        domains=names("session_required_single_domain") | {username.rpartition("@")[2]},
        policies=names("session_required_policies"),
        mfa=parameters.get("session_required_mfa", "").lower() == "true",
    )


@attrs.define
class AccessRequirements:
    """What the collections of one sandbox require, by collection id.

    :ivar consents: the scopes that the token's Transfer scope must have as dependencies
    :ivar sessions: the required session, and the message for the user in the error
    """

    consents: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    sessions: dict[str, tuple[LoginSession, str]] = attrs.field(factory=dict)

    def missing_consents(self, collection_id: str, scopes: tuple[Scope, ...]) -> list[str]:
        """The scopes to request if a token with ``scopes`` lacks a consent; none if it has them all."""
        transfer_scopes = [scope for scope in scopes if scope.name == TRANSFER_ALL]
        granted = {dependency.name for scope in transfer_scopes for dependency in scope.dependencies}
        required = self.consents.get(collection_id, ())
        if set(required) <= granted:
            return []
        return [f"{TRANSFER_ALL}[{' '.join(f'*{name}' for name in required)}]"]
