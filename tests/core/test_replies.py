"""Replies: indexed like the document that they hold."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusConnectionError, GlobusError, GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Response
from globus_transport.routing.replies import ArrayResponse, GlobusHTTPResponse, IterableResponse
from tests.core.stepping import FakeAsyncStream, FakeStream, get, unhurried

JSON = {"Content-Type": "application/json"}


def reply(document: object, **fields: Any) -> GlobusHTTPResponse:
    return GlobusHTTPResponse(Response(200, JSON, json.dumps(document).encode(), **fields))


def raw(body: bytes, content_type: str = "application/json") -> GlobusHTTPResponse:
    return GlobusHTTPResponse(Response(200, {"Content-Type": content_type}, body))


class Page(IterableResponse):
    default_iter_key = "DATA"


def test_an_object_is_indexed_like_a_dict() -> None:
    it = reply({"a": 1, "b": [1, 2], "n": None})
    assert it["a"] == 1
    assert it["b"] == [1, 2]
    assert it.get("a") == 1
    assert it.get("x") is None
    assert it.get("x", 5) == 5
    assert it.get("n", 5) is None
    assert "a" in it
    assert "x" not in it
    assert it.data == {"a": 1, "b": [1, 2], "n": None}
    with pytest.raises(KeyError):
        it["x"]


def test_a_list_is_indexed_like_a_list() -> None:
    it = reply([1, 2, 3])
    assert it[0] == 1
    assert it[1:] == [2, 3]
    assert 3 in it
    assert it.get("a", 5) == 5
    with pytest.raises(IndexError):
        it[9]


@pytest.mark.parametrize(("document", "kind"), [("text", "string"), (5, "number"), (1.5, "number"), (True, "boolean")])
def test_other_documents_have_nothing_to_index(document: object, kind: str) -> None:
    it = reply(document)
    assert it.data == document
    assert "t" not in it
    with pytest.raises(ReplyFormatError, match=f"is a JSON {kind}, which cannot be indexed"):
        it["a"]
    with pytest.raises(ReplyFormatError, match=f"is a JSON {kind}, which has no keys to get"):
        it.get("a")


def test_null() -> None:
    it = reply(None)
    assert it.data is None
    assert not it
    assert it.get("a") is None
    assert it.get("a", 5) == 5
    with pytest.raises(ReplyFormatError, match="is a JSON null"):
        it["a"]


def test_what_the_response_tells() -> None:
    it = GlobusHTTPResponse(Response(201, {**JSON, "X-Request-Id": "7"}, b'{"a": 1}', reason="Created"), "client")
    assert (it.http_status, it.http_reason, it.content_type) == (201, "Created", "application/json")
    assert it.headers["x-request-id"] == "7"
    assert (it.text, it.binary_content, it.client) == ('{"a": 1}', b'{"a": 1}', "client")


@pytest.mark.parametrize("body", [b"<html>", b"plain"])
def test_a_body_of_another_kind_has_no_data(body: bytes) -> None:
    it = raw(body, "text/html")
    assert it.data is None
    assert it.text == body.decode()
    assert not it
    assert "a" not in it
    with pytest.raises(ReplyFormatError, match="expected JSON, got"):
        it["a"]
    with pytest.raises(ReplyFormatError, match="expected JSON, got"):
        it.get("a")


@pytest.mark.parametrize("body", [b"{", b'{"token": "s3cret"', b"\xff", b"[" * 100_000])
def test_malformed_json_is_told_without_its_text(body: bytes) -> None:
    it = raw(body)
    uses: list[Callable[[], object]] = [
        lambda: it.data,
        lambda: it["a"],
        lambda: it.get("a"),
        lambda: "a" in it,
        lambda: bool(it),
    ]
    for use in uses:
        with pytest.raises(ReplyFormatError, match="expected JSON, got") as refused:
            use()
        assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("content_type", ["application/json", "text/html", ""])
def test_an_empty_reply_has_no_data(content_type: str) -> None:
    it = raw(b"", content_type)
    assert it.data is None
    assert not it
    assert "a" not in it
    assert it.get("a") is None
    assert it.get("a", 5) == 5
    with pytest.raises(ReplyFormatError, match="expected JSON, got an empty body"):
        it["a"]


def test_the_document_is_parsed_once() -> None:
    it = reply({"a": {}})
    assert it.data is it.data
    assert it["a"] is it.data["a"]


def test_printing() -> None:
    assert str(reply({"b": "é"})) == '{\n  "b": "é"\n}'
    assert str(raw(b"plain", "text/plain")) == "plain"
    assert repr(reply({"id": 7, "name": "é", "in": [None, {}]})) == (
        'GlobusHTTPResponse({"id": 7, "name": "é", "in": [null, {}]})'
    )
    assert repr(reply({})) == "GlobusHTTPResponse({})"
    assert repr(reply([1, 2])) == "GlobusHTTPResponse([1, 2])"
    assert repr(raw(b"{")) == "<GlobusHTTPResponse 200: 1 bytes>"
    assert repr(raw(b"plain", "text/plain")) == "<GlobusHTTPResponse 200: 5 bytes>"
    assert repr(GlobusHTTPResponse(Response(200, stream=FakeStream()))) == "<GlobusHTTPResponse 200: a stream>"


def test_a_repr_hides_credentials() -> None:
    document = {
        "access_token": "s3cret",
        "credentials": [{"name": "x", "secret": "s3cret", "password": None}],
        "link": "https://x.org/?signature=s3cret&page=2",
        "details": '{"refresh_token": "s3cret"}',
    }
    assert "s3cret" not in repr(reply(document))
    assert repr(reply(document)).count("<hidden>") == 4
    assert '"password": null' in repr(reply(document))


def test_a_repr_is_cut() -> None:
    assert 1000 < len(repr(reply({"n": "x" * 5000}))) < 1050
    assert repr(reply([*range(100_000)])).endswith("...)")
    # What comes after the end of what is shown is not looked at.
    many = reply([{"name": "x" * 50} for _ in range(100_000)])
    assert many.data
    assert shortest(lambda: repr(many)) < shortest(lambda: str(many)) / 100
    deep = "[" * 500 + "]" * 500
    assert repr(raw(deep.encode())) == "GlobusHTTPResponse(" + "[" * 12 + "[...]" + "]" * 12 + ")"


def shortest(function: Callable[[], object]) -> float:
    """The shortest of three durations, in seconds of this thread."""
    durations = []
    for _ in range(3):
        started = time.thread_time()
        function()
        durations.append(time.thread_time() - started)
    return min(durations)


def test_iterating_is_that_of_the_document() -> None:
    assert list(reply({"a": 1, "b": 2})) == ["a", "b"]
    assert list(reply([1, 2])) == [1, 2]
    assert list(Page(Response(200, JSON, b'{"DATA": [{"id": 1}]}'))) == [{"id": 1}]
    with pytest.raises(ReplyFormatError, match="is a JSON number, which cannot be iterated"):
        iter(reply(5))
    with pytest.raises(ReplyFormatError, match="expected JSON, got"):
        iter(raw(b"plain", "text/plain"))


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("json", r"reply\.data is the document"),
        ("status_code", r"reply\.http_status is the status code"),
        ("content", r"reply\.binary_content"),
        ("iter_content", r"reply\.iter_bytes\(\)"),
        ("raise_for_status", "GlobusAPIError"),
        ("keys", r"reply\.data\.keys\(\)"),
    ],
)
def test_the_words_of_requests_lead_to_those_of_a_reply(word: str, hint: str) -> None:
    it = reply({"a": 1})
    with pytest.raises(AttributeError, match=f"'GlobusHTTPResponse' object has no attribute '{word}': .*{hint}"):
        getattr(it, word)
    assert not hasattr(it, word)


def test_an_attribute_error_of_a_property_is_its_own() -> None:
    class Wrong(GlobusHTTPResponse):
        @property
        def owner(self) -> Any:
            return self.client.owner

    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'owner'"):
        _ = Wrong(Response(200)).owner
    with pytest.raises(AttributeError, match="'Wrong' object has no attribute 'nothing'"):
        _ = Wrong(Response(200)).nothing  # type: ignore[attr-defined]


def test_a_reply_made_from_a_reply() -> None:
    first = GlobusHTTPResponse(Response(200, JSON, b'{"DATA": [{"id": 1}]}'), "client")
    page = Page(first)
    assert (page.client, list(page)) == ("client", [{"id": 1}])
    assert Page(first, "another").client == "another"


# Arrays and pages.


def test_arrays() -> None:
    array = ArrayResponse(Response(200, JSON, b"[1, 2, 3]"))
    assert list(array) == [1, 2, 3]
    assert len(array) == 3
    assert not ArrayResponse(Response(200, JSON, b"[]"))
    for body in (b"{}", b"5"):
        with pytest.raises(ReplyFormatError, match="expected a JSON array, got a JSON"):
            list(ArrayResponse(Response(200, JSON, body)))


def test_pages() -> None:
    page = Page(Response(200, JSON, b'{"DATA": [{"id": 1}, {"id": 2}], "other": [5]}'))
    assert [item["id"] for item in page] == [1, 2]
    assert page["other"] == [5]
    assert list(map(str, Page(page, iter_key="other"))) == ["5"]


@pytest.mark.parametrize("body", [b"{}", b'{"DATA": null}', b'{"DATA": {"id": "s3cret"}}', b"[]", b"", b"5"])
def test_a_page_without_its_items(body: bytes) -> None:
    with pytest.raises(ReplyFormatError) as refused:
        list(Page(Response(200, JSON, body)))
    assert "s3cret" not in str(refused.value)


# Streams.


def test_a_whole_reply_is_one_chunk() -> None:
    assert list(reply({}).iter_bytes()) == [b"{}"]


def test_a_streamed_reply() -> None:
    stream = FakeStream(b"ab", b"cd")
    with GlobusHTTPResponse(Response(200, stream=stream)) as it:
        assert str(it) == "<GlobusHTTPResponse 200: a stream>"
        assert list(it.iter_bytes()) == [b"ab", b"cd"]
        for use in USES:
            with pytest.raises(GlobusSDKUsageError, match="collect the chunks"):
                use(it)
        assert stream.closed == 0
    assert stream.closed == 1


#: What needs the body of a reply in one piece.
USES: list[Callable[[GlobusHTTPResponse], object]] = [
    lambda it: it.data,
    lambda it: it.text,
    lambda it: it.binary_content,
    lambda it: it.get("a"),
    lambda it: it["a"],
    lambda it: "a" in it,
    bool,
]


@pytest.mark.parametrize("use", USES)
def test_a_streamed_reply_is_read_when_it_is_first_looked_into(use: Callable[[GlobusHTTPResponse], object]) -> None:
    reads = 0

    class CountedStream(FakeStream):
        def read(self, limit: int | None = None) -> bytes:
            nonlocal reads
            reads += 1
            return super().read(limit)

    it = GlobusHTTPResponse(Response(200, JSON, stream=CountedStream(b'{"a"', b": 1}"), reason="OK"))
    assert use(it)
    assert (it.data, it.text, it.binary_content, it["a"]) == ({"a": 1}, '{"a": 1}', b'{"a": 1}', 1)
    assert list(it.iter_bytes()) == [b'{"a": 1}'], "it is kept"
    assert (it.http_status, it.http_reason, it.headers["content-type"]) == (200, "OK", "application/json")
    assert reads == 1
    assert pickle.loads(pickle.dumps(it)).data == {"a": 1}


def test_a_streamed_reply_that_breaks_off() -> None:
    it = GlobusHTTPResponse(Response(200, stream=FakeStream(breaks_with=GlobusConnectionError("gone"))))
    for _ in range(2):
        with pytest.raises(GlobusConnectionError, match="gone"):
            _ = it.text


def test_a_streamed_reply_under_asyncio() -> None:
    stream, blocking = FakeAsyncStream(b"ab", b"cd"), FakeStream(b"ef")

    async def main() -> None:
        async with GlobusHTTPResponse(Response(200, stream=stream)) as it:
            assert [chunk async for chunk in it.aiter_bytes()] == [b"ab", b"cd"]
            with pytest.raises(GlobusSDKUsageError, match="async for chunk in reply"):
                list(it.iter_bytes())
            for use in USES:
                with pytest.raises(GlobusSDKUsageError, match=r"async for chunk in reply.aiter_bytes\(\)"):
                    use(it)
        async with GlobusHTTPResponse(Response(200, stream=blocking)) as it:
            assert [chunk async for chunk in it.aiter_bytes()] == [b"ef"]
        assert [chunk async for chunk in reply({}).aiter_bytes()] == [b"{}"]

    asyncio.run(main())
    assert (stream.closed, blocking.closed) == (1, 1)


# Copies.


def test_pickling_leaves_credentials_behind() -> None:
    request = get(headers={"Authorization": "Bearer s3cret"})
    it = Page(Response(200, JSON, b'{"DATA": [5]}', request=request, reason="OK"), {"client": "s3cret"})
    assert it.data
    pickled = pickle.dumps(it)
    assert b"s3cret" not in pickled
    for same in (pickle.loads(pickled), copy.deepcopy(it)):
        assert type(same) is Page
        assert (same.http_status, same.http_reason, same.headers, same.client) == (200, "OK", it.headers, None)
        assert same["DATA"] == [5]
    assert it.client == {"client": "s3cret"}, "the reply that was pickled keeps its client"


def test_a_stream_cannot_be_pickled() -> None:
    with pytest.raises(GlobusSDKUsageError, match="still on the wire cannot be pickled"):
        pickle.dumps(GlobusHTTPResponse(Response(200, stream=FakeStream(b"1"))))


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@unhurried
@given(documents, st.text(max_size=5))
def test_any_document(document: Any, key: str) -> None:
    it = reply(document)
    assert it.data == document
    assert bool(it) == bool(document)
    assert (key in it) == (isinstance(document, (dict, list)) and key in document)
    assert isinstance(repr(it), str)
    assert isinstance(str(it), str)
    if isinstance(document, dict):
        assert it.get(key, "none") == document.get(key, "none")


@unhurried
@given(st.binary(max_size=30), st.sampled_from(["application/json", "text/plain", "application/problem+JSON", ""]))
def test_any_body_works_or_is_told(body: bytes, content_type: str) -> None:
    uses: list[Callable[[Page], object]] = [
        lambda it: it.data,
        lambda it: it["a"],
        lambda it: it.get("a"),
        list,
        bool,
        str,
        repr,
    ]
    for use in uses:
        with contextlib.suppress(GlobusError, KeyError, IndexError):
            use(Page(Response(200, {"Content-Type": content_type}, body)))
