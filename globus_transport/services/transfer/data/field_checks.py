"""What transfer and delete documents have in common."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING, MissingType


def check_id(name: str, value: Any) -> str:
    """A collection's or submission's id.

    :raises GlobusSDKUsageError: if it is empty, or neither text nor a UUID
    """
    if not isinstance(value, (str, uuid.UUID)) or not str(value):
        raise GlobusSDKUsageError(f"{name}: expected a UUID or text, got {value!r}")
    return str(value)


def check_optional_id(name: str, value: uuid.UUID | str | MissingType | None) -> str | MissingType | None:
    """An id, or what stands for none."""
    return value if value is None or isinstance(value, MissingType) else check_id(name, value)


def check_path(name: str, value: Any) -> str:
    """A path on a collection.

    :raises GlobusSDKUsageError: if it is empty or not text
    """
    if not isinstance(value, str) or not value:
        raise GlobusSDKUsageError(f"{name}: expected the text of a path, got {value!r}")
    return value


def format_deadline(value: datetime.datetime | str | MissingType | None) -> str | MissingType | None:
    """A deadline as the service reads it: text, with a space between date and time.

    :raises GlobusSDKUsageError: if it is neither a datetime nor text
    """
    if isinstance(value, datetime.datetime):
        return str(value)
    if value is None or isinstance(value, (str, MissingType)):
        return value
    raise GlobusSDKUsageError(f"deadline: expected a datetime or text, got {value!r}")


def check_optional_texts(**values: Any) -> dict[str, Any]:
    """Fields that hold text, if anything.

    :raises GlobusSDKUsageError: if one holds something else
    """
    return _optional(str, "text", values)


def check_optional_ints(**values: Any) -> dict[str, Any]:
    """Fields that hold a whole number, if anything.

    :raises GlobusSDKUsageError: if one holds something else
    """
    return _optional(int, "a whole number", values)


def check_optional_bools(**values: Any) -> dict[str, Any]:
    """Fields that are true or false, if anything.

    :raises GlobusSDKUsageError: if one holds something else
    """
    return _optional(bool, "True or False", values)


def _optional(kind: type, words: str, values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        # None is JSON's null. A truth value is an int in Python, yet no number to the service.
        is_right = value is None or value is MISSING or isinstance(value, kind)
        if not is_right or (isinstance(value, bool) and kind is int):
            raise GlobusSDKUsageError(f"{name}: expected {words}, got {value!r}")
    return values
