"""What the loopback server knows and counts: its tokens, and what arrived."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qs

FIRST_REFRESH_TOKEN = "refresh-0"

#: The length of the file from which long bodies are sent, in bytes.
ZEROS = 1 << 24

#: A small document, about as long as Transfer's answers are.
TASK = json.dumps(
    {
        "DATA_TYPE": "task",
        "task_id": "7a2f6d2e-8a0f-11ef-9b1c-0242ac110002",
        "label": "nightly copy of the detector's frames",
        "status": "ACTIVE",
        "source_endpoint_id": "ddb59aef-6d04-11e5-ba46-22000b92c6ec",
        "destination_endpoint_id": "ddb59af0-6d04-11e5-ba46-22000b92c6ec",
        "files": 1832,
        "files_transferred": 977,
        "bytes_transferred": 88123412734,
        "request_time": "2024-10-14T08:15:12+00:00",
        "is_ok": True,
        "faults": 0,
    }
).encode()


class Service:
    """Tokens, with rotation: a refresh token is good for one grant.

    :ivar counts: what arrived since the last reset
    :ivar zeros: a file of nothing else
    """

    def __init__(self) -> None:
        self.zeros = tempfile.TemporaryFile()  # noqa: SIM115, it is open as long as the server runs
        self.zeros.write(bytes(ZEROS))
        self.zeros.flush()
        self.reset(0.0)

    def reset(self, token_delay: float) -> None:
        """Begin anew, with no access token issued.

        :param token_delay: seconds that the token endpoint takes
        """
        self.counts: Counter[str] = Counter()
        self.token_delay = token_delay
        self.forget_access_tokens()
        self._grants = 0
        self._refresh_token = FIRST_REFRESH_TOKEN

    def forget_access_tokens(self) -> None:
        """From now on every access token is refused."""
        self._access_tokens: set[str] = set()

    def accepts(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries an access token that was issued here."""
        accepted = headers.get("authorization", "").removeprefix("Bearer ") in self._access_tokens
        self.counts["guarded, let in" if accepted else "guarded, refused"] += 1
        return accepted

    def grant(self, form: bytes) -> tuple[int, bytes]:
        """The status and document that answer a refresh grant."""
        self.counts["grants"] += 1
        given = parse_qs(form.decode("ascii")).get("refresh_token", [""])[0]
        if given != self._refresh_token:
            self.counts["grants refused"] += 1
            return 400, b'{"error": "invalid_grant"}'
        self._grants += 1
        self._refresh_token = f"refresh-{self._grants}"
        access_token = f"access-{self._grants}"
        self._access_tokens.add(access_token)
        reply = {
            "access_token": access_token,
            "refresh_token": self._refresh_token,
            "expires_in": 172800,
            "token_type": "Bearer",
            "scope": "urn:globus:auth:scope:transfer.api.globus.org:all",
            "resource_server": "transfer.api.globus.org",
            "other_tokens": [],
        }
        return 200, json.dumps(reply).encode()

    def arrived_elsewhere(self, headers: Mapping[str, str]) -> None:
        """Count a request that came to an origin which is not the client's own."""
        self.counts["elsewhere"] += 1
        if "authorization" in headers:
            self.counts["elsewhere with a token"] += 1
