"""An access token as an authorizer holds it."""

from __future__ import annotations

import math
import time

#: A token is renewed this many seconds before it expires, or after three quarters of a short life.
MARGIN = 60.0


class AccessToken:
    """An access token. Nothing about it changes but that a server may reject it.

    :ivar value: the token
    :ivar header: the Authorization header that carries it
    :ivar expires_at: seconds since the epoch; ``None`` if nobody knows, then it serves until it is refused
    :ivar lifetime: the seconds it was issued for, if they are known
    :ivar rejected: whether a server answered it with 401
    :ivar stale_at: from when on it is renewed before use, in seconds since the epoch
    """

    __slots__ = ("expires_at", "header", "lifetime", "rejected", "stale_at", "value")

    def __init__(
        self, value: str, header: str, expires_at: int | None, lifetime: float | None = None, rejected: bool = False
    ) -> None:
        self.value = value
        self.header = header
        self.expires_at = expires_at
        self.lifetime = lifetime
        self.rejected = rejected
        margin = MARGIN if lifetime is None else min(MARGIN, lifetime / 4)
        stale_at = math.inf if expires_at is None else expires_at - margin
        self.stale_at = -math.inf if rejected else stale_at

    def reject(self) -> None:
        """A server answered it with 401. Whoever holds it sees that; a newer token is not touched."""
        self.rejected = True
        self.stale_at = -math.inf

    def is_stale(self) -> bool:
        """Whether it should be renewed before it is used."""
        return time.time() >= self.stale_at
