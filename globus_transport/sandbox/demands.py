"""What a collection demands of whoever uses it: a consent, or a login of a certain kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.scopes import TRANSFER, Scope

TRANSFER_ALL = f"urn:globus:auth:scope:{TRANSFER}:all"
MESSAGE = "The collection demands a newer login"


def data_access(collection_id: str) -> str:
    """The scope by which users let Transfer work with their data on a mapped collection."""
    return f"https://auth.globus.org/scopes/{collection_id}/data_access"


@dataclass(frozen=True, slots=True)
class Session:
    """How someone logged in, or how they have to."""

    identities: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    mfa: bool = False

    def fulfils(self, wanted: "Session") -> bool:
        """Whether a login of this kind is enough; of several domains, one is."""
        return (
            wanted.identities <= self.identities
            and (not wanted.domains or bool(wanted.domains & self.domains))
            and wanted.policies <= self.policies
            and self.mfa >= wanted.mfa
        )

    def parameters(self, message: str) -> Document:
        """The ``authorization_parameters`` of the error that demands it."""
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


def session_of(parameters: Mapping[str, str], user_id: str, username: str) -> Session:
    """The session that a login with these parameters of an authorize address brings."""

    def names(key: str) -> frozenset[str]:
        return frozenset(name for name in parameters.get(key, "").split(",") if name)

    # Who logs in proves who they are: their own id, name and domain are part of every session.
    return Session(
        identities=names("session_required_identities") | {user_id, username},
        domains=names("session_required_single_domain") | {username.rpartition("@")[2]},
        policies=names("session_required_policies"),
        mfa=parameters.get("session_required_mfa", "").lower() == "true",
    )


@dataclass(slots=True)
class Demands:
    """What the collections of one sandbox demand, by collection id."""

    consents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sessions: dict[str, tuple[Session, str]] = field(default_factory=dict)

    def missing_consents(self, collection_id: str, scopes: tuple[Scope, ...]) -> list[str]:
        """The scopes to ask for, if a token with these scopes lacks a consent."""
        granted = {inner.name for scope in scopes if scope.name == TRANSFER_ALL for inner in scope.dependencies}
        wanted = self.consents.get(collection_id, ())
        if set(wanted) <= granted:
            return []
        return [f"{TRANSFER_ALL}[{' '.join(f'*{name}' for name in wanted)}]"]
