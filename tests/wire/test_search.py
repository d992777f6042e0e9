"""Globus Search: both packages send the same, read the same, and go through the pages of a list in the same way."""

from __future__ import annotations

import asyncio
import inspect
import json
import pickle
import uuid
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import (
    AsyncSearchClient,
    GlobusSDKUsageError,
    NetworkError,
    Request,
    Response,
    RetryConfig,
    SearchAPIError,
    SearchClient,
    SearchQueryV1,
    SearchScrollQuery,
)
from globus_transport.routing.json_body import encode_json
from globus_transport.services.search import IndexListResponse, SearchResponse
from tests.core.test_error_documents import requests_response
from tests.wire.both_packages import Call, as_sent, sent_by_both
from tests.wire.paged_server import pages_asked_by_both
from tests.wire.recording_server import RecordingServer

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
JSON = {"Content-Type": "application/json"}

FILTERS = [{"type": "range", "field_name": "date", "values": [{"from": "*", "to": "2031-01-01"}]}]
EVERYTHING: dict[str, Any] = {
    "q": "Größe",
    "limit": 5,
    "offset": 6,
    "advanced": False,
    "filters": FILTERS,
    "facets": [{"name": "Tags", "type": "terms", "field_name": "tags", "size": 10}],
    "post_facet_filters": FILTERS,
    "boosts": [{"field_name": "title", "factor": 2.5}],
    "sort": [{"field_name": "date", "order": "desc"}],
    "additional_fields": {"q": "wins", "bypass_visible_to": True},
}
SCROLL: dict[str, Any] = {"limit": 7, "advanced": True, "marker": "m", "additional_fields": {"filters": FILTERS}}

CALLS: dict[str, Call] = {
    "one role": lambda client, _: client.index_list("owner"),
    "roles": lambda client, _: client.index_list(filter_roles=(role for role in ("owner", "admin"))),
    "no role": lambda client, _: client.index_list([]),
    "advanced": lambda client, _: client.search(ID, q="a: ü", advanced=False, limit=0, offset=0),
    "a query wins": lambda client, _: client.search(ID, "x", limit=1, query_params={"limit": 2, "q": "y"}),
    "query": lambda client, sdk: client.post_search(ID, sdk.SearchQueryV1(q="x")),
    "query, nothing": lambda client, sdk: client.post_search(ID, sdk.SearchQueryV1()),
    "query, null": lambda client, sdk: client.post_search(ID, sdk.SearchQueryV1(q=None, filters=None)),
    "query, all": lambda client, sdk: client.post_search(ID, sdk.SearchQueryV1(**EVERYTHING)),
    "query, other page": lambda client, sdk: client.post_search(ID, sdk.SearchQueryV1(**EVERYTHING), limit=8, offset=9),
    "query, null page": lambda client, sdk: client.post_search(ID, sdk.SearchQueryV1(**EVERYTHING), limit=None),
    "query, plain": lambda client, sdk: client.post_search(ID, data={"q": "x", "limit": sdk.MISSING}),
    "scroll": lambda client, sdk: client.scroll(ID, sdk.SearchScrollQuery("*")),
    "scroll, all": lambda client, sdk: client.scroll(ID, sdk.SearchScrollQuery("x", **SCROLL)),
    "scroll, other page": lambda client, sdk: client.scroll(ID, sdk.SearchScrollQuery(q="x", **SCROLL), marker="n"),
    "scroll, empty": lambda client, _: client.scroll(ID, {}),
    "one subject": lambda client, _: client.batch_delete_by_subject(ID, "https://a.example/x?y"),
    "subjects": lambda client, _: client.batch_delete_by_subject(ID, (subject for subject in ("a", "b"))),
    "subjects, more": lambda client, _: client.batch_delete_by_subject(ID, ["a"], {"subjects": ["b"], "x": None}),
    "subject": lambda client, _: client.get_subject(ID, "https://a.example/x?y=ü&z"),
    "entry": lambda client, _: client.get_entry(ID, "s", entry_id="e/f"),
    "entry, null": lambda client, _: client.delete_entry(ID, "s", entry_id=None),
    "ingest": lambda client, _: client.ingest(
        ID, {"ingest_type": "GMetaEntry", "ingest_data": {"subject": ID, "content": {"ü": [None]}}}
    ),
    "role": lambda client, _: client.create_role(ID, {"role_name": "writer", "principal": f"urn:x:{ID}"}),
    "role, deleted": lambda client, _: client.delete_role(ID, "MDMwMjM5="),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("SearchClient", CALLS[name], server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("name", ["SearchQueryV1", "SearchScrollQuery"])
def test_the_parameters_of_a_query(name: str) -> None:
    ours, theirs = (inspect.signature(getattr(package, name)).parameters for package in (globus_transport, globus_sdk))
    assert [(one.name, one.kind) for one in ours.values()] == [(one.name, one.kind) for one in theirs.values()]
    assert [one.default is not one.empty for one in ours.values()] == [True] * len(theirs)


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        *[(SearchQueryV1, name, 1) for name in EVERYTHING if name not in ("limit", "offset")],
        *[(SearchQueryV1, name, value) for name in ("limit", "offset") for value in ("1", True, 1.5)],
        (SearchQueryV1, "filters", {"type": "match_all"}),
        *[(SearchScrollQuery, name, 1) for name in ("q", "advanced", "marker", "additional_fields")],
        (SearchScrollQuery, "limit", "1"),
    ],
)
def test_a_wrong_type_is_refused_by_name(make: Any, name: str, value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=rf"\b{name}\b"):
        make(**{name: value})


def test_a_field_that_is_not_given_is_not_in_the_query() -> None:
    assert as_sent(SearchQueryV1(limit=5)) == {"@version": "query#1.0.0", "limit": 5}
    assert as_sent(SearchScrollQuery()) == {}
    assert json.loads(encode_json(SearchQueryV1(filters=({"a": ID},))))["filters"] == [{"a": str(ID)}]  # type: ignore[arg-type]


# Pages.


def _results(*subjects: str, more: bool, **others: Any) -> dict[str, Any]:
    return {
        "gmeta": [{"subject": subject} for subject in subjects],
        "count": len(subjects),
        "has_next_page": more,
        **others,
    }


RESULTS = [_results("a", "b", more=True), _results("c", "d", more=True), _results("e", more=False)]
SCROLLED = [
    _results("a", more=True, marker="m 1"),
    _results(more=True, marker="m2"),
    _results("b", more=False, marker=None),
]
LISTS: dict[str, tuple[Call, list[dict[str, Any]]]] = {
    "search": (lambda client, _: client.paginated.search(ID, "x", query_params={"y": "z"}).items(), RESULTS),
    "search, from an offset": (lambda client, _: client.paginated.search(ID, "x", offset=0).items(), RESULTS),
    "post_search": (
        lambda client, sdk: client.paginated.post_search(ID, sdk.SearchQueryV1(q="x", sort=[])).items(),
        RESULTS,
    ),
    "scroll": (lambda client, sdk: client.paginated.scroll(ID, sdk.SearchScrollQuery("*")).items(), SCROLLED),
    "scroll, from a marker": (lambda client, _: client.paginated.scroll(ID, {"q": "*"}, marker="n").items(), SCROLLED),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_pages_of_a_list(name: str) -> None:
    call, pages = LISTS[name]
    theirs, ours = pages_asked_by_both("SearchClient", call, pages)
    if name in ("search", "post_search"):
        # What is not said is the first page's offset.
        ours[0] = (ours[0][0].replace("&offset=0", ""), ours[0][1] and _without_offset(ours[0][1]))
    assert [_sorted_query(*sent) for sent in ours] == [_sorted_query(*sent) for sent in theirs]


def _without_offset(body: dict[str, Any]) -> dict[str, Any]:
    assert body["offset"] == 0
    return {name: value for name, value in body.items() if name != "offset"}


def _sorted_query(line: str, body: Any) -> tuple[str, list[str], Any]:
    path, _, query = line.removesuffix(" HTTP/1.1").partition("?")
    return path, sorted(query.split("&")), body


class Pages:
    """A terminal that replies with one page after the other, and keeps the bodies of the requests."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self._pages = list(pages)
        self.bodies: list[Any] = []

    def __call__(self, request: Request) -> Response:
        assert isinstance(request.body, bytes)
        self.bodies.append(json.loads(request.body))
        return Response(200, JSON, json.dumps(self._pages.pop(0)).encode())

    async def send(self, request: Request) -> Response:
        return self(request)


def test_the_limit_of_a_query_is_the_size_of_its_pages() -> None:
    pages = Pages(*RESULTS)
    query = SearchQueryV1(q="x", limit=2)
    found = SearchClient(terminal=pages).post_search.items(ID, query)
    assert [result["subject"] for result in found] == list("abcde")
    assert [(body["limit"], body["offset"]) for body in pages.bodies] == [(2, 0), (2, 2), (2, 4)]
    assert as_sent(query) == {"@version": "query#1.0.0", "q": "x", "limit": 2}


def test_no_page_goes_beyond_the_results_that_the_service_has() -> None:
    pages = Pages(_results("a", "b", more=True))
    list(SearchClient(terminal=pages).post_search.pages(ID, {"q": "x"}, offset=9998, limit=100))
    assert pages.bodies == [{"q": "x", "limit": 2, "offset": 9998}]


def test_scrolling_under_asyncio() -> None:
    pages = Pages(*SCROLLED)

    async def collect() -> list[str]:
        async with AsyncSearchClient(terminal=pages.send) as client:
            return [result["subject"] async for result in client.paginated.scroll(ID, {"q": "*"}).items()]

    assert asyncio.run(collect()) == ["a", "b"]
    assert pages.bodies == [{"q": "*"}, {"q": "*", "marker": "m 1"}, {"q": "*", "marker": "m2"}]


# Replies, errors, and what is sent again.


def test_replies_are_iterated() -> None:
    indexes = SearchClient(terminal=lambda _: Response(200, JSON, b'{"index_list": [{"id": "a"}]}')).index_list()
    assert isinstance(indexes, IndexListResponse)
    assert [index["id"] for index in indexes] == ["a"]
    results = SearchClient(terminal=Pages(RESULTS[0])).post_search(ID, {"q": "x"})
    assert isinstance(results, SearchResponse)
    assert [result["subject"] for result in results] == ["a", "b"]
    assert results["count"] == 2


@pytest.mark.parametrize(
    "document",
    [
        {
            "@datatype": "GError",
            "code": "BadRequest.Query",
            "message": "no",
            "request_id": "r",
            "error_data": {"a": [1]},
        },
        {"code": "NotFound.Generic", "message": "no", "error_data": None},
        {"code": "X", "message": "no", "errors": [{"code": "Y"}]},
        {"message": "no"},
        [],
    ],
)
def test_an_error_document_is_read_as_in_globus_sdk(document: Any) -> None:
    theirs = globus_sdk.SearchAPIError(requests_response(409, document))
    for response in (Response(409, JSON, json.dumps(document).encode()), requests_response(409, document)):
        error = SearchAPIError(response)
        for name in ("http_status", "code", "message", "messages", "request_id", "error_data"):
            assert getattr(error, name) == getattr(theirs, name), name
        assert pickle.loads(pickle.dumps(error)).error_data == error.error_data


def test_a_refusal_is_raised_as_an_error_of_search() -> None:
    body = b'{"code": "Conflict.LimitExceeded", "message": "no", "error_data": {"limit": 3}}'
    with pytest.raises(SearchAPIError) as raised:
        SearchClient(terminal=lambda _: Response(409, JSON, body)).create_index("a", "b")
    assert raised.value.error_data == {"limit": 3}


class LosesOneAnswer:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _request: Request) -> Response:
        self.count += 1
        if self.count == 1:
            raise NetworkError("the answer was lost")
        return Response(200, JSON, b"{}")


QUERY = {"q": "x"}
WRITES: dict[str, Call] = {
    "create_index": lambda client, _: client.create_index("a", "b"),
    "update_index": lambda client, _: client.update_index(ID, display_name="a"),
    "reopen_index": lambda client, _: client.reopen_index(ID),
    "ingest": lambda client, _: client.ingest(ID, {}),
    "delete_by_query": lambda client, _: client.delete_by_query(ID, QUERY),
    "batch_delete_by_subject": lambda client, _: client.batch_delete_by_subject(ID, ["a"]),
    "create_role": lambda client, _: client.create_role(ID, {}),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_whose_answer_was_lost_is_not_sent_again(name: str) -> None:
    terminal = LosesOneAnswer()
    client = SearchClient(terminal=terminal, retry_config=RetryConfig(max_sleep=0))
    with pytest.raises(NetworkError):
        WRITES[name](client, globus_transport)
    assert terminal.count == 1


@pytest.mark.parametrize("name", ["post_search", "scroll"])
def test_a_query_whose_answer_was_lost_is_sent_again(name: str) -> None:
    terminal = LosesOneAnswer()
    client = SearchClient(terminal=terminal, retry_config=RetryConfig(max_sleep=0))
    getattr(client, name)(ID, QUERY)
    assert terminal.count == 2


def test_the_scopes_are_those_of_globus_sdk() -> None:
    ours, theirs = SearchClient(), globus_sdk.SearchClient()
    assert list(map(str, ours.default_scope_requirements)) == list(map(str, theirs.default_scope_requirements))
    assert ours.resource_server == theirs.resource_server
