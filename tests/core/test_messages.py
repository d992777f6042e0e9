"""Request and Response: values, checked when they are made."""

from __future__ import annotations

import contextlib
import copy
import pickle
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from tests.core.stepping import FakeStream, get, post, unhurried


def test_messages_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        get().method = "POST"  # type: ignore[misc]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Response(200).status = 404  # type: ignore[misc]
    with pytest.raises(TypeError):
        get().extensions["mine"] = 1  # type: ignore[index]


def test_plain_values_are_converted() -> None:
    request = Request("GET", "https://h.org:443/a", {"X": "1"})
    assert type(request.url) is URL
    assert request.url.origin == "https://h.org"
    assert type(request.headers) is Headers
    assert type(Response(200, [("X", "1")]).headers) is Headers


def test_with_headers_changes_nothing_else() -> None:
    everything = Request(
        "POST",
        "https://h.org/a",
        {"X": "1"},
        b"body",
        stream=True,
        repeatable=True,
        authorize=False,
        follow_redirects=False,
        attempt=3,
        deadline=5.0,
        route="r",
        notify=print,
        extensions={"mine": 1},
    )
    defaults = get()
    for field in attrs.fields(Request):
        # An attribute that is equal to its default would not show that it was lost.
        assert getattr(everything, field.name) != getattr(defaults, field.name), field.name
    changed = everything.with_header("Y", "2")
    for field in attrs.fields(Request):
        if field.name != "headers":
            assert getattr(changed, field.name) is getattr(everything, field.name), field.name
    assert changed.headers.pairs == (("X", "1"), ("Y", "2"))
    heard = everything.with_listener(repr)
    for field in attrs.fields(Request):
        if field.name != "notify":
            assert getattr(heard, field.name) is getattr(everything, field.name), field.name
    assert (heard.notify, everything.notify) == (repr, print)
    sooner = everything.with_deadline(4.0)
    for field in attrs.fields(Request):
        if field.name != "deadline":
            assert getattr(sooner, field.name) is getattr(everything, field.name), field.name
    assert (sooner.deadline, everything.deadline) == (4.0, 5.0)
    for copied in (changed, heard, sooner):
        assert type(copied) is Request
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            copied.method = "GET"  # type: ignore[misc]
    assert everything.headers.pairs == (("X", "1"),)


@pytest.mark.parametrize("method", ["get", "Post", "", "GET /", "GET\r\nX: 1", None, "GÉT"])
def test_bad_methods(method: Any) -> None:
    with pytest.raises(GlobusSDKUsageError):
        Request(method, "https://h.org")


def test_own_methods() -> None:
    assert Request("PROPFIND", "https://h.org").may_repeat is False


@pytest.mark.parametrize("body", ["text", {"a": 1}, 5, bytearray(b"x"), iter([b"x"])])
def test_bad_bodies(body: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="a request body is bytes"):
        Request("POST", "https://h.org", body=body)


@pytest.mark.parametrize("make", [lambda: Request("GET", "h.org"), lambda: get(headers={"X": "a\nb"})])
def test_bad_parts_are_refused_at_birth(make: Any) -> None:
    with pytest.raises(GlobusSDKUsageError):
        make()


ONCE = StreamBody.once([b"x"])
AGAIN = StreamBody(lambda: [b"x"], replayable=True)


@pytest.mark.parametrize(
    ("method", "repeatable", "body", "may_repeat", "can_replay"),
    [
        ("GET", None, None, True, True),
        ("HEAD", None, None, True, True),
        ("OPTIONS", None, None, True, True),
        ("PUT", None, b"x", True, True),
        ("DELETE", None, None, True, True),
        ("POST", None, b"x", False, True),
        ("PATCH", None, b"x", False, True),
        ("POST", True, b"x", True, True),
        ("GET", False, None, False, True),
        ("PUT", None, ONCE, False, False),
        ("POST", True, ONCE, False, False),
        ("PUT", None, AGAIN, True, True),
        ("POST", None, AGAIN, False, True),
    ],
)
def test_what_may_be_sent_twice(
    method: str, repeatable: bool | None, body: bytes | StreamBody | None, may_repeat: bool, can_replay: bool
) -> None:
    request = Request(method, "https://h.org", body=body, repeatable=repeatable)
    assert (request.may_repeat, request.can_replay) == (may_repeat, can_replay)


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"abcdefg")
    body = StreamBody.file(str(path), chunk_size=3)
    assert (body.length, body.replayable) == (7, True)
    assert list(body.open()) == list(body.open()) == [b"abc", b"def", b"g"]
    with pytest.raises(FileNotFoundError):
        StreamBody.file(str(tmp_path / "nothing"))


def test_secrets_are_not_printed() -> None:
    request = Request("POST", "https://h.org/token?code=s3cret", {"Authorization": "Bearer s3cret"}, b"s3cret")
    response = Response(200, {"Set-Cookie": "s3cret"}, b"s3cret", reason="OK", request=request)
    assert repr(request) == "<Request POST https://h.org/token?code=<hidden>>"
    assert repr(response) == "<Response 200 OK, 6 bytes>"
    assert repr(Response(200, stream=FakeStream(b"s3cret"))) == "<Response 200, streaming>"


def test_messages_survive_copying() -> None:
    request = post(headers={"X": "1"}, attempt=2, extensions={"mine": 1})
    for message in (request, get(), Response(200, {"X": "1"}, b"body", request=get())):
        for same in (pickle.loads(pickle.dumps(message)), copy.deepcopy(message), copy.copy(message)):
            for field in attrs.fields(type(message)):
                if field.name != "request":
                    assert getattr(same, field.name) == getattr(message, field.name), field.name


def test_a_listener_stays_where_it_is() -> None:
    # It is often a function inside a function, which could not be pickled.
    assert pickle.loads(pickle.dumps(get(notify=lambda event: None))).notify is None


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", "é".encode(), "é"),
        ("text/plain; charset=latin-1", b"\xe9", "é"),
        ('text/plain; format=flowed; charset="latin-1"', b"\xe9", "é"),
        ("text/plain; charset=klingon", "é".encode(), "é"),
        ("text/plain; charset=", "é".encode(), "é"),
        ("", b"\xff", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_text(content_type: str, body: bytes, text: str) -> None:
    assert Response(200, {"Content-Type": content_type}, body).text == text


def test_json() -> None:
    assert Response(200, body='{"a": "é"}'.encode()).json() == {"a": "é"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"token": "s3cret"', b'"s3cret', b"\xff\xfe\x00", b"[" * 100_000, b"s3cret"]
)
def test_bad_json_is_told_without_its_text(body: bytes) -> None:
    with pytest.raises(ReplyFormatError, match="expected JSON, got") as refused:
        Response(200, {"Content-Type": "application/json"}, body).json()
    assert "s3cret" not in str(refused.value)
    assert refused.value.__suppress_context__


@unhurried
@given(st.binary(max_size=40), st.text(st.characters(max_codepoint=127, exclude_characters="\r\n\0"), max_size=30))
def test_any_body_has_a_text_and_json_or_a_clear_error(body: bytes, content_type: str) -> None:
    response = Response(200, {"Content-Type": "text/plain;" + content_type}, body)
    assert isinstance(response.text, str)
    with contextlib.suppress(ReplyFormatError):
        response.json()
