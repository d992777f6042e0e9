"""Identities: users and clients that a sandbox knows."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from typing import Any

import attrs

from globus_transport.sandbox.json_bodies import check_text

IDENTITY_PROVIDER = "41143743-f3c8-4d60-bbdb-eeecaba85bd9"
#: Of the usernames of clients.
CLIENT_DOMAIN = "clients.auth.globus.org"
#: The only identity provider. All users log in there, whatever the domain of their username.
PROVIDERS: list[dict[str, Any]] = [
    {
        "id": IDENTITY_PROVIDER,
        "name": "Sandbox",
        "short_name": "sandbox",
        "alternative_names": [],
        "domains": ["sandbox.example"],
    }
]


@attrs.frozen
class Identity:
    """An identity of Globus Auth.

    :raises ValueError: if a text cannot be sent as UTF-8
    :ivar username: such as ``ada@sandbox.example``
    :ivar name: of the person; ``None`` if unknown
    :ivar email: ``None`` if unknown
    :ivar organization: ``None`` if unknown
    :ivar id: a UUID
    :ivar status: ``unused`` before the first login with it, else ``used``
    """

    username: str
    name: str | None = None
    email: str | None = None
    organization: str | None = None
    id: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    status: str = "used"

    def __attrs_post_init__(self) -> None:
        # An ID token holds all of them.
        for name, value in attrs.asdict(self).items():
            check_text(name, value)

    @property
    def is_person(self) -> bool:
        """Whether a person logs in with it. A client has an identity, too."""
        return not self.username.endswith(f"@{CLIENT_DOMAIN}")

    def document(self) -> dict[str, str | None]:
        """The document of the identities route."""
        return {
            "id": self.id,
            "username": self.username,
            "name": self.name,
            "email": self.email,
            "organization": self.organization,
            "status": self.status,
            "identity_provider": IDENTITY_PROVIDER,
            "identity_type": "login",
        }


class Identities:
    """All identities of one sandbox."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Identity] = {}

    def add(self, identity: Identity) -> Identity:
        """Add an identity, if no other has its id.

        :return: the identity with this id
        """
        with self._lock:
            return self._by_id.setdefault(identity.id, identity)

    def log_in(self, username: str) -> Identity:
        """The identity with this username, which is added if there is none, as one that has logged in."""
        (found,) = self.find_by_usernames([username], provision=True)
        if found.status == "used":
            return found
        # The sandbox knows no more of a person than the username. Programs show a name.
        name = found.name or found.username
        used = attrs.evolve(found, name=name, email=found.email or found.username, status="used")
        with self._lock:
            self._by_id[used.id] = used
        return used

    def all(self) -> list[Identity]:
        """All identities, oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def clear(self) -> None:
        """Remove all identities."""
        with self._lock:
            self._by_id.clear()

    def find_by_ids(self, ids: Iterable[str]) -> list[Identity]:
        """The identities with these ids; unknown ids are left out."""
        with self._lock:
            return [self._by_id[id] for id in ids if id in self._by_id]

    def find_by_usernames(self, usernames: Iterable[str], provision: bool) -> list[Identity]:
        """The identities with these usernames, in any case.

        :param provision: whether to add identities for unknown usernames, which are left out otherwise
        """
        found: list[Identity] = []
        with self._lock:
            known = {identity.username.lower(): identity for identity in self._by_id.values()}
            for username in usernames:
                identity = known.get(username.lower())
                if identity is None and provision:
                    identity = Identity(username, status="unused")
                    self._by_id[identity.id] = known[username.lower()] = identity
                if identity is not None:
                    found.append(identity)
        return found
