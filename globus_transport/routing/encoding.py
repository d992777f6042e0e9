"""Values as they go over the wire: path segments, queries, forms, JSON."""

from __future__ import annotations

import enum
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.missing import MISSING

_NEEDS_NO_QUOTING = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*").fullmatch


def path_segment(name: str, value: Any) -> str:
    """A path argument, quoted so that it stays one segment (RFC 3986, section 3.3).

    :raises GlobusSDKUsageError: if it is empty, ``.`` or ``..``, or no text, number or UUID
    """
    if isinstance(value, enum.Enum):
        value = value.value
    if not isinstance(value, (str, uuid.UUID, int)) or isinstance(value, bool):
        raise GlobusSDKUsageError(f"{name}: expected an id, got {_kind(value)}")
    text = str(value)
    if _NEEDS_NO_QUOTING(text):
        return text
    if text in ("", ".", ".."):
        raise GlobusSDKUsageError(f"{name}: {text!r} is no id: it would change the address of the call")
    return _quoted(name, text, safe="")


def whole_path(path: str) -> str:
    """A path as one text, each segment quoted.

    :raises GlobusSDKUsageError: if it has segments ``.`` or ``..``, which would be taken away on the way
    """
    if any(segment in (".", "..") for segment in path.split("/")):
        raise GlobusSDKUsageError(f"the path {path!r} has a segment '.' or '..'")
    return _quoted("path", path, safe="/")


def _quoted(name: str, text: str, *, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise GlobusSDKUsageError(f"{name}: {text!r} is not text that can be encoded as UTF-8") from None


def query_text(name: str, value: Any) -> str:
    """One value of a query or form.

    :raises GlobusSDKUsageError: if it is not a single value
    """
    if isinstance(value, str):
        # Also members of enumerations that are text.
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, (bytes, Mapping)) or value is MISSING:
        raise GlobusSDKUsageError(f"{name}: {_kind(value)} cannot be sent in a query or form")
    return str(value)


def query_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs of a query or form: several for a list; none for ``None``, MISSING and an empty list."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if type(value) is str:
            pairs.append((name, value))
        elif value is None or value is MISSING:
            continue
        elif isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
            pairs.extend((name, query_text(name, one)) for one in value if one is not None)
        else:
            pairs.append((name, query_text(name, value)))
    return pairs


def encode_query(values: Mapping[str, Any]) -> str:
    """A query or form as text.

    :raises GlobusSDKUsageError: if a value has no place in one
    """
    try:
        return urlencode(query_pairs(values))
    except UnicodeEncodeError as error:
        raise GlobusSDKUsageError(f"{error.object!r} is not text that can be encoded as UTF-8") from None


def encode_json(document: Any) -> bytes:
    """A document as JSON (RFC 8259), in ASCII. MISSING is left out at every depth.

    :raises GlobusSDKUsageError: if a part of it has no JSON form; the text says which
    """
    return json.dumps(_json_value(document, "the body"), allow_nan=False).encode("ascii")


def _json_value(value: Any, place: str) -> Any:
    kind = type(value)
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if isinstance(value, Mapping):
        return {
            _json_key(key, place): _json_value(one, f"{place}[{key!r}]")
            for key, one in value.items()
            if one is not MISSING
        }
    if isinstance(value, (list, tuple)):
        return [_json_value(one, f"{place}[{index}]") for index, one in enumerate(value) if one is not MISSING]
    if isinstance(value, enum.Enum):
        return _json_value(value.value, place)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise GlobusSDKUsageError(f"{place} is {value}, which JSON does not have")
        return value
    if isinstance(value, (str, int)):
        return value
    raise GlobusSDKUsageError(f"{place} is {_kind(value)}, which JSON does not have{_advice(value)}")


def _json_key(key: Any, place: str) -> str:
    if isinstance(key, str):
        return key.value if isinstance(key, enum.Enum) else key
    if isinstance(key, uuid.UUID):
        return str(key)
    raise GlobusSDKUsageError(f"{place} has the key {key!r}; a JSON object's keys are text")


def _advice(value: object) -> str:
    if hasattr(value, "isoformat"):
        return "; give its isoformat()"
    if isinstance(value, Iterable):
        return "; give a list"
    return ""


def _kind(value: object) -> str:
    return "None" if value is None else "MISSING" if value is MISSING else f"a {type(value).__name__}"
