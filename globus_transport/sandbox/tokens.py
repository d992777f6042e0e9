"""Access and refresh tokens: minting, lookup and revocation."""

from __future__ import annotations

import math
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Literal

import attrs

from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.identities import Identities, Identity
from globus_transport.sandbox.scopes import Scope, group_by_resource_server, parse, to_text, to_tree_text

# Stands for a secret in a repr, which a failed test or a debug log may print.
HIDDEN = "<hidden>"
# Fewer tokens are not worth a look at each of them.
_FEW = 1000
_PLAIN_FIELDS = ("value", "kind", "client_id", "resource_server", "login", "issued_at", "state")


@attrs.frozen
class SandboxToken:
    """Tokens for one resource server, as an application stores them.

    :param access_token: the access token
    :param refresh_token: ``None`` if there is none
    :param expires_at_seconds: of the access token, in seconds since the epoch
    :param resource_server: the name of the service, as token replies have it
    :param scope: the scopes, separated by spaces
    """

    access_token: str = attrs.field(repr=False)
    refresh_token: str | None = attrs.field(repr=False)
    expires_at_seconds: int
    resource_server: str
    scope: str


@attrs.define(eq=False)
class Credential:
    """A token, with the methods that Authlib calls on it.

    :ivar login: the id of the approval that the token comes from; refreshed tokens keep it
    :ivar state: ``replaced`` is a refresh token that was used
    """

    value: str = attrs.field(repr=False)
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
        # The store has the clock and returns only tokens that have not expired.
        return False

    def is_revoked(self) -> bool:
        return self.state != "good"

    @property
    def family(self) -> tuple[str, str]:
        """The key of all tokens of the same approval and resource server."""
        return self.login, self.resource_server


@attrs.frozen
class IssuedTokens:
    """An access token and its refresh token."""

    access: Credential
    refresh: Credential | None

    def to_sandbox_token(self) -> SandboxToken:
        """The tokens, as an application stores them."""
        return SandboxToken(
            access_token=self.access.value,
            refresh_token=self.refresh.value if self.refresh else None,
            expires_at_seconds=int(self.access.expires_at),
            resource_server=self.access.resource_server,
            scope=self.access.get_scope(),
        )

    def document(self) -> dict[str, Any]:
        """The document of a token response (RFC 6749, section 5.1)."""
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
    """All tokens of one sandbox, without those that have ended. Refresh tokens that were replaced stay.

    :param lifetime: returns the lifetime of a new access token, in seconds
    """

    def __init__(self, clock: Clock, lifetime: Callable[[], float]) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._by_value: dict[str, Credential] = {}
        self._most = _FEW
        self._revoked_families: set[tuple[str, str]] = set()
        self._revoked_logins: set[str] = set()

    def mint(
        self,
        client_id: str,
        user: Identity,
        scopes: Iterable[Scope],
        *,
        refresh: bool,
        login: str | None = None,
    ) -> list[IssuedTokens]:
        """Make tokens, one pair for each resource server. They are valid after :meth:`add`.

        :param refresh: whether to make refresh tokens
        :param login: the id of the approval; ``None`` for a new one
        :raises ScopeError: if a scope belongs to no known resource server
        """
        login = login or str(uuid.uuid4())
        now = self._clock.now()
        kinds: tuple[tuple[Literal["access", "refresh"], float], ...] = (
            ("access", now + self._lifetime()),
            ("refresh", math.inf),
        )
        issued: list[IssuedTokens] = []
        for server, server_scopes in group_by_resource_server(scopes).items():
            access_token, refresh_token = (
                Credential(
                    secrets.token_urlsafe(48), kind, client_id, user, server, server_scopes, login, now, expires_at
                )
                for kind, expires_at in kinds
            )
            issued.append(IssuedTokens(access_token, refresh_token if refresh else None))
        return issued

    def add(self, issued: Iterable[IssuedTokens]) -> None:
        """Make tokens valid, unless their family or their approval was revoked since they were minted."""
        with self._lock:
            self._forget_ended()
            for tokens in issued:
                for credential in (tokens.access, tokens.refresh):
                    if credential:
                        self._by_value[credential.value] = credential
                        if credential.family in self._revoked_families or credential.login in self._revoked_logins:
                            credential.state = "revoked"

    def find(self, value: str) -> Credential | None:
        """The token with this value; ``None`` if it is unknown, replaced, revoked or expired."""
        with self._lock:
            found = self._by_value.get(value)
            return found if found and found.state == "good" and found.expires_at > self._clock.now() else None

    def find_refresh(self, value: str) -> Credential | None:
        """The refresh token with this value; ``None`` if it is not valid.

        A replaced token may be stolen, so its use revokes its whole family (RFC 9700, section 4.14.2).
        """
        with self._lock:
            found = self._by_value.get(value)
            if found is None or found.kind != "refresh":
                return None
            if found.state == "replaced":
                self._revoke_family(found)
            return found if found.state == "good" else None

    def replace(self, refresh: Credential) -> bool:
        """Mark a refresh token as replaced by a new one.

        :return: whether it was valid; of several calls at once, one gets ``True``
        """
        with self._lock:
            if refresh.state == "good":
                refresh.state = "replaced"
                return True
            self._revoke_family(refresh)
            return False

    def revoke(self, credential: Credential) -> None:
        """Revoke a token. With a refresh token, its whole family is revoked."""
        with self._lock:
            credential.state = "revoked"
            if credential.kind == "refresh":
                self._revoke_family(credential)

    def revoke_login(self, login: str) -> None:
        """Revoke all tokens of one approval, also those that are added later."""
        with self._lock:
            self._revoked_logins.add(login)
            for credential in self._by_value.values():
                if credential.login == login:
                    credential.state = "revoked"

    def revoke_all_access(self) -> None:
        """Revoke every access token. Refresh tokens stay valid."""
        with self._lock:
            for credential in self._by_value.values():
                if credential.kind == "access":
                    credential.state = "revoked"

    def expire_all_access(self) -> None:
        """Expire every access token now. Refresh tokens stay valid."""
        now = self._clock.now()
        with self._lock:
            for credential in self._by_value.values():
                if credential.kind == "access":
                    credential.expires_at = min(credential.expires_at, now)

    def clear(self) -> None:
        """Forget all tokens."""
        with self._lock:
            self._by_value.clear()
            self._revoked_families.clear()
            self._revoked_logins.clear()

    def dump(self) -> dict[str, Any]:
        """All tokens that have not expired, with their values, as a JSON document."""
        now = self._clock.now()
        with self._lock:
            tokens = [
                {
                    **{name: getattr(credential, name) for name in _PLAIN_FIELDS},
                    "user": credential.user.id,
                    "scopes": to_tree_text(credential.scopes),
                    # JSON has no infinity.
                    "expires_at": None if math.isinf(credential.expires_at) else credential.expires_at,
                }
                for credential in self._by_value.values()
                if credential.expires_at > now
            ]
            return {"tokens": tokens, "ended_families": sorted(self._revoked_families)}

    def load(self, document: dict[str, Any], identities: Identities) -> None:
        """Add the tokens of a document that :meth:`dump` returned."""
        with self._lock:
            for token in document["tokens"]:
                (user,) = identities.find_by_ids([token["user"]])
                expires_at = math.inf if token["expires_at"] is None else token["expires_at"]
                fields = {**token, "user": user, "scopes": parse(token["scopes"]), "expires_at": expires_at}
                self._by_value[token["value"]] = Credential(**fields)
            self._revoked_families |= {(login, server) for login, server in document["ended_families"]}

    def _forget_ended(self) -> None:
        # Only when there are twice as many tokens as the last time, so that few calls look at all of them.
        if len(self._by_value) < self._most:
            return
        # By the real time, which the sandbox's clock goes back to when it is reset.
        now = time.time()
        self._by_value = {
            value: credential
            for value, credential in self._by_value.items()
            if credential.state != "revoked" and credential.expires_at > now
        }
        self._most = max(_FEW, 2 * len(self._by_value))

    def _revoke_family(self, credential: Credential) -> None:
        self._revoked_families.add(credential.family)
        for other in self._by_value.values():
            if other.family == credential.family:
                other.state = "revoked"

    def __repr__(self) -> str:
        return f"TokenStore({len(self._by_value)} tokens)"
