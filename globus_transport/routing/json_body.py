"""Documents as JSON bodies (RFC 8259)."""

from __future__ import annotations

import enum
import io
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.json import dumps
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import kind_of

_PLAIN = frozenset({str, bool, int, type(None)})
_TEXT = frozenset({str})
# Items of a list that become text at a time. A transfer may have hundreds of thousands.
_SLICE = 1000


def encode_json(document: Any) -> bytes:
    """A document as compact JSON, in ASCII. MISSING is left out at every depth.

    :raises GlobusSDKUsageError: if a part of it has no JSON form; the text says which
    """
    if not isinstance(document, Mapping) or not any(_is_long(value) for value in document.values()):
        return dumps(_json_value(document, "the body"))
    # Piece by piece: the whole document as a second one and as text would be many times its size.
    body = io.BytesIO()
    separator = b"{"
    for key, value in document.items():
        if value is MISSING:
            continue
        body.write(separator + dumps(_json_key(key, "the body")) + b":")
        path = f"the body[{key!r}]"
        if _is_long(value):
            _write_list(body, value, path)
        else:
            body.write(dumps(_json_value(value, path)))
        separator = b","
    body.write(b"}")
    return body.getvalue()


def _is_long(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) > _SLICE


def _write_list(body: io.BytesIO, values: list[Any] | tuple[Any, ...], path: str) -> None:
    separator = b"["
    for start in range(0, len(values), _SLICE):
        piece = _json_list(values[start : start + _SLICE], path, start)
        if piece:
            body.write(separator + dumps(piece)[1:-1])
            separator = b","
    body.write(b"]" if separator == b"," else b"[]")


def _json_value(value: Any, path: str) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Mapping):
        if _is_simple(value):
            return value
        return {
            _json_key(key, path): _json_value(item, f"{path}[{key!r}]")
            for key, item in value.items()
            if item is not MISSING
        }
    if isinstance(value, (list, tuple)):
        return _json_list(value, path)
    if isinstance(value, enum.Enum):
        return _json_value(value.value, path)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise GlobusSDKUsageError(f"{path} is {value}, which JSON does not have")
        return value
    if isinstance(value, (str, int)):
        return value
    raise GlobusSDKUsageError(f"{path} is {kind_of(value)}, which JSON does not have{_advice(value)}")


def _json_list(values: list[Any] | tuple[Any, ...], path: str, start: int = 0) -> list[Any]:
    return [
        _simple_item(item) or _json_value(item, f"{path}[{index}]")
        for index, item in enumerate(values, start)
        if item is not MISSING
    ]


def _simple_item(item: Any) -> dict[str, Any] | None:
    """An item of a list, if it is JSON already; most items are."""
    return item if type(item) is dict and _is_simple(item) else None


def _is_simple(value: Any) -> bool:
    """Whether it is JSON already. Most items are, and need no copy."""
    return (
        isinstance(value, dict) and _TEXT.issuperset(map(type, value)) and _PLAIN.issuperset(map(type, value.values()))
    )


def _json_key(key: Any, path: str) -> str:
    if isinstance(key, str):
        return key.value if isinstance(key, enum.Enum) else key
    if isinstance(key, uuid.UUID):
        return str(key)
    raise GlobusSDKUsageError(f"{path} has the key {key!r}; a JSON object's keys are text")


def _advice(value: object) -> str:
    if hasattr(value, "isoformat"):
        return "; give its isoformat()"
    if isinstance(value, Iterable):
        return "; give a list"
    return ""
