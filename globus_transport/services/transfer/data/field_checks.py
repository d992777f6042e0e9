"""Checks and encodes the paths and deadlines of the documents that are submitted."""

from __future__ import annotations

import datetime
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MissingType


def check_path(name: str, value: Any) -> str:
    """Check a path on a collection.

    :raises GlobusSDKUsageError: if it is empty or not text
    """
    if not isinstance(value, str) or not value:
        raise GlobusSDKUsageError(f"{name}: expected the text of a path, got {value!r}")
    return value


def format_deadline(value: datetime.datetime | str | MissingType | None) -> str | MissingType | None:
    """Format a deadline for the service: text, with a space between date and time.

    :raises GlobusSDKUsageError: if it is neither a datetime nor text
    """
    if isinstance(value, datetime.datetime):
        return str(value)
    if value is None or isinstance(value, (str, MissingType)):
        return value
    raise GlobusSDKUsageError(f"deadline: expected a datetime or text, got {value!r}")
