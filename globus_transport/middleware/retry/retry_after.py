"""Reads the Retry-After header (RFC 9110, section 10.2.3): seconds or a date."""

from __future__ import annotations

import time
from datetime import UTC
from email.utils import parsedate_to_datetime

from globus_transport.http.messages import Response


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks to wait, never negative; ``None`` if the header is missing or malformed.

    A date is counted from the response's own ``Date``, if it has one.
    """
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text.lstrip("0")[:12] or 0)
    moment = _moment(text)
    if moment is None:
        return None
    # The server's clock may be wrong; it is the one that both dates are from.
    now = _moment(response.headers.get("Date", ""))
    return max(0.0, moment - (time.time() if now is None else now))


def _moment(text: str) -> float | None:
    """A date of HTTP in seconds since the epoch."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
