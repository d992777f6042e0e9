"""Going through Transfer's lists: what is asked for page after page, and when it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from globus_transport import (
    AsyncTransferClient,
    GlobusSDKUsageError,
    ReplyFormatError,
    Request,
    Response,
    TransferClient,
)


class Pages:
    """A terminal that gives the pages it was made with, and writes down the queries."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self._pages = list(pages)
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: Request) -> Response:
        self.queries.append(dict(parse_qsl(urlsplit(str(request.url)).query, keep_blank_values=True)))
        return Response(200, {"Content-Type": "application/json"}, json.dumps(self._pages.pop(0)).encode())

    async def send(self, request: Request) -> Response:
        return self(request)


def _shared(*names: str, token: str | None) -> dict[str, Any]:
    return {"shared_endpoints": [{"id": name} for name in names], "next_token": token}


def _tasks(*names: str, last_key: str | None, more: bool) -> dict[str, Any]:
    return {"DATA": [{"task_id": name} for name in names], "last_key": last_key, "has_next_page": more}


def _files(*names: str, marker: int | None) -> dict[str, Any]:
    return {"DATA": [{"path": name} for name in names], "next_marker": marker}


def _events(count: int, total: int) -> dict[str, Any]:
    return {"DATA": [{"code": "x"}] * count, "total": total}


def test_shared_endpoints_by_token() -> None:
    pages = Pages(_shared("a", "b", token="t 1"), _shared(token="t2"), _shared("c", token=None))
    found = TransferClient(terminal=pages).paginated.get_shared_endpoint_list("e", max_results=2).items()
    assert [one["id"] for one in found] == ["a", "b", "c"]
    assert pages.queries == [
        {"max_results": "2"},
        {"max_results": "2", "next_token": "t 1"},
        {"max_results": "2", "next_token": "t2"},
    ]


def test_shared_endpoints_from_a_token_on() -> None:
    pages = Pages(_shared("c", token=None))
    list(TransferClient(terminal=pages).get_shared_endpoint_list.pages("e", next_token="t2"))
    assert pages.queries == [{"next_token": "t2"}]


def test_shared_endpoints_without_an_end() -> None:
    pages = Pages(_shared("a", token="t"), _shared("b", token="t"))
    with pytest.raises(ReplyFormatError, match="twice"):
        list(TransferClient(terminal=pages).paginated.get_shared_endpoint_list("e"))


def test_managed_tasks_by_last_key() -> None:
    # The last page has a key too; what counts is has_next_page.
    pages = Pages(_tasks("a", last_key="k1", more=True), _tasks("b", last_key="k2", more=False))
    paginator = TransferClient(terminal=pages).paginated.endpoint_manager_task_list(filter_status=["ACTIVE", "FAILED"])
    assert [one["task_id"] for one in paginator.items()] == ["a", "b"]
    assert pages.queries == [
        {"filter_status": "ACTIVE,FAILED"},
        {"filter_status": "ACTIVE,FAILED", "last_key": "k1"},
    ]


def test_managed_tasks_without_the_key_for_more() -> None:
    pages = Pages(_tasks("a", last_key=None, more=True))
    with pytest.raises(ReplyFormatError, match="last_key"):
        list(TransferClient(terminal=pages).paginated.endpoint_manager_task_list())


def test_managed_tasks_refuse_a_use_without_an_endpoint() -> None:
    pages = Pages()
    client = TransferClient(terminal=pages)
    with pytest.raises(GlobusSDKUsageError, match="filter_endpoint_use"):
        client.endpoint_manager_task_list(filter_endpoint_use="source")
    with pytest.raises(GlobusSDKUsageError, match="filter_endpoint_use"):
        list(client.paginated.endpoint_manager_task_list(filter_endpoint_use="source"))
    assert pages.queries == []


@pytest.mark.parametrize("value", [5, ("a",), ("a", "b", "c"), ("a", 1)], ids=repr)
def test_managed_tasks_refuse_what_is_no_range_of_time(value: Any) -> None:
    pages = Pages()
    with pytest.raises(GlobusSDKUsageError, match="filter_completion_time"):
        TransferClient(terminal=pages).endpoint_manager_task_list(filter_completion_time=value)
    assert pages.queries == []


@pytest.mark.parametrize("name", ["endpoint_manager_task_successful_transfers", "endpoint_manager_task_skipped_errors"])
def test_files_of_managed_tasks_by_marker(name: str) -> None:
    # The service's markers are numbers; 0 is one too.
    pages = Pages(_files("/a", marker=0), _files("/b", marker=7), _files("/c", marker=None))
    found = getattr(TransferClient(terminal=pages).paginated, name)("t", query_params={"x": "y"}).items()
    assert [one["path"] for one in found] == ["/a", "/b", "/c"]
    assert pages.queries == [{"x": "y"}, {"x": "y", "marker": "0"}, {"x": "y", "marker": "7"}]


def test_events_of_managed_tasks_by_offset() -> None:
    pages = Pages(_events(2, total=3), _events(1, total=3))
    paginator = TransferClient(terminal=pages).paginated.endpoint_manager_task_event_list(
        "t", limit=2, filter_is_error=True
    )
    assert len(list(paginator.items())) == 3
    assert pages.queries == [
        {"filter_is_error": "1", "limit": "2", "offset": "0"},
        {"filter_is_error": "1", "limit": "2", "offset": "2"},
    ]


def test_events_of_managed_tasks_in_thousands() -> None:
    pages = Pages(_events(0, total=0))
    assert list(TransferClient(terminal=pages).paginated.endpoint_manager_task_event_list("t").items()) == []
    assert pages.queries == [{"limit": "1000", "offset": "0"}]


def test_under_asyncio() -> None:
    pages = Pages(_shared("a", token="t"), _shared("b", token=None), _tasks("c", last_key="k", more=False))

    async def collect() -> list[str]:
        client = AsyncTransferClient(terminal=pages.send)
        shared = [one["id"] async for one in client.paginated.get_shared_endpoint_list("e").items()]
        return shared + [one["task_id"] async for one in client.paginated.endpoint_manager_task_list().items()]

    assert asyncio.run(collect()) == ["a", "b", "c"]
    assert pages.queries == [{}, {"next_token": "t"}, {}]


def test_a_list_of_tunnels() -> None:
    tunnels = TransferClient(terminal=Pages({"data": [{"id": "a"}, {"id": "b"}], "links": {}})).list_tunnels()
    assert [one["id"] for one in tunnels] == ["a", "b"]


def test_a_list_without_pages_has_no_paginator() -> None:
    with pytest.raises(GlobusSDKUsageError, match="bookmark_list"):
        _ = TransferClient(terminal=Pages()).paginated.bookmark_list
