"""Access and refresh tokens: making them, finding them, ending them."""

import math
import secrets
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.identities import Identities, Identity
from globus_transport.sandbox.scopes import Scope, by_resource_server, parse, to_text, to_tree_text

# Secrets print when a test fails or a log is at debug level, unless something stops them.
HIDDEN = "<hidden>"
_PLAIN = ("value", "kind", "client_id", "resource_server", "login", "issued_at", "state")


@dataclass(frozen=True, slots=True)
class SandboxToken:
    """Tokens for one resource server, as an application would store them."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at_seconds: int
    resource_server: str
    scope: str


@dataclass(eq=False, slots=True)
class Credential:
    """A token that the service made. Its methods are those by which Authlib asks about a token.

    ``login`` is the one approval (a code, a call) that it came from in the end, however often it was refreshed.
    """

    value: str = field(repr=False)
    kind: Literal["access", "refresh"]
    client_id: str
    user: Identity
    resource_server: str
    scopes: tuple[Scope, ...]
    login: str
    issued_at: float
    expires_at: float
    state: Literal["good", "replaced", "revoked"] = "good"

    def check_client(self, client: OAuthClient) -> bool:
        return self.client_id == client.client_id

    def get_scope(self) -> str:
        return to_text(self.scopes)

    def is_expired(self) -> bool:
        # The store hands out live tokens only, and it alone has the clock.
        return False

    def is_revoked(self) -> bool:
        return self.state != "good"

    @property
    def family(self) -> tuple[str, str]:
        """Shared by all that come from the same approval and serve the same resource server."""
        return self.login, self.resource_server


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token and the refresh token that belongs to it."""

    access: Credential
    refresh: Credential | None

    def token(self) -> SandboxToken:
        return SandboxToken(
            access_token=self.access.value,
            refresh_token=self.refresh.value if self.refresh else None,
            expires_at_seconds=int(self.access.expires_at),
            resource_server=self.access.resource_server,
            scope=self.access.get_scope(),
        )

    def document(self) -> dict[str, Any]:
        """The token document of an answer."""
        document: dict[str, Any] = {
            "access_token": self.access.value,
            "token_type": "Bearer",
            "expires_in": int(self.access.expires_at - self.access.issued_at),
            "resource_server": self.access.resource_server,
            "scope": self.access.get_scope(),
        }
        if self.refresh:
            document["refresh_token"] = self.refresh.value
        return document


class TokenStore:
    """All tokens of one sandbox.

    :param clock: Tells what has expired.
    :param lifetime: Called for the lifetime of each new access token, in seconds.
    """

    def __init__(self, clock: Clock, lifetime: Callable[[], float]) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._by_value: dict[str, Credential] = {}
        self._ended_families: set[tuple[str, str]] = set()

    def mint(
        self,
        client_id: str,
        user: Identity,
        scopes: Iterable[Scope],
        *,
        refresh: bool,
        login: str | None = None,
    ) -> list[Issued]:
        """New tokens, one set for each resource server; good for nothing until they are added.

        :raises InvalidScope: A scope belongs to no resource server.
        """
        login = login or str(uuid.uuid4())
        now = self._clock.now()
        kinds: tuple[tuple[Literal["access", "refresh"], float], ...] = (
            ("access", now + self._lifetime()),
            ("refresh", math.inf),
        )
        made: list[Issued] = []
        for server, its_scopes in by_resource_server(scopes).items():
            access, renew = (
                Credential(secrets.token_urlsafe(48), kind, client_id, user, server, its_scopes, login, now, expires_at)
                for kind, expires_at in kinds
            )
            made.append(Issued(access, renew if refresh else None))
        return made

    def add(self, issued: Iterable[Issued]) -> None:
        """Make new tokens good, unless their family has ended since they were minted."""
        with self._lock:
            for pair in issued:
                for credential in (pair.access, pair.refresh):
                    if credential:
                        self._by_value[credential.value] = credential
                        if credential.family in self._ended_families:
                            credential.state = "revoked"

    def find(self, value: str) -> Credential | None:
        """The token, if it is good: neither replaced, revoked nor expired."""
        with self._lock:
            found = self._by_value.get(value)
            return found if found and found.state == "good" and found.expires_at > self._clock.now() else None

    def find_refresh(self, value: str) -> Credential | None:
        """The refresh token, if it is good.

        One that was replaced is in the wrong hands, or its answer was lost: nobody can tell, so all that came of the
        same login for this resource server ends.
        """
        with self._lock:
            found = self._by_value.get(value)
            if found is None or found.kind != "refresh":
                return None
            if found.state == "replaced":
                self._end_family(found)
            return found if found.state == "good" else None

    def replace(self, refresh: Credential) -> bool:
        """End a refresh token because a new one takes its place. Of several at once, only the first gets True."""
        with self._lock:
            if refresh.state == "good":
                refresh.state = "replaced"
                return True
            self._end_family(refresh)
            return False

    def revoke(self, credential: Credential) -> None:
        """End a token; a refresh token takes the access tokens of its resource server along."""
        with self._lock:
            credential.state = "revoked"
            if credential.kind == "refresh":
                self._end_family(credential)

    def revoke_login(self, login: str) -> None:
        """End all that came of one approval."""
        with self._lock:
            for credential in self._by_value.values():
                if credential.login == login:
                    credential.state = "revoked"

    def revoke_all_access(self) -> None:
        """End every access token; refresh tokens stay good."""
        with self._lock:
            for credential in self._by_value.values():
                if credential.kind == "access":
                    credential.state = "revoked"

    def expire_all_access(self) -> None:
        """Let every access token expire now; refresh tokens stay good."""
        now = self._clock.now()
        with self._lock:
            for credential in self._by_value.values():
                if credential.kind == "access":
                    credential.expires_at = min(credential.expires_at, now)

    def dump(self) -> dict[str, Any]:
        """All tokens that still matter, as a JSON document; it has their values in it."""
        now = self._clock.now()
        with self._lock:
            found = [
                {
                    **{name: getattr(one, name) for name in _PLAIN},
                    "user": one.user.id,
                    "scopes": to_tree_text(one.scopes),
                    # JSON has no infinity.
                    "expires_at": None if math.isinf(one.expires_at) else one.expires_at,
                }
                for one in self._by_value.values()
                if one.expires_at > now
            ]
            return {"tokens": found, "ended_families": sorted(self._ended_families)}

    def load(self, document: dict[str, Any], identities: Identities) -> None:
        """Add what ``dump`` gave."""
        with self._lock:
            for one in document["tokens"]:
                (user,) = identities.with_ids([one["user"]])
                expires_at = math.inf if one["expires_at"] is None else one["expires_at"]
                its = {**one, "user": user, "scopes": parse(one["scopes"]), "expires_at": expires_at}
                self._by_value[one["value"]] = Credential(**its)
            self._ended_families |= {(login, server) for login, server in document["ended_families"]}

    def _end_family(self, credential: Credential) -> None:
        self._ended_families.add(credential.family)
        for other in self._by_value.values():
            if other.family == credential.family:
                other.state = "revoked"

    def __repr__(self) -> str:
        return f"TokenStore({len(self._by_value)} tokens)"
