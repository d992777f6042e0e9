"""Globus Search refuses what is malformed with a 4xx in its own form."""

from __future__ import annotations

import base64
import contextlib
import itertools
from typing import Any

import pytest

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.search.errors import SearchError
from globus_transport.sandbox.search.query_syntax import parse_advanced, parse_simple
from globus_transport.sandbox.search.scores import score
from globus_transport.sandbox.search.search_index import SearchIndex
from tests.sandbox.sandbox_http import Answer, Http

SCOPE = "urn:globus:auth:scope:search.api.globus.org:all"
UPPER_CASE_ID = "1CE48357-30B3-4A3C-A88E-01A8EAE4ECBF"


@pytest.fixture(scope="module")
def http(sandbox: Sandbox) -> Http:
    return Http(sandbox.url_of("search"), sandbox.issue_token(SCOPE).access_token)


@pytest.fixture(scope="module")
def path(sandbox: Sandbox) -> str:
    index = sandbox.search.add_index("Images")
    content = {"title": "Gold", "n": 1, "date": "2026-03-01"}
    sandbox.search.ingest(index, [{"subject": "a", "content": content}])
    return f"/v1/index/{index}"


def check_refusal(answer: Answer, code: str = "BadRequest.Generic") -> None:
    assert (answer.status, answer.document["code"]) == (400, code), answer.document
    assert answer.document["@datatype"] == "GError"
    assert answer.document["status"] == 400


BAD_QUERIES: list[dict[str, Any]] = [
    {},
    {"q": ""},
    {"q": 1},
    {"q": ["gold"]},
    {"q": "x" * 257},
    {"q": "gold\0"},
    {"q": "gold\ud800"},
    {"filters": []},
    {"filters": {}},
    {"filters": [1]},
    {"filters": [{}]},
    {"filters": [{"type": "magic", "field_name": "n"}]},
    {"filters": [{"type": "geo_shape", "field_name": "n", "shape": {}}]},
    {"filters": [{"type": ["exists"], "field_name": "n"}]},
    {"filters": [{"type": "exists"}]},
    {"filters": [{"type": "exists", "field_name": 1}]},
    {"filters": [{"type": "exists", "field_name": "n", "post_filter": "no"}]},
    {"filters": [{"type": "match_any", "field_name": "n"}]},
    {"filters": [{"type": "match_any", "field_name": "n", "values": []}]},
    {"filters": [{"type": "match_any", "field_name": "n", "values": [None]}]},
    {"filters": [{"type": "match_all", "field_name": "n", "values": [{"x": 1}]}]},
    {"filters": [{"type": "range", "field_name": "n", "values": [1]}]},
    {"filters": [{"type": "range", "field_name": "n", "values": []}]},
    {"filters": [{"type": "range", "field_name": "n", "values": [{"from": [1]}]}]},
    {"filters": [{"type": "like", "field_name": "n"}]},
    {"filters": [{"type": "not", "filter": 1}]},
    {"filters": [{"type": "not", "filter": {"type": "x"}}]},
    {"filters": [{"type": "and", "filters": []}]},
    {"filters": [{"type": "or", "filters": [{"type": "and"}]}]},
    {"filters": [{"type": "geo_bounding_box", "field_name": "n"}]},
    {"filters": [{"type": "geo_bounding_box", "field_name": "n", "top_left": {"lat": 91, "lon": 0}}]},
    {"q": "*", "filter_principal_sets": "author"},
    {"q": "*", "filter_principal_sets": [1]},
    {"q": "*", "bypass_visible_to": "yes"},
    {"q": "*", "limit": -1},
    {"q": "*", "limit": 10001},
    {"q": "*", "limit": "10"},
    {"q": "*", "limit": True},
    {"q": "*", "limit": 1.5},
    {"q": "*", "limit": 10**400},
    {"q": "*", "@version": "query#9.0.0"},
    {"q": "*", "advanced": "true"},
    {"q": "*", "q_settings": "or"},
    {"q": "*", "q_settings": {"mode": "magic"}},
    {"q": "*", "q_settings": {}},
    {"q": "*", "q_settings": {"mode": "text_match", "fuzziness": 2}},
    {"q": "*", "q_settings": {"mode": "query_string", "default_operator": "xor"}},
    {"q": "*", "advanced": True, "q_settings": {"mode": "query_string"}},
]
BAD_SEARCHES: list[dict[str, Any]] = [
    {"q": "*", "offset": 9999, "limit": 2},
    {"q": "*", "offset": -1},
    {"q": "*", "result_format_version": "2017-09-01"},
    {"q": "*", "facets": [{}]},
    {"q": "*", "facets": ["terms"]},
    {"q": "*", "facets": [{"type": "magic", "field_name": "n"}]},
    {"q": "*", "facets": [{"type": "terms"}]},
    {"q": "*", "facets": [{"type": "terms", "field_name": "n", "size": 0}]},
    {"q": "*", "facets": [{"type": "terms", "field_name": "n"}, {"type": "sum", "field_name": "n"}]},
    {"q": "*", "facets": [{"type": "sum", "field_name": "n", "missing": "1"}]},
    {"q": "*", "facets": [{"type": "date_histogram", "field_name": "n"}]},
    {"q": "*", "facets": [{"type": "date_histogram", "field_name": "n", "date_interval": "decade"}]},
    {
        "q": "*",
        "facets": [
            {"type": "date_histogram", "field_name": "n", "date_interval": "day", "histogram_range": {"low": "soon"}}
        ],
    },
    {"q": "*", "facets": [{"type": "numeric_histogram", "field_name": "n"}]},
    {
        "q": "*",
        "facets": [
            {"type": "numeric_histogram", "field_name": "n", "size": 1, "histogram_range": {"low": 1, "high": 1}}
        ],
    },
    {"q": "*", "facets": [{"type": "terms", "field_name": "n", "additional_filters": [{}]}]},
    {"q": "*", "facets": [{"type": "numeric_histogram", "field_name": "n", "histogram_range": {"low": 1, "high": 2}}]},
    {
        "q": "*",
        "facets": [
            {"type": "numeric_histogram", "field_name": "n", "size": None, "histogram_range": {"low": 1, "high": 2}}
        ],
    },
    # The bounds differ, but an interval between them has the width zero.
    {
        "q": "*",
        "facets": [
            {"type": "numeric_histogram", "field_name": "n", "size": 10, "histogram_range": {"low": 0, "high": 5e-324}}
        ],
    },
    {"q": "*", "boosts": [{"field_name": "n", "factor": 11}]},
    {"q": "*", "boosts": [{"factor": 1}]},
    {"q": "*", "sort": [{"field_name": "n", "order": "up"}]},
    {"q": "*", "sort": [{"order": "asc"}]},
    {"q": "*", "sort": "n"},
    {"q": "*", "post_facet_filters": [{}]},
]


@pytest.mark.parametrize("query", [*BAD_QUERIES, *BAD_SEARCHES])
def test_a_malformed_search_is_refused(http: Http, path: str, query: dict[str, Any]) -> None:
    check_refusal(http("POST", f"{path}/search", document=query))


@pytest.mark.parametrize("query", [*BAD_QUERIES, {"q": "*", "marker": 1}, {"q": "*", "marker": "%"}])
def test_a_malformed_scroll_is_refused(http: Http, path: str, query: dict[str, Any]) -> None:
    check_refusal(http("POST", f"{path}/scroll", document=query))


@pytest.mark.parametrize(
    "marker",
    ["MQ==", "bnVsbA==", "é", "=", "x", base64.urlsafe_b64encode(b"[" * 100000).decode()],
    ids=lambda marker: marker[:10],
)
def test_a_marker_that_is_none_is_refused(http: Http, path: str, marker: str) -> None:
    check_refusal(http("POST", f"{path}/scroll", document={"q": "*", "marker": marker}))


def test_a_deletion_by_a_malformed_query_is_refused(http: Http, path: str) -> None:
    for query in BAD_QUERIES[:32]:
        check_refusal(http("POST", f"{path}/delete_by_query", document=query))
    answer = http("POST", f"{path}/delete_by_query", document={"q": "(", "advanced": True})
    check_refusal(answer, "BadRequest.QuerySyntax")
    assert http("GET", f"{path}/search?q=*").document["total"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=x&limit=ten",
        "q=x&limit=-1",
        "q=x&limit=10001",
        "q=x&offset=99999999999",
        "q=x&offset=%D9%A3",
        "q=x&advanced=maybe",
        "q=x&bypass_visible_to=1",
        "q=a%00b",
        "q=x&result_format_version=2017-09-01",
        "q=x&filter_principal_sets=%00",
        "q=" + "x" * 257,
    ],
)
def test_a_malformed_search_in_the_url_is_refused(http: Http, path: str, query: str) -> None:
    check_refusal(http("GET", f"{path}/search?{query}"))


def gmeta(**fields: Any) -> dict[str, Any]:
    return {"subject": "b", "visible_to": ["public"], "content": {}, **fields}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"x": value}
    return value


@pytest.mark.parametrize(
    "entry",
    [
        gmeta(subject=""),
        gmeta(subject=1),
        gmeta(subject=None),
        gmeta(subject="é" * 251),
        gmeta(id=1),
        gmeta(content=[]),
        gmeta(content=None),
        gmeta(content={"x": "y" * 32769}),
        gmeta(content={"x": "y\0"}),
        gmeta(content={"x\ud800": 1}),
        gmeta(content=deep(20)),
        gmeta(visible_to=[]),
        gmeta(visible_to="public"),
        gmeta(visible_to=["everybody"]),
        gmeta(visible_to=["urn:globus:auth:identity:ada"]),
        gmeta(visible_to=["public"] * 101),
        gmeta(visible_to=[None]),
        gmeta(principal_sets=[]),
        gmeta(principal_sets={"author": "ada"}),
        gmeta(principal_sets={"author": ["public"]}),
        "entry",
        None,
    ],
    ids=lambda entry: repr(entry)[:80],
)
def test_a_malformed_entry_is_refused(http: Http, path: str, entry: Any) -> None:
    check_refusal(http("POST", f"{path}/ingest", document={"ingest_type": "GMetaEntry", "ingest_data": entry}))
    several = {"ingest_type": "GMetaList", "ingest_data": {"gmeta": [gmeta(), entry]}}
    check_refusal(http("POST", f"{path}/ingest", document=several))


def test_an_entry_within_the_limits_is_taken(http: Http, path: str) -> None:
    entry = gmeta(subject="é" * 250, content={**deep(19), "y": "y" * 32768}, visible_to=["public"] * 100)
    document = {"ingest_type": "GMetaEntry", "ingest_data": entry}
    task = http("POST", f"{path}/ingest", document=document).document["task_id"]
    assert http("GET", f"/v1/task/{task}").document["state"] == "SUCCESS"
    http("DELETE", f"{path}/subject", query={"subject": "é" * 250})


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"ingest_type": "GMetaEntry"},
        {"ingest_type": "Other", "ingest_data": gmeta()},
        {"ingest_type": {}, "ingest_data": gmeta()},
        {"ingest_type": "GMetaList", "ingest_data": {}},
        {"ingest_type": "GMetaList", "ingest_data": {"gmeta": []}},
        {"ingest_type": "GMetaList", "ingest_data": {"gmeta": {}}},
        {"ingest_type": "GMetaEntry", "ingest_data": gmeta(), "field_mapping": {"x": "string"}},
        {"ingest_type": "GMetaEntry", "ingest_data": gmeta(), "field_mapping": ["x"]},
    ],
)
def test_an_unknown_document_is_refused(http: Http, path: str, document: Any) -> None:
    check_refusal(http("POST", f"{path}/ingest", document=document))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("geo_point", "north"),
        ("geo_point", "91, 0"),
        ("geo_point", "\N{FULLWIDTH DIGIT ONE}, 0"),
        ("geo_point", {"lat": 1}),
        ("geo_point", {"lat": "1", "lon": True}),
        ("geo_point", 1),
        ("geo_shape", "1, 2"),
        ("geo_shape", {"type": "Circle", "coordinates": [0, 0]}),
        ("geo_shape", {"type": ["Point"], "coordinates": [0, 0]}),
        ("geo_shape", {"type": "Point", "coordinates": [181, 0]}),
        ("geo_shape", {"type": "Point", "coordinates": 10**300}),
        ("geo_shape", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1]]]}),
        ("geo_shape", {"type": "Polygon", "coordinates": []}),
        ("geo_shape", {"type": "MultiPolygon", "coordinates": [[]]}),
        ("geo_shape", {"type": "LineString", "coordinates": [[0, 0]]}),
    ],
)
def test_a_place_that_is_none_makes_the_task_fail(http: Http, path: str, kind: str, value: object) -> None:
    document = {
        "ingest_type": "GMetaEntry",
        "ingest_data": gmeta(content={"place": value}),
        "field_mapping": {"place": kind},
    }
    task = http("POST", f"{path}/ingest", document=document).document["task_id"]
    assert http("GET", f"/v1/task/{task}").document["state"] == "FAILED"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b'{"q": NaN}', b'{"q": 1e999}', b'{"q":' * 70 + b"1" + b"}" * 70]
)
@pytest.mark.parametrize(
    ("method", "end"),
    [("POST", end) for end in ("search", "scroll", "ingest", "delete_by_query", "batch_delete_by_subject", "role")]
    + [("PATCH", "")],
)
def test_a_body_that_is_no_object_is_refused(http: Http, path: str, method: str, end: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    check_refusal(http(method, f"{path}/{end}".rstrip("/"), body=body, headers=headers))


@pytest.mark.parametrize(
    ("method", "end", "document"),
    [
        ("POST", "batch_delete_by_subject", {}),
        ("POST", "batch_delete_by_subject", {"subjects": "a"}),
        ("POST", "batch_delete_by_subject", {"subjects": [1]}),
        ("POST", "role", {"role_name": "reader", "principal": "urn:globus:auth:identity:" + "0" * 8}),
        ("POST", "role", {"role_name": "writer", "principal": "public"}),
        ("POST", "role", {"role_name": "writer", "principal": "urn:globus:auth:identity:ada"}),
        ("POST", "role", {"role_name": "writer", "principal": "urn:globus:auth:identity:" + UPPER_CASE_ID}),
        ("POST", "role", {"role_name": "writer", "principal": 1}),
        ("POST", "role", {"role_name": "writer"}),
        ("PATCH", "", {"display_name": 1}),
        ("PATCH", "", {"display_name": ""}),
        ("PATCH", "", {"description": []}),
        ("DELETE", "subject", None),
        ("DELETE", "entry", None),
        ("DELETE", "entry?subject=%00", None),
        ("GET", "subject", None),
        ("GET", "entry?entry_id=x", None),
        ("GET", "subject?subject=a&bypass_visible_to=maybe", None),
        ("GET", "subject?subject=a&result_format_version=2017-09-01", None),
    ],
)
def test_other_malformed_requests_are_refused(http: Http, path: str, method: str, end: str, document: Any) -> None:
    check_refusal(http(method, f"{path}/{end}".rstrip("/"), document=document))


def test_a_new_index_needs_a_name(http: Http) -> None:
    for document in ({}, {"display_name": ""}, {"display_name": 1}, {"display_name": "x", "description": 1}):
        check_refusal(http("POST", "/v1/index", document=document))
    check_refusal(http("GET", "/v1/index_list?filter_roles=owner,reader"))


def test_what_is_unknown_is_a_404_and_a_wrong_method_a_405(http: Http, path: str) -> None:
    for index in ("unknown", "1ce48357-30b3-4a3c-a88e-01a8eae4ecbf", "%00", "%ff"):
        for end in ("", "/search?q=x", "/subject?subject=a", "/role_list"):
            answer = http("GET", f"/v1/index/{index}{end}")
            assert (answer.status, answer.document["code"]) == (404, "NotFound.Generic"), (index, end)
    for method, unknown in (
        ("GET", "/v1/task/x"),
        ("GET", "/v1/task_list/x"),
        ("DELETE", f"{path}/role/x"),
        ("GET", "/"),
    ):
        assert http(method, unknown).document["code"] == "NotFound.Generic", unknown
    assert http("DELETE", f"{path}/role/x").document["code"] == "NotFound.Generic"
    answer = http("PUT", path)
    assert (answer.status, answer.document["code"]) == (405, "MethodNotAllowed.Generic")


def test_strange_queries_find_something_or_are_refused() -> None:
    index = SearchIndex()
    content = {"title": "Gold", "n": 1, "date": "2026-03-01"}
    index.write([{"subject": "a", "id": None, "content": content, "visible_to": [], "principal_sets": {}}], {})
    words = ["", '"', '""', "\\", "*", "?", "[", "]", "{", "(", ")", ":", "-", "+", "!", "&", "&&", "|", "~", "^", "/"]
    words += [">", "<=", "AND", "OR", "NOT", "TO", "n", "[1 TO", "2]", "\u2028", "\U0001f600", "é", "'", "%", ";", "="]
    for first, second in itertools.product(words, words):
        for text in (first + second, f"n:{first} {second}", f"title:{first}*{second}"):
            score(index, parse_simple(text, "or"), {})
            with contextlib.suppress(SearchError):
                score(index, parse_advanced(text, "and"), {})
