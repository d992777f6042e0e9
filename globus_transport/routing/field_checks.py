"""Checks the fields of documents that are submitted. They raise :class:`GlobusSDKUsageError`, which names the field."""

from __future__ import annotations

import uuid
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING, MissingType


def check_id(name: str, value: Any) -> str:
    """Check an id, and convert it to text.

    :raises GlobusSDKUsageError: if it is empty, or neither text nor a UUID
    """
    if not isinstance(value, (str, uuid.UUID)) or not str(value):
        raise GlobusSDKUsageError(f"{name}: expected a UUID or text, got {value!r}")
    return str(value)


def check_optional_id(name: str, value: uuid.UUID | str | MissingType | None) -> str | MissingType | None:
    """Check an id that may be missing or ``None``, and convert it to text."""
    return value if value is None or isinstance(value, MissingType) else check_id(name, value)


def check_optional_texts(**values: Any) -> dict[str, Any]:
    """Check fields that hold text, or are missing or ``None``.

    :raises GlobusSDKUsageError: if a field has another type
    """
    return _check_type(str, "text", values)


def check_optional_ints(**values: Any) -> dict[str, Any]:
    """Check fields that hold a whole number, or are missing or ``None``.

    :raises GlobusSDKUsageError: if a field has another type
    """
    return _check_type(int, "a whole number", values)


def check_optional_bools(**values: Any) -> dict[str, Any]:
    """Check fields that are true or false, or are missing or ``None``.

    :raises GlobusSDKUsageError: if a field has another type
    """
    return _check_type(bool, "True or False", values)


def check_optional_lists(**values: Any) -> dict[str, Any]:
    """Check fields that hold a list, or are missing or ``None``.

    :raises GlobusSDKUsageError: if a field has another type
    """
    return _check_type((list, tuple), "a list", values)


def _check_type(expected: type | tuple[type, ...], description: str, values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        # None becomes JSON's null. In Python a bool is an int, but the service does not accept it as a number.
        is_valid = value is None or value is MISSING or isinstance(value, expected)
        if not is_valid or (isinstance(value, bool) and expected is int):
            raise GlobusSDKUsageError(f"{name}: expected {description}, got {value!r}")
    return values
