"""Facets of a query: counts, sums and averages of the values of a field in the results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import attrs

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields
from globus_transport.sandbox.search.bodies import Number, read_integer, read_number
from globus_transport.sandbox.search.dates import INTERVALS, date_span, interval_start
from globus_transport.sandbox.search.field_types import FieldValue
from globus_transport.sandbox.search.filters import Filter, read_filters
from globus_transport.sandbox.search.geo import Shape
from globus_transport.sandbox.search.matching import Types
from globus_transport.sandbox.search.search_index import Entry

_VERSION = "2017-09-01"
_MAX_SIZE = 10000
_MOST = 10**18


class _Kind(Protocol):
    """What a facet does with the values of a field, a list for each subject."""

    def count(self, type: str | None, subjects: Sequence[Sequence[FieldValue]]) -> Document: ...


@attrs.frozen
class Facet:
    """A facet.

    :ivar filters: further ones, for this facet only
    """

    name: str
    field: str
    kind: _Kind
    filters: tuple[Filter, ...]

    def result(self, subjects: Iterable[Sequence[Entry]], types: Types) -> Document:
        """The ``GFacetResult``.

        :param subjects: the entries of each subject among the results
        """
        values: list[list[FieldValue]] = []
        for entries in subjects:
            counted = [entry for entry in entries if all(filter.matches(entry, types) for filter in self.filters)]
            if counted:
                found = [value for entry in counted for value in entry.values.get(self.field, ())]
                values.append([value for value in found if not isinstance(value.key, Shape)])
        return {
            "@datatype": "GFacetResult",
            "@version": _VERSION,
            "name": self.name,
            **self.kind.count(types.get(self.field), values),
        }


@attrs.frozen
class _Terms:
    size: int

    def count(self, type: str | None, subjects: Sequence[Sequence[FieldValue]]) -> Document:
        counts = Counter(term for values in subjects for term in {_term(type, value) for value in values})
        most = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        return {"buckets": [_bucket(value, count) for value, count in most[: self.size]]}


@attrs.frozen
class _Distinct:
    def count(self, type: str | None, subjects: Sequence[Sequence[FieldValue]]) -> Document:
        return {"approximate_value": len({_term(type, value) for values in subjects for value in values})}


@attrs.frozen
class _Metric:
    is_average: bool
    missing: Number | None

    def count(self, type: str | None, subjects: Sequence[Sequence[FieldValue]]) -> Document:
        numbers: list[Any] = []
        for values in subjects:
            found = [value.key for value in values] if type in ("integer", "float") else []
            numbers += found or ([] if self.missing is None else [self.missing])
        total = sum(numbers)
        # JSON has no infinite numbers.
        if not math.isfinite(total):
            return {"value": None}
        if not self.is_average:
            return {"value": total}
        return {"value": total / len(numbers) if numbers else None}


@attrs.frozen
class _DateHistogram:
    interval: str
    low: float | None
    high: float | None

    def count(self, type: str | None, subjects: Sequence[Sequence[FieldValue]]) -> Document:
        counts: Counter[str] = Counter()
        for values in subjects:
            moments: list[Any] = [value.key for value in values] if type == "date" else []
            counts.update({interval_start(moment, self.interval) for moment in moments if self._has(moment)})
        return {"buckets": [_bucket(start, count) for start, count in sorted(counts.items())]}

    def _has(self, moment: float) -> bool:
        return (self.low is None or moment >= self.low) and (self.high is None or moment <= self.high)


@attrs.frozen
class _NumericHistogram:
    size: int
    low: Number
    high: Number
    width: float

    def count(self, type: str | None, subjects: Sequence[Sequence[FieldValue]]) -> Document:
        counts: Counter[int] = Counter()
        for values in subjects:
            numbers: list[Any] = [value.key for value in values] if type in ("integer", "float") else []
            inside = [number for number in numbers if self.low <= number < self.high]
            counts.update({min(int((number - self.low) / self.width), self.size - 1) for number in inside})
        return {"buckets": [_bucket(self._bounds(index), counts[index]) for index in range(self.size)]}

    def _bounds(self, index: int) -> Document:
        return {"from": self.low + index * self.width, "to": self.low + (index + 1) * self.width}


def read_facets(fields: Fields) -> tuple[Facet, ...]:
    """The facets of a query. What is wrong is noted in the fields."""
    facets: list[Facet] = []
    for facet in fields.each("facets"):
        field = facet.text("field_name", required=True) or ""
        name = facet.text("name") or field
        if name in [earlier.name for earlier in facets]:
            facet.refuse("name", "another facet has this name")
        kind = _read_kind(facet)
        filters = read_filters(facet, "additional_filters")
        if kind is not None:
            facets.append(Facet(name, field, kind, filters))
    return tuple(facets)


def _read_kind(fields: Fields) -> _Kind | None:
    kinds = ("terms", "sum", "avg", "distinct_count", "date_histogram", "numeric_histogram")
    kind = fields.choice("type", kinds, required=True)
    if kind == "terms":
        return _Terms(read_integer(fields, "size", 1, _MAX_SIZE, 10))
    if kind in ("sum", "avg"):
        return _Metric(kind == "avg", read_number(fields, "missing", -_MOST, _MOST, required=False))
    if kind == "distinct_count":
        return _Distinct()
    if kind == "date_histogram":
        return _read_date_histogram(fields)
    return None if kind is None else _read_numeric_histogram(fields)


def _read_date_histogram(fields: Fields) -> _Kind | None:
    interval = fields.choice("date_interval", tuple(INTERVALS), required=True)
    bounds = fields.nested("histogram_range")
    low, high = (None, None) if bounds is None else (_read_date(bounds, "low"), _read_date(bounds, "high"))
    return None if interval is None else _DateHistogram(interval, low and low[0], high and high[1])


def _read_date(fields: Fields, name: str) -> tuple[float, float] | None:
    text = fields.text(name)
    if text is None:
        return None
    span = date_span(text)
    if span is None:
        fields.refuse(name, "invalid datetime format", "value_error.datetime")
    return span


def _read_numeric_histogram(fields: Fields) -> _Kind | None:
    bounds = fields.nested("histogram_range", required=True)
    size = read_integer(fields, "size", 1, _MAX_SIZE)
    if bounds is None:
        return None
    low, high = read_number(bounds, "low", -_MOST, _MOST), read_number(bounds, "high", -_MOST, _MOST)
    if low is None or high is None:
        return None
    width = (high - low) / size
    # It is also zero if the bounds are too close for floating-point numbers.
    if width <= 0:
        bounds.refuse("high", "ensure this value is greater than low")
        return None
    return _NumericHistogram(size, low, high, width)


def _term(type: str | None, value: FieldValue) -> Any:
    # A date is shown as it was written. Other values that are equal are one term.
    return value.original if type == "date" else value.key


def _bucket(value: Any, count: int) -> Document:
    return {"@datatype": "GBucket", "@version": _VERSION, "value": value, "count": count}
