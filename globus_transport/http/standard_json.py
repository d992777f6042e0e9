"""JSON by the standard library: what counts as right, and what is fast enough for a short program."""

from __future__ import annotations

import json
from typing import Any

loads = json.loads


def dumps(value: Any) -> bytes:
    """See :func:`globus_transport.http.json.dumps`."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
