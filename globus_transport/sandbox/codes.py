"""Authorization codes, which work once and not for long."""

import threading
import uuid
from dataclasses import dataclass, field

from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.demands import Session
from globus_transport.sandbox.identities import Identity

_LIFETIME = 600.0


@dataclass(eq=False, slots=True)
class AuthorizationCode:
    """An approval that waits to be exchanged. Its methods are those by which Authlib asks about a code."""

    value: str = field(repr=False)
    client_id: str
    user: Identity
    redirect_uri: str
    scope: str
    offline: bool
    state: str | None = field(repr=False)
    nonce: str | None = field(repr=False)
    code_challenge: str | None = field(repr=False)
    code_challenge_method: str | None
    expires_at: float = 0.0
    used: bool = False
    session: Session = field(default_factory=Session)
    login: str = field(default_factory=lambda: str(uuid.uuid4()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class CodeStore:
    """All authorization codes of one sandbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_value: dict[str, AuthorizationCode] = {}

    def add(self, code: AuthorizationCode) -> None:
        """Make a code good, for ten minutes from now."""
        code.expires_at = self._clock.now() + _LIFETIME
        with self._lock:
            self._by_value[code.value] = code

    def find(self, value: str, client_id: str) -> AuthorizationCode | None:
        """The client's code, used or not, unless it has expired."""
        with self._lock:
            code = self._by_value.get(value)
            return code if code and code.client_id == client_id and code.expires_at > self._clock.now() else None

    def claim(self, code: AuthorizationCode) -> bool:
        """Use a code up. Of several at once, only the first gets True."""
        with self._lock:
            first = not code.used
            code.used = True
            return first

    def __repr__(self) -> str:
        return f"CodeStore({len(self._by_value)} codes)"
