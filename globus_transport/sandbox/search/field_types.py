"""The types of the fields of an index. Reference: docs.globus.org/api/search/mapped_data_types.

A field gets the type of its first value, and keeps it. A later value is converted if nothing is lost by that, and
refused otherwise. The name of a field is its path in the content, with dots; a dot in a key has a backslash before it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, cast

import attrs

from globus_transport.sandbox.search.dates import date_span, parse_field_date
from globus_transport.sandbox.search.geo import Shape, parse_point, parse_shape

FieldType = Literal["boolean", "integer", "float", "date", "string", "geo_point", "geo_shape", "object"]

#: What values of a field are compared by. A date is in seconds since the epoch.
Key = Union[bool, int, float, str, Shape]

_LONG = 2**63
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class FieldTypeError(Exception):
    """A value does not fit to the type of its field.

    :ivar field: the name of the field
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"The field {field!r} {message}")
        self.field = field


@attrs.frozen
class FieldValue:
    """One value of a field.

    :ivar original: as it is in the content
    """

    original: Any
    key: Key

    @property
    def text(self) -> str:
        """The value as text, for a search for words."""
        return "" if isinstance(self.key, Shape) else text_of(self.original)


def read_content(content: Mapping[str, Any], types: Mapping[str, FieldType]) -> Iterator[tuple[str, FieldType, Any]]:
    """The values of a content: the name of the field, the type that the field has after it, and the value.

    Objects are among them. Null and empty lists have no type, and are left out.

    :param types: the types known so far. The caller adds what is found before the next value is read
    :raises FieldTypeError: if a value does not fit
    """
    for name, child in content.items():
        yield from _read(_escape(name), child, types)


def key_of(type: FieldType, value: Any) -> Key:
    """What a value, which fits to this type, is compared by."""
    if type == "string":
        return text_of(value)
    if type == "date":
        return cast(float, parse_field_date(value))
    if type in ("geo_point", "geo_shape"):
        return cast(Shape, (parse_point if type == "geo_point" else parse_shape)(value))
    return cast(Key, value)


def read_span(type: FieldType | None, value: object) -> tuple[Key, Key] | None:
    """The first and the last key that a value in a query means, for a field of this type.

    They are the same, except for a date. ``None`` if no field of this type can have the value.
    """
    if type == "date":
        return date_span(value) if isinstance(value, str) else None
    key: Key | None = None
    if type == "string" and isinstance(value, (str, int, float)):
        key = text_of(value)
    elif type == "boolean":
        key = {"true": True, "false": False}.get(text_of(value))
    elif type in ("integer", "float"):
        key = _number(value)
    return None if key is None else (key, key)


def text_of(value: object) -> str:
    """A value as text, as JSON has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(field: str, value: Any, types: Mapping[str, FieldType]) -> Iterator[tuple[str, FieldType, Any]]:
    known = types.get(field)
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from _read(field, item, types)
    elif known in ("geo_point", "geo_shape"):
        if (parse_point if known == "geo_point" else parse_shape)(value) is None:
            raise FieldTypeError(field, f"is a {known}, and this is not one: {_short(value)}")
        yield field, known, value
    elif isinstance(value, dict):
        if known not in (None, "object"):
            raise FieldTypeError(field, f"has the type {known}, and an object does not fit to it")
        yield field, "object", value
        for name, child in cast(dict[str, Any], value).items():
            yield from _read(field + "." + _escape(name), child, types)
    else:
        yield field, _common_type(field, known, value), value


def _escape(name: str) -> str:
    return name.replace("\\", "\\\\").replace(".", "\\.")


def _common_type(field: str, known: FieldType | None, value: Any) -> FieldType:
    found = _detect(value)
    if isinstance(value, int) and not -_LONG <= value < _LONG:
        raise FieldTypeError(field, "has a number of more than 64 bits")
    if known is None or known == found:
        return found
    # Conversions in which nothing is lost.
    if known == "string" or (known, found) == ("float", "integer"):
        return known
    raise FieldTypeError(field, f"has the type {known}, and this value does not fit to it: {_short(value)}")


def _detect(value: Any) -> FieldType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "float"
    return "string" if parse_field_date(value) is None else "date"


def _number(value: object) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    # float() and int() take more than numbers: blanks, 1_0, nan.
    if not isinstance(value, str) or len(value) > 100 or not _NUMBER.fullmatch(value):
        return None
    if value.lstrip("+-").isdecimal():
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
