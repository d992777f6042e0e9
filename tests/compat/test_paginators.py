"""The paginator classes, for methods that a program pages by itself, as in globus-sdk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import globus_sdk
import globus_sdk.paging
import pytest

import globus_transport
import globus_transport.paging
from globus_transport import AsyncTransferClient, GlobusHTTPResponse, GlobusSDKUsageError, TransferClient
from globus_transport.paging import MarkerPaginator, Paginator, has_paginator

PACKAGES = (globus_sdk, globus_transport)


class Pages:
    """A method that gives one page after the other, and keeps what it was asked."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[dict[str, Any]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.asked.append({"args": args, **kwargs})
        return self.pages[len(self.asked) - 1]


def count(page: dict[str, Any]) -> int:
    return len(page["items"])


OFFSETS = {"get_page_size": count, "max_total_results": 5, "page_size": 2}
CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "MarkerPaginator": (
        {},
        [
            {"items": [1], "has_next_page": True, "marker": "a"},
            {"items": [], "has_next_page": True, "marker": "b"},
            {"items": [2, 3], "has_next_page": False, "marker": "c"},
        ],
    ),
    "NullableMarkerPaginator": (
        {"marker_key": "next"},
        [{"items": [1], "next": "a"}, {"items": [2], "next": "b"}, {"items": [3], "next": None}],
    ),
    "LastKeyPaginator": (
        {},
        [{"items": [1], "has_next_page": True, "last_key": "k"}, {"items": [2], "has_next_page": False}],
    ),
    "NextTokenPaginator": ({}, [{"items": [1], "next_token": "t"}, {"items": [2]}]),
    "HasNextPaginator": (
        OFFSETS,
        [
            {"items": [1, 2], "has_next_page": True},
            {"items": [3, 4], "has_next_page": True},
            {"items": [5], "has_next_page": True},
        ],
    ),
    "LimitOffsetTotalPaginator": (OFFSETS, [{"items": [1, 2], "total": 3}, {"items": [3], "total": 3}]),
    "JSONAPIPaginator": (
        {},
        [
            {"items": [1], "links": {"next": "https://x.example/y?page%5Bn%5D=2"}},
            {"items": [2], "links": {"next": "https://x.example/y?page%5Bn%5D=3&f=1"}},
            {"items": [3], "links": {"next": None}},
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_class_pages_as_in_globus_sdk(name: str) -> None:
    options, pages = CASES[name]
    given = {"query_params": {"f": "0"}} if name == "JSONAPIPaginator" else {"y": 1}
    results = []
    for package in PACKAGES:
        method = Pages(*pages)
        paginator = getattr(package.paging, name)(
            method, items_key="items", client_args=("x",), client_kwargs=dict(given), **options
        )
        results.append((list(paginator.items()), [_plain(asked) for asked in method.asked]))
        assert isinstance(paginator, package.paging.Paginator)
    theirs, ours = results
    if "offset" in str(ours):
        # The first offset is sent as well; it is 0 by default.
        assert ours[1][0].pop("offset") == 0
    assert ours == theirs


def _plain(asked: dict[str, Any]) -> dict[str, Any]:
    query = asked.get("query_params")
    if query is not None:
        # globus-sdk has a list for each parameter.
        asked["query_params"] = {name: value[0] if isinstance(value, list) else value for name, value in query.items()}
    return asked


def _widgets(package: Any) -> Any:
    class WidgetsClient(package.BaseClient):  # type: ignore[misc]
        base_url = "https://widgets.example"

        @package.paging.has_paginator(package.paging.MarkerPaginator, items_key="widgets")  # type: ignore[untyped-decorator]
        def list_widgets(self, color: str, *, marker: str | None = None) -> Any:
            page = {"widgets": [f"{color} {marker}"], "has_next_page": marker != "b", "marker": "a"}
            return {**page, "marker": "b"} if marker == "a" else page

        def get_widget(self) -> Any:
            """Has no pages."""

    return WidgetsClient()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_method_of_a_class_of_ones_own(package: Any) -> None:
    client = _widgets(package)
    assert client.list_widgets("red")["widgets"] == ["red None"]
    expected = ["red None", "red a", "red b"]
    assert list(client.paginated.list_widgets("red").items()) == expected
    assert list(package.paging.Paginator.wrap(client.list_widgets)(color="red").items()) == expected
    with pytest.raises(AttributeError):
        _ = client.paginated.get_widget
    with pytest.raises(AttributeError):
        _ = client.paginated.nothing
    with pytest.raises(ValueError, match="get_widget"):
        package.paging.Paginator.wrap(client.get_widget)


def test_a_route_is_wrapped_with_its_types() -> None:
    def answer(request: globus_transport.Request) -> globus_transport.Response:
        offset = int(request.url.partition("offset=")[2].partition("&")[0] or 0)
        body = b'{"total": 2, "DATA": [{"task_id": "%d"}]}' % offset
        return globus_transport.Response(200, {"Content-Type": "application/json"}, body, request=request)

    client = TransferClient(terminal=answer)
    wrap: Callable[..., Paginator[Any]] = Paginator.wrap(client.task_list)
    paginator = wrap(limit=1)
    assert [item["task_id"] for item in paginator.items()] == ["0", "1"]
    assert len(list(paginator)) == 2
    assert isinstance(client.paginated.task_list(limit=1), Paginator)
    with pytest.raises(GlobusSDKUsageError, match="get_task has no pages"):
        Paginator.wrap(client.get_task)
    with pytest.raises(GlobusSDKUsageError, match="task_list has no pages"):
        Paginator.wrap(AsyncTransferClient().task_list)


def test_pages_without_a_key_have_no_items() -> None:
    paginator = MarkerPaginator[GlobusHTTPResponse](Pages({"marker": None}), client_args=(), client_kwargs={})
    assert len(list(paginator)) == 1
    with pytest.raises(GlobusSDKUsageError, match="no items_key"):
        paginator.items()


def test_a_class_of_ones_own() -> None:
    class Once(Paginator[str]):
        def pages(self) -> Any:
            yield self.method(*self.client_args, **self.client_kwargs)

    @has_paginator(Once)
    def ask(word: str) -> str:
        return word

    assert list(Paginator.wrap(ask)("hello")) == ["hello"]
