"""The people and the programs that a sandbox knows."""

import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

IDENTITY_PROVIDER = "41143743-f3c8-4d60-bbdb-eeecaba85bd9"
# Where everybody in a sandbox logs in, whatever the domain of their name is.
PROVIDERS: list[dict[str, Any]] = [
    {
        "id": IDENTITY_PROVIDER,
        "name": "Sandbox",
        "short_name": "sandbox",
        "alternative_names": [],
        "domains": ["sandbox.example"],
    }
]


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone who can log in. A ``status`` of ``unused`` means that nobody has yet."""

    username: str
    name: str | None = None
    email: str | None = None
    organization: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "used"

    def document(self) -> dict[str, str | None]:
        """What the identities route says of it."""
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
        """Make an identity known; adding it again changes nothing."""
        with self._lock:
            return self._by_id.setdefault(identity.id, identity)

    def all(self) -> list[Identity]:
        """All identities, oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._by_id.clear()

    def with_ids(self, ids: Iterable[str]) -> list[Identity]:
        """Those of the ids that are known."""
        with self._lock:
            return [self._by_id[id] for id in ids if id in self._by_id]

    def with_usernames(self, usernames: Iterable[str], provision: bool) -> list[Identity]:
        """Those of the usernames that are known; with ``provision`` the others are made first."""
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
