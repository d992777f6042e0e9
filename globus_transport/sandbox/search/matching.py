"""Whether an entry has a value in a field. The value is compared as the type of the field says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from globus_transport.sandbox.search.field_types import FieldType, read_span
from globus_transport.sandbox.search.search_index import Entry

Types = Mapping[str, FieldType]
#: An operator (``gt``, ``gte``, ``lt`` or ``lte``), and what a value is compared with.
Bound = tuple[str, Any]


def has_field(entry: Entry, field: str) -> bool:
    """Whether an entry has any value in a field, or in a field of the object that it is."""
    return bool(entry.values.get(field)) or any(
        values and name.startswith(f"{field}.") for name, values in entry.values.items()
    )


def has_value(entry: Entry, types: Types, field: str, value: Any) -> bool:
    """Whether an entry has this value in a field."""
    return in_bounds(entry, types, field, [("gte", value), ("lte", value)])


def in_bounds(entry: Entry, types: Types, field: str, bounds: Iterable[Bound]) -> bool:
    """Whether one value of an entry in a field is within all bounds."""
    spans = [(operator, read_span(types.get(field), value)) for operator, value in bounds]
    return any(
        all(span is not None and _compare(operator, value.key, span) for operator, span in spans)
        for value in entry.values.get(field, ())
    )


def _compare(operator: str, key: Any, span: tuple[Any, Any]) -> bool:
    first, last = span
    if operator == "gt":
        return bool(key > last)
    if operator == "gte":
        return bool(key >= first)
    return bool(key < first) if operator == "lt" else bool(key <= last)
