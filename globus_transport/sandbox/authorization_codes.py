"""Authorization codes (RFC 6749, section 4.1). A code works once, and for ten minutes."""

from __future__ import annotations

import threading
import time
import uuid
from itertools import takewhile

import attrs

from globus_transport.sandbox.access_requirements import LoginSession
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.identities import Identity

_LIFETIME = 600.0


@attrs.define(eq=False)
class AuthorizationCode:
    """A code that was issued, with the methods that Authlib calls on it.

    :ivar offline: whether the client asked for refresh tokens
    :ivar session: how the user logged in
    :ivar login: an id of the approval, which all its tokens share
    """

    value: str = attrs.field(repr=False)
    client_id: str
    user: Identity
    redirect_uri: str
    scope: str
    offline: bool
    state: str | None = attrs.field(repr=False)
    nonce: str | None = attrs.field(repr=False)
    code_challenge: str | None = attrs.field(repr=False)
    code_challenge_method: str | None
    expires_at: float = 0.0
    used: bool = False
    session: LoginSession = attrs.field(factory=LoginSession)
    login: str = attrs.field(factory=lambda: str(uuid.uuid4()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class CodeStore:
    """All authorization codes of one sandbox, without those that have expired."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_value: dict[str, AuthorizationCode] = {}

    def add(self, code: AuthorizationCode) -> None:
        """Store a code. It expires ten minutes from now."""
        code.expires_at = self._clock.now() + _LIFETIME
        # By the real time, which the sandbox's clock goes back to when it is reset.
        now = time.time()
        with self._lock:
            for expired in list(takewhile(lambda other: other.expires_at <= now, self._by_value.values())):
                del self._by_value[expired.value]
            self._by_value[code.value] = code

    def find(self, value: str, client_id: str) -> AuthorizationCode | None:
        """The client's code, used or not; ``None`` if it is unknown or has expired."""
        with self._lock:
            code = self._by_value.get(value)
            return code if code and code.client_id == client_id and code.expires_at > self._clock.now() else None

    def claim(self, code: AuthorizationCode) -> bool:
        """Mark a code as used.

        :return: whether the code was unused; of several calls at once, one gets ``True``
        """
        with self._lock:
            was_unused = not code.used
            code.used = True
            return was_unused

    def clear(self) -> None:
        """Forget all codes."""
        with self._lock:
            self._by_value.clear()

    def __repr__(self) -> str:
        return f"CodeStore({len(self._by_value)} codes)"
