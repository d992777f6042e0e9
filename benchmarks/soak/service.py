"""What the faulty server knows: its tokens, and the requests that may be carried out once only."""

from __future__ import annotations

import json
import time
from collections import Counter
from random import Random
from urllib.parse import parse_qs

FIRST_REFRESH_TOKEN = "refresh-0"
RESOURCE_SERVER = "soak"
SCOPE = "urn:globus:auth:scope:soak:all"

# Seconds that an access token lives. A storage does not take over tokens that have less than five: some live longer.
_LIFETIMES = (1, 2, 2, 8)
# Seconds after which the current access token is refused before its time.
_REVOCATIONS = 2.0


class Service:
    """Tokens with rotation, and counts. A refresh token can be used once.

    :ivar counts: what went wrong, and how much was done
    """

    def __init__(self, random: Random) -> None:
        self.counts: Counter[str] = Counter()
        self._random = random
        self._refresh_token = FIRST_REFRESH_TOKEN
        self._access_tokens: dict[str, float] = {}
        self._next_revocation = time.monotonic() + _REVOCATIONS
        self._begun: set[str] = set()

    def accepts(self, authorization: str) -> bool:
        """Whether a request has an access token that is valid. At times a valid one is revoked."""
        token = authorization.removeprefix("Bearer ")
        now = time.monotonic()
        if self._access_tokens.get(token, 0.0) < now:
            self.counts["refused tokens"] += 1
            return False
        if now >= self._next_revocation:
            self._next_revocation = now + _REVOCATIONS * (0.5 + self._random.random())
            del self._access_tokens[token]
        return True

    def begin(self, method: str, call_id: str) -> None:
        """Note a request that is not refused: from here on it may have been carried out."""
        self.counts["requests"] += 1
        if method == "POST":
            if call_id in self._begun:
                self.counts["doubled requests"] += 1
            self._begun.add(call_id)

    def check_body(self, call_id: str, body: bytes) -> None:
        """Compare the body of a request with what its call sends."""
        unit = f"{call_id}|".encode()
        if body != unit * (len(body) // len(unit)):
            self.counts["mixed up requests"] += 1

    def grant(self, form: bytes) -> tuple[int, bytes]:
        """The status and document that answer a refresh grant. The refresh token is replaced."""
        given = parse_qs(form.decode("ascii")).get("refresh_token", [""])[0]
        if given != self._refresh_token:
            self.counts["doubled grants"] += 1
            return 400, b'{"error": "invalid_grant"}'
        self.counts["grants"] += 1
        number = self.counts["grants"]
        lifetime = self._random.choice(_LIFETIMES)
        now = time.monotonic()
        self._refresh_token = f"refresh-{number}"
        self._access_tokens = {token: end for token, end in self._access_tokens.items() if end > now}
        self._access_tokens[f"access-{number}"] = now + lifetime
        document = {
            "access_token": f"access-{number}",
            "refresh_token": self._refresh_token,
            "expires_in": lifetime,
            "token_type": "Bearer",
            "scope": SCOPE,
            "resource_server": RESOURCE_SERVER,
            "other_tokens": [],
        }
        return 200, json.dumps(document).encode()
