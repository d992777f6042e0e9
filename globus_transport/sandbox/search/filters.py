"""Filters of a query. Reference: docs.globus.org/api/search/reference/post_query."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from typing import Any, Protocol, cast

import attrs

from globus_transport.sandbox.request_fields import Fields
from globus_transport.sandbox.search.bodies import read_number, read_scalars
from globus_transport.sandbox.search.geo import Box, Shape
from globus_transport.sandbox.search.matching import Bound, Types, has_field, has_value, in_bounds
from globus_transport.sandbox.search.query_syntax import glob_of
from globus_transport.sandbox.search.search_index import Entry


class Filter(Protocol):
    """A condition that an entry meets or not."""

    def matches(self, entry: Entry, types: Types) -> bool:
        """Whether the entry meets it."""
        ...


@attrs.frozen
class _Match:
    field: str
    values: tuple[Any, ...]
    quantifier: Callable[..., bool]

    def matches(self, entry: Entry, types: Types) -> bool:
        return self.quantifier(has_value(entry, types, self.field, value) for value in self.values)


@attrs.frozen
class _Range:
    field: str
    ranges: tuple[tuple[Bound, ...], ...]

    def matches(self, entry: Entry, types: Types) -> bool:
        return any(in_bounds(entry, types, self.field, bounds) for bounds in self.ranges)


@attrs.frozen
class _Exists:
    field: str

    def matches(self, entry: Entry, types: Types) -> bool:
        return has_field(entry, self.field)


@attrs.frozen
class _Like:
    field: str
    pattern: re.Pattern[str]

    def matches(self, entry: Entry, types: Types) -> bool:
        return any(self.pattern.fullmatch(value.text) for value in entry.values.get(self.field, ()))


@attrs.frozen
class _InBox:
    field: str
    box: Box

    def matches(self, entry: Entry, types: Types) -> bool:
        shapes = [value.key for value in entry.values.get(self.field, ())]
        return any(isinstance(shape, Shape) and self.box.intersects(shape) for shape in shapes)


@attrs.frozen
class _Not:
    filter: Filter

    def matches(self, entry: Entry, types: Types) -> bool:
        return not self.filter.matches(entry, types)


@attrs.frozen
class _Combined:
    filters: tuple[Filter, ...]
    quantifier: Callable[..., bool]

    def matches(self, entry: Entry, types: Types) -> bool:
        return self.quantifier(filter.matches(entry, types) for filter in self.filters)


def read_filters(fields: Fields, name: str) -> tuple[Filter, ...]:
    """A list of filters. What is wrong is noted in the fields."""
    found = [read_filter(filter) for filter in fields.each(name)]
    return tuple(filter for filter in found if filter is not None)


def read_filter(fields: Fields) -> Filter | None:
    """A filter. What is wrong is noted in the fields."""
    fields.flag("post_filter")
    kind = fields.choice("type", tuple(_READERS), required=True)
    return None if kind is None else _READERS[kind](fields)


def _read_match(fields: Fields) -> Filter:
    quantifier = any if fields.document["type"] == "match_any" else all
    return _Match(_field_name(fields), read_scalars(fields, "values"), quantifier)


def _read_range(fields: Fields) -> Filter:
    ranges = [_read_bounds(bounds) for bounds in fields.each("values")]
    if not ranges:
        fields.refuse("values", "field required: a list of ranges", "value_error.missing")
    return _Range(_field_name(fields), tuple(ranges))


def _read_bounds(fields: Fields) -> tuple[Bound, ...]:
    bounds: list[Bound] = []
    for name, operator in (("from", "gte"), ("to", "lte"), ("gte", "gte"), ("gt", "gt"), ("lte", "lte"), ("lt", "lt")):
        value = fields.document.get(name)
        if isinstance(value, (dict, list)):
            fields.refuse(name, "value is not a text, a number or a truth value", "type_error")
        elif value not in (None, "*"):
            bounds.append((operator, value))
    return tuple(bounds)


def _read_exists(fields: Fields) -> Filter:
    return _Exists(_field_name(fields))


def _read_like(fields: Fields) -> Filter:
    glob = glob_of(fields.text("value", required=True) or "")
    return _Like(_field_name(fields), re.compile(fnmatch.translate(glob), re.IGNORECASE))


def _read_box(fields: Fields) -> Filter:
    left, top = _read_corner(fields, "top_left")
    right, bottom = _read_corner(fields, "bottom_right")
    return _InBox(_field_name(fields), Box(left, right, top, bottom))


def _read_corner(fields: Fields, name: str) -> tuple[float, float]:
    corner = fields.nested(name, required=True)
    if corner is None:
        return 0.0, 0.0
    return read_number(corner, "lon", -180, 180) or 0.0, read_number(corner, "lat", -90, 90) or 0.0


def _read_not(fields: Fields) -> Filter | None:
    nested = fields.nested("filter", required=True)
    filter = None if nested is None else read_filter(nested)
    return None if filter is None else _Not(filter)


def _read_combined(fields: Fields) -> Filter:
    filters = read_filters(fields, "filters")
    if not filters:
        fields.refuse("filters", "field required: a list of filters", "value_error.missing")
    return _Combined(filters, any if fields.document["type"] == "or" else all)


def _field_name(fields: Fields) -> str:
    return fields.text("field_name", required=True) or ""


_READERS: dict[str, Callable[[Fields], Filter | None]] = {
    "match_any": _read_match,
    "match_all": _read_match,
    "range": _read_range,
    "exists": _read_exists,
    "like": _read_like,
    "geo_bounding_box": _read_box,
    "not": _read_not,
    "and": _read_combined,
    "or": _read_combined,
}


def is_post_filter(document: dict[str, Any]) -> bool:
    """Whether a filter of the version 2017-09-01 leaves the facets as they are."""
    written = document.get("post_filter")
    return document["type"] != "match_all" if written is None else cast(bool, written)
