"""Paging ends, whatever a service says."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import ReplyFormatError, Request, Response, TransferClient
from globus_transport.routing import MISSING, BaseClient, IterableResponse, Marker, Maybe, Offset, RouteTable, get

_JSON = {"Content-Type": "application/json"}


class Things(IterableResponse):
    default_iter_key = "things"


def _client(markers: Iterator[str | None]) -> TransferClient:
    def answer(request: Request) -> Response:
        return Response(200, _JSON, json.dumps({"DATA": [1], "next_marker": next(markers)}).encode(), request=request)

    return TransferClient(base_url="https://service.example.org", terminal=answer)


@given(lead=st.integers(0, 40), circle=st.integers(1, 40))
def test_a_circle_of_any_length_is_noticed(lead: int, circle: int) -> None:
    first = (f"lead {number}" for number in range(lead))
    markers: Iterator[str | None] = itertools.chain(
        first, itertools.cycle(f"circle {number}" for number in range(circle))
    )
    items = _client(markers).task_successful_transfers.items("task")
    with pytest.raises(ReplyFormatError, match="never end"):
        list(itertools.islice(items, 4 * (lead + circle) + 4))


@given(st.integers(0, 100))
def test_a_list_without_a_circle_is_read_to_its_end(count: int) -> None:
    markers: Iterator[str | None] = itertools.chain(map(str, range(count)), [None])
    assert len(list(_client(markers).task_successful_transfers.items("task"))) == count + 1


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html>"])
def test_a_page_that_is_no_document_is_not_the_last(body: bytes) -> None:
    client = TransferClient(
        base_url="https://service.example.org", terminal=lambda request: Response(200, _JSON, body, request=request)
    )
    with pytest.raises(ReplyFormatError):
        list(client.task_successful_transfers.pages("task"))


def test_a_page_by_offset_that_does_not_say_whether_there_are_more() -> None:
    class Table(RouteTable):
        @get("/things", paging=Offset(page_size=3))
        def things(self, *, limit: Maybe[int] = MISSING, offset: Maybe[int] = MISSING) -> Things:
            raise NotImplementedError

    class Client(BaseClient, Table):
        base_url = "https://service.example.org"

    def answer(request: Request) -> Response:
        return Response(200, _JSON, b'{"things": [1, 2, 3]}', request=request)

    with pytest.raises(ReplyFormatError, match="whether there is another one, under 'has_next_page'"):
        list(Client(terminal=answer).things.items())


@pytest.mark.parametrize("more", [{}, {"has_next_page": None}], ids=["missing", "null"])
def test_a_page_by_marker_that_does_not_say_whether_there_are_more_is_followed(more: dict[str, None]) -> None:
    pages = iter([{"things": [1], "marker": "a", **more}, {"things": [2], "marker": None, **more}])

    class Table(RouteTable):
        @get("/things", paging=Marker(more_key="has_next_page"))
        def things(self, *, marker: Maybe[str] = MISSING) -> Things:
            raise NotImplementedError

    class Client(BaseClient, Table):
        base_url = "https://service.example.org"

    def answer(request: Request) -> Response:
        return Response(200, _JSON, json.dumps(next(pages)).encode(), request=request)

    assert list(Client(terminal=answer).things.items()) == [1, 2]
