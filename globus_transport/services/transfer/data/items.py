"""What transfer and delete documents have in common."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.missing import MISSING, MissingType


def id_text(name: str, value: Any) -> str:
    """A collection's or submission's id.

    :raises GlobusSDKUsageError: if it is empty, or neither text nor a UUID
    """
    if not isinstance(value, (str, uuid.UUID)) or not str(value):
        raise GlobusSDKUsageError(f"{name}: expected a UUID or text, got {value!r}")
    return str(value)


def optional_id(name: str, value: uuid.UUID | str | MissingType) -> str | MissingType:
    """An id, or MISSING."""
    return value if isinstance(value, MissingType) else id_text(name, value)


def path_text(name: str, value: Any) -> str:
    """A path on a collection.

    :raises GlobusSDKUsageError: if it is empty or not text
    """
    if not isinstance(value, str) or not value:
        raise GlobusSDKUsageError(f"{name}: expected the text of a path, got {value!r}")
    return value


def deadline_text(value: datetime.datetime | str | MissingType) -> str | MissingType:
    """A deadline as the service reads it: text, with a space between date and time."""
    return str(value) if value is not MISSING else MISSING
