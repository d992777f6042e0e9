"""Globus Search: filters and facets."""

from __future__ import annotations

from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.search.dates import interval_start
from globus_transport.sandbox.search.geo import Box, parse_shape


def box(field: str, left: float, right: float, top: float, bottom: float) -> dict[str, Any]:
    corners = {"top_left": {"lat": top, "lon": left}, "bottom_right": {"lat": bottom, "lon": right}}
    return {"type": "geo_bounding_box", "field_name": field, **corners}


def match(field: str, *values: object, kind: str = "match_any") -> dict[str, Any]:
    return {"type": kind, "field_name": field, "values": list(values)}


@pytest.mark.parametrize(
    ("filter", "subjects"),
    [
        (match("tags", "raw"), "gold silver"),
        (match("tags", "RAW"), ""),
        (match("tags", "checked", "other"), "silver"),
        (match("tags", "raw", "checked", kind="match_all"), "silver"),
        (match("tags", "raw", "other", kind="match_all"), ""),
        (match("title", "Gold on glass"), "gold"),
        (match("title", "Gold"), ""),
        (match("number", 1, "40"), "bronze gold"),
        (match("number", "4e1", "+1.0", ".5"), "bronze gold"),
        (match("number", "4_0", " 40", "40 ", "\N{ARABIC-INDIC DIGIT FOUR}0", "nan", "inf", "1e999"), ""),
        (match("size", 4), "silver"),
        (match("checked", True), "silver"),
        (match("checked", 1), ""),
        (match("number", True), ""),
        (match("date", "2026-03-02"), "silver"),
        (match("date", "2026-03-02 12:30:00"), "silver"),
        (match("date", 2026), ""),
        (match("unknown", "x"), ""),
        ({"type": "range", "field_name": "number", "values": [{"from": "*", "to": 1}]}, "gold silver"),
        ({"type": "range", "field_name": "number", "values": [{"gt": 1}, {"lt": 0}]}, "bronze silver"),
        ({"type": "range", "field_name": "number", "values": [{"gte": "1", "lte": "1"}]}, "gold"),
        ({"type": "range", "field_name": "date", "values": [{"from": "*", "to": "2026-03-02"}]}, "bronze gold silver"),
        ({"type": "range", "field_name": "date", "values": [{"from": "2026-03-01", "to": "*"}]}, "gold silver"),
        ({"type": "range", "field_name": "date", "values": [{"gte": "soon"}]}, ""),
        ({"type": "range", "field_name": "title", "values": [{"from": "G", "to": "H"}]}, "gold"),
        ({"type": "exists", "field_name": "size"}, "gold silver"),
        ({"type": "exists", "field_name": "who"}, "gold silver"),
        ({"type": "exists", "field_name": "wh"}, ""),
        ({"type": "exists", "field_name": r"who.d\.o\.t"}, "gold"),
        ({"type": "exists", "field_name": "note"}, ""),
        ({"type": "exists", "field_name": "area"}, "bronze"),
        ({"type": "like", "field_name": "title", "value": "*ON GLASS"}, "gold silver"),
        ({"type": "like", "field_name": "title", "value": "glass"}, ""),
        ({"type": "like", "field_name": "title", "value": "Go?d*"}, "gold"),
        ({"type": "like", "field_name": "title", "value": "[G]old*"}, ""),
        ({"type": "not", "filter": match("tags", "raw")}, "bronze empty"),
        ({"type": "and", "filters": [match("tags", "raw"), match("number", 1)]}, "gold"),
        ({"type": "or", "filters": [match("number", 40), match("number", 1)]}, "bronze gold"),
        (box("place", -90, -80, 50, 40), "gold"),
        (box("place", -90, 20, 50, 40), "gold silver"),
        (box("place", 10, -80, 50, 40), "gold silver"),
        (box("place", 20, -90, 50, 40), ""),
        (box("place", -90, -80, 41, 40), ""),
        (box("area", 2, 3, 3, 2), "bronze"),
        (box("area", -5, 1, 1, -5), "bronze"),
        (box("area", -5, 20, 6, 4), "bronze"),
        (box("area", -5, 20, 20, -5), "bronze"),
        (box("area", 11, 20, 20, 11), ""),
        (box("title", -180, 180, 90, -90), ""),
    ],
)
def test_filters(client: globus_sdk.SearchClient, examples: str, filter: dict[str, Any], subjects: str) -> None:
    for query in ({"filters": [filter]}, {"@version": "query#1.0.0", "q": "*", "filters": [filter]}):
        found = client.post_search(examples, query)
        assert sorted(result["subject"] for result in found["gmeta"]) == subjects.split()
        assert found["total"] == found["count"] == len(subjects.split())


def facet_results(client: globus_sdk.SearchClient, index: str, facet: dict[str, Any], **query: Any) -> Any:
    (result,) = client.post_search(index, {"q": "*", "limit": 0, "facets": [facet], **query})["facet_results"]
    assert (result["@datatype"], result["@version"]) == ("GFacetResult", "2017-09-01")
    return result


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        ({"type": "terms", "field_name": "tags"}, [("raw", 2), ("checked", 1)]),
        ({"type": "terms", "field_name": "tags", "size": 1}, [("raw", 2)]),
        ({"type": "terms", "field_name": "number"}, [(-5, 1), (1, 1), (40, 1)]),
        ({"type": "terms", "field_name": "checked"}, [(False, 1), (True, 1)]),
        (
            {"type": "terms", "field_name": "date"},
            [("2025-12-31T23:59:59Z", 1), ("2026-03-01", 1), ("2026-03-02 12:30:00", 1)],
        ),
        ({"type": "terms", "field_name": "place"}, []),
        ({"type": "terms", "field_name": "unknown"}, []),
        ({"type": "date_histogram", "field_name": "date", "date_interval": "year"}, [("2025", 1), ("2026", 2)]),
        (
            {"type": "date_histogram", "field_name": "date", "date_interval": "quarter"},
            [("2025-10", 1), ("2026-01", 2)],
        ),
        ({"type": "date_histogram", "field_name": "date", "date_interval": "month"}, [("2025-12", 1), ("2026-03", 2)]),
        (
            {"type": "date_histogram", "field_name": "date", "date_interval": "week"},
            [("2025-12-29", 1), ("2026-02-23", 1), ("2026-03-02", 1)],
        ),
        (
            {
                "type": "date_histogram",
                "field_name": "date",
                "date_interval": "hour",
                "histogram_range": {"low": "2026-03-02", "high": "2026"},
            },
            [("2026-03-02 12:00:00", 1)],
        ),
        (
            {
                "type": "date_histogram",
                "field_name": "date",
                "date_interval": "year",
                "histogram_range": {"high": "2026-03-01"},
            },
            [("2025", 1), ("2026", 1)],
        ),
        (
            {
                "type": "numeric_histogram",
                "field_name": "number",
                "size": 2,
                "histogram_range": {"low": -10, "high": 10},
            },
            [({"from": -10, "to": 0}, 1), ({"from": 0, "to": 10}, 1)],
        ),
        (
            {
                "type": "numeric_histogram",
                "field_name": "number",
                "size": 1,
                "histogram_range": {"low": -5, "high": 40},
            },
            [({"from": -5, "to": 40}, 2)],
        ),
    ],
)
def test_facets_count(
    client: globus_sdk.SearchClient, examples: str, facet: dict[str, Any], expected: list[tuple[Any, int]]
) -> None:
    result = facet_results(client, examples, facet)
    assert result["name"] == facet["field_name"]
    assert [(bucket["value"], bucket["count"]) for bucket in result["buckets"]] == expected
    assert all((bucket["@datatype"], bucket["@version"]) == ("GBucket", "2017-09-01") for bucket in result["buckets"])


@pytest.mark.parametrize(
    ("facet", "key", "expected"),
    [
        ({"type": "sum", "field_name": "number"}, "value", 36),
        ({"type": "avg", "field_name": "number"}, "value", 12),
        ({"type": "avg", "field_name": "number", "missing": 4}, "value", 10),
        ({"type": "avg", "field_name": "title"}, "value", None),
        ({"type": "sum", "field_name": "unknown"}, "value", 0),
        ({"type": "distinct_count", "field_name": "tags"}, "approximate_value", 2),
    ],
)
def test_facets_measure(
    client: globus_sdk.SearchClient, examples: str, facet: dict[str, Any], key: str, expected: object
) -> None:
    assert facet_results(client, examples, {**facet, "name": "Name"})[key] == expected


def test_which_filters_change_facets(client: globus_sdk.SearchClient, examples: str) -> None:
    facet, checked = {"type": "terms", "field_name": "tags"}, match("tags", "checked")

    def raw(**query: Any) -> int:
        buckets = facet_results(client, examples, facet, **query)["buckets"]
        return int({bucket["value"]: bucket["count"] for bucket in buckets}["raw"])

    new = {"@version": "query#1.0.0"}
    assert raw(filters=[checked]) == 2
    assert raw(filters=[checked], **{"@version": None}) == 2
    assert raw(filters=[{**checked, "post_filter": None}]) == 2
    assert raw(filters=[{**checked, "post_filter": False}]) == 1
    assert raw(filters=[{**checked, "type": "match_all"}]) == 1
    assert raw(filters=[{**checked, "type": "match_all", "post_filter": True}]) == 2
    assert raw(filters=[checked], **new) == 1
    assert raw(post_facet_filters=[checked], **new) == 2
    assert client.post_search(examples, {"q": "*", "post_facet_filters": [checked], **new})["total"] == 1
    facet["additional_filters"] = [checked]  # type: ignore[assignment]
    assert raw(**new) == 1


def test_a_subject_counts_once(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Entries")
    for id in (None, "x", "y"):
        sandbox.search.ingest(index, [{"subject": "a", "id": id, "content": {"title": f"gold {id}", "kind": "image"}}])
    facet = {"type": "distinct_count", "field_name": "title"}
    assert facet_results(client, index, facet)["approximate_value"] == 3
    (bucket,) = facet_results(client, index, {"type": "terms", "field_name": "kind"})["buckets"]
    assert (bucket["value"], bucket["count"]) == ("image", 1)


@pytest.mark.parametrize("type", ["sum", "avg"])
def test_a_sum_that_is_too_large_is_null(sandbox: Sandbox, client: globus_sdk.SearchClient, type: str) -> None:
    index = sandbox.search.add_index("Large numbers")
    sandbox.search.ingest(index, [{"subject": subject, "content": {"n": 1e308}} for subject in "ab"])
    assert facet_results(client, index, {"type": type, "field_name": "n"})["value"] is None


def test_equal_values_are_one_term(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Terms")
    sandbox.search.ingest(index, [{"subject": "a", "content": {"x": "one"}}, {"subject": "b", "content": {"x": "1"}}])
    sandbox.search.ingest(index, [{"subject": "c", "content": {"x": 1}}])
    buckets = facet_results(client, index, {"type": "terms", "field_name": "x"})["buckets"]
    assert [(bucket["value"], bucket["count"]) for bucket in buckets] == [("1", 2), ("one", 1)]


@pytest.mark.parametrize(
    ("interval", "start"),
    [
        ("year", "0987"),
        ("quarter", "0987-10"),
        ("month", "0987-11"),
        ("week", "0987-11-05"),
        ("day", "0987-11-08"),
        ("hour", "0987-11-08 10:00:00"),
        ("minute", "0987-11-08 10:20:00"),
        ("second", "0987-11-08 10:20:30"),
    ],
)
def test_an_interval_of_a_histogram_starts_at_its_first_moment(interval: str, start: str) -> None:
    assert interval_start(parse_iso_time("0987-11-08T10:20:30.5"), interval) == start


RING = [[-5, -5], [15, -5], [15, 15], [-5, 15], [-5, -5]]
FAR_RING = [[20, 20], [30, 20], [30, 30], [20, 20]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "meets"),
    [
        ("Point", [5, 5], True),
        ("Point", [5, 5, 100], True),
        ("Point", [11, 5], False),
        ("MultiPoint", [[20, 20], [5, 5]], True),
        ("MultiPoint", [[-1, 5], [11, 5]], False),
        ("LineString", [[-1, 5], [11, 5]], True),
        ("LineString", [[-1, -1], [11, 11]], True),
        ("LineString", [[-1, 9], [1, 12]], False),
        ("MultiLineString", [[[20, 20], [30, 30]], [[-1, 5], [11, 5]]], True),
        ("MultiLineString", [[[-1, 5], [-1, 6]], [[11, 5], [11, 6]]], False),
        ("Polygon", [RING], True),
        ("Polygon", [FAR_RING], False),
        ("MultiPolygon", [[FAR_RING], [RING]], True),
        ("MultiPolygon", [[FAR_RING]], False),
    ],
)
def test_a_shape_meets_a_box(kind: str, coordinates: Any, meets: bool) -> None:
    shape = parse_shape({"type": kind, "coordinates": coordinates})
    assert shape is not None
    assert Box(left=0, right=10, top=10, bottom=0).intersects(shape) is meets
