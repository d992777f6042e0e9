"""Reads the Retry-After header (RFC 9110, section 10.2.3): seconds or a date."""

from __future__ import annotations

import time
from datetime import UTC
from email.utils import parsedate_to_datetime

from globus_transport.http.messages import Response


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks to wait, never negative; ``None`` if the header is missing or malformed."""
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - time.time())
