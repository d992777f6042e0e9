"""Cassettes: what is recorded, what is never recorded, and what is replayed."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import (
    AccessTokenAuthorizer,
    Cassette,
    GlobusConnectionError,
    GlobusSDKUsageError,
    NotRecordedError,
    Read,
    Request,
    Response,
    Run,
    Stack,
    StreamBody,
)
from globus_transport.core.layers import LayerLike
from globus_transport.middleware.cassette.tape import FORMAT, RecordedCall, RecordedRequest
from globus_transport.middleware.redaction import Redaction
from tests.core.stepping import ORIGIN, Canned, FakeStream, World, end_of, get, in_both_worlds, post, unhurried

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TOKEN = "s3cret-token"
BEARER = "s3cret-bearer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cassette.json"


def unreachable(request: Request) -> Response:
    raise AssertionError(f"{request!r} was sent")


def record(path: Path, *calls: tuple[Request, Response], **settings: Any) -> dict[str, Any]:
    """Record these calls, and return the text of the file."""
    stack = Stack(Canned(*(response for _, response in calls)), [Cassette(path, "record", **settings)])
    for request, response in calls:
        assert stack.send(request) is response
    document = json.loads(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def replay(path: Path, request: Request, **settings: Any) -> Response:
    return Stack(unreachable, [Cassette(path, "replay", **settings)]).send(request)


def test_stepped_by_hand(path: Path) -> None:
    layer = Cassette(path)
    request = get("/a")
    flow = layer(request)
    begin = next(flow)
    assert isinstance(begin, Run)
    assert flow.send(begin.function(*begin.args)) is request
    streamed = Response(200, stream=FakeStream(b"body"))
    assert flow.send(streamed) == Read(streamed)
    answer = Response(200, body=b"body")
    keep = flow.send(answer)
    assert isinstance(keep, Run)
    assert not path.exists()
    assert end_of(flow, keep.function(*keep.args)) is answer
    assert path.exists()

    flow = Cassette(path)(request)
    begin = next(flow)
    assert isinstance(begin, Run)
    replayed = end_of(flow, begin.function(*begin.args))
    assert (replayed.status, replayed.body, replayed.request) == (200, b"body", request)


def test_the_file_is_for_people(path: Path) -> None:
    response = Response(201, {**JSON, "Content-Length": "9", "Content-Encoding": "gzip"}, b'{"b": 1}', reason="Created")
    document = record(path, (post("/a?x=1", b'{"a":"\xc3\xa4"}', headers=JSON), response))
    assert document == {
        "format": FORMAT,
        "calls": [
            {
                "request": {"method": "POST", "url": f"{ORIGIN}/a?x=1", "body": {"json": {"a": "ä"}}},
                "response": {
                    "status": 201,
                    "reason": "Created",
                    "headers": [["Content-Type", "application/json"]],
                    "body": {"json": {"b": 1}},
                },
            }
        ],
    }
    assert '"a": "ä"' in path.read_text("utf-8")
    assert os.listdir(path.parent) == [path.name]


@in_both_worlds
def test_recorded_and_replayed(path: Path, world: World) -> None:
    answers = [Response(200, JSON, b'{"n":1}'), Response(404, JSON, b'{"code":"NotFound"}'), Response(204)]
    requests = [get("/a"), post("/b", b'{"x":1}', headers=JSON), Request("DELETE", f"{ORIGIN}/a")]
    terminal = world.terminal(*answers)
    layer = Cassette(path)
    assert [world.send(request, [layer], terminal) for request in requests] == answers
    silent = world.terminal()
    again = Cassette(path)
    # The order of the requests and the layout of a JSON body do not matter.
    requests[1] = post("/b", b'{ "x": 1 }', headers=JSON)
    for request, answer in reversed(list(zip(requests, answers, strict=True))):
        replayed = world.send(request, [again], silent)
        assert (replayed.status, replayed.headers, replayed.body) == (answer.status, answer.headers, answer.body)
        assert replayed.request is request
    assert not silent.requests


@in_both_worlds
def test_streams_are_read_whole(path: Path, world: World) -> None:
    terminal = world.terminal(Response(200, stream=world.stream(b"a", b"b")))
    recorded = world.send(get(stream=True), [Cassette(path)], terminal)
    assert (recorded.body, recorded.stream) == (b"ab", None)
    assert world.send(get(stream=True), [Cassette(path)], world.terminal()).body == b"ab"


def test_a_streamed_request_is_not_consumed(path: Path) -> None:
    body = StreamBody.once(iter([b"a", b"b"]), 2)
    record(path, (Request("PUT", ORIGIN, body=body), Response(200)))
    assert list(body.open()) == [b"a", b"b"]
    assert replay(path, Request("PUT", ORIGIN, body=StreamBody.once([b"x", b"y"], 2))).status == 200


def test_no_secret_is_written(path: Path) -> None:
    token_reply = {
        "access_token": TOKEN,
        "refresh_token": TOKEN,
        "id_token": TOKEN,
        "other_tokens": [{"access_token": TOKEN}],
        "expires_in": 5,
        "echo": f"you sent Bearer {BEARER}",
        "bytes": "s3cret-key",
    }
    request = post(
        f"/token?code={TOKEN}&mine={TOKEN}",
        f"grant_type=refresh_token&refresh_token={TOKEN}&client_secret={TOKEN}&code={TOKEN}".encode(),
        headers={**FORM, "Cookie": TOKEN, "X-Other": TOKEN, "Authorization": f"Bearer {BEARER}"},
    )
    headers = [("Set-Cookie", TOKEN), ("Location", f"/next?code={TOKEN}"), ("X-Mine", TOKEN), ("X-Shown", "shown")]
    response = Response(200, headers, json.dumps(token_reply).encode(), reason=BEARER)
    layers: list[LayerLike] = [
        AccessTokenAuthorizer(BEARER).bound_to(ORIGIN),
        Cassette(path, "record", secrets=["X-Mine", "mine", "bytes"]),
    ]
    assert Stack(Canned(response), layers).send(request) is response
    text = path.read_text("utf-8")
    assert "s3cret" not in text
    assert all(word in text for word in ("grant_type=refresh_token", '"expires_in": 5', "shown", "you sent Bearer"))
    # The replaying program has other credentials.
    other = post(
        "/token?code=other&mine=other",
        b"grant_type=refresh_token&refresh_token=other&client_secret=other&code=other",
        headers=FORM,
    )
    assert replay(path, other, secrets=["mine"]).json()["access_token"] == "<hidden>"


def test_a_credential_in_a_text_is_not_written(path: Path) -> None:
    request = post("/who/s3cret-token", b"is s3cret-token good?", headers={"Authorization": "Bearer s3cret-token"})
    record(path, (request, Response(200, {"Content-Type": "text/plain"}, b"s3cret-token is good")))
    assert "s3cret" not in path.read_text("utf-8")
    assert replay(path, request).body == b"<hidden> is good"


def test_each_answer_is_given_once_in_order(path: Path) -> None:
    record(path, *((get(), Response(200, body=text)) for text in (b"first", b"second")))
    stack = Stack(unreachable, [Cassette(path)])
    assert [stack.send(get()).body, stack.send(get()).body] == [b"first", b"second"]
    with pytest.raises(NotRecordedError, match=r"cassette.json has 2 of these, and each was given already"):
        stack.send(get())


def test_what_is_not_there_is_named(path: Path) -> None:
    record(path, (get("/a"), Response(200)), (post("/b", b'{"x":1}'), Response(202)))
    with pytest.raises(NotRecordedError) as raised:
        replay(path, get("/c?token=s3cret"))
    assert str(raised.value) == (
        f"GET {ORIGIN}/c?token=<hidden> is not in {path}.\n"
        f"It holds:\n  GET {ORIGIN}/a -> 200\n  POST {ORIGIN}/b -> 202\n"
        "To record it again, delete the file."
    )
    with pytest.raises(NotRecordedError, match=r'another body, \{"x": 1\} instead of \{"x": 2, "token": "<hidden>"\}'):
        replay(path, post("/b", b'{"x":2,"token":"s3cret"}'))
    with pytest.raises(NotRecordedError, match=r'another body, \{"x": 1\} instead of none'):
        replay(path, post("/b", b""))


def test_long_lists_and_bodies_are_cut(path: Path) -> None:
    record(path, *((get(f"/{number}"), Response(200)) for number in range(25)), (post("/x", b"a" * 999), Response(200)))
    with pytest.raises(NotRecordedError, match=r"/19 -> 200\n  and 6 more\n"):
        replay(path, get("/no"))
    with pytest.raises(NotRecordedError, match=r"a{299}\.\.\. instead"):
        replay(path, post("/x", b"b"))


@pytest.mark.parametrize(
    ("match", "request_"),
    [
        (("method", "url"), post("/a", b"other")),
        (["url", "body"], Request("PUT", f"{ORIGIN}/a", body=b"{}")),
        ("method", post("/b", b"other")),
    ],
)
def test_what_has_to_match(path: Path, match: Any, request_: Request) -> None:
    record(path, (post("/a"), Response(200)))
    with pytest.raises(NotRecordedError):
        replay(path, request_)
    assert replay(path, request_, match=match).status == 200


def test_modes(path: Path) -> None:
    with pytest.raises(GlobusSDKUsageError, match="there is no cassette"):
        replay(path, get())
    record(path, (get("/old"), Response(200)))
    record(path, (get("/new"), Response(200)))
    with pytest.raises(NotRecordedError):
        replay(path, get("/old"))
    with pytest.raises(NotRecordedError):
        Stack(unreachable, [Cassette(path, "auto")]).send(get("/old"))
    assert replay(path, get("/new")).status == 200


def test_a_failure_is_not_recorded(path: Path) -> None:
    stack = Stack(Canned(GlobusConnectionError("lost"), Response(200)), [Cassette(path)])
    with pytest.raises(GlobusConnectionError):
        stack.send(get())
    assert not path.exists()
    stack.send(get())
    assert len(json.loads(path.read_text())["calls"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "other", "calls": []}',
        json.dumps({"format": FORMAT, "calls": [{"request": {}}]}),
        json.dumps({"format": FORMAT, "calls": 5}),
        "[" * 100_000,
    ],
    ids=range(7),
)
def test_a_file_that_is_no_cassette(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(GlobusSDKUsageError, match=r"cassette.json is no cassette of"):
        replay(path, get())
    assert path.read_text() == text


def test_a_file_that_cannot_be_written_keeps_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(path, (get(), Response(200)))
    before = path.read_text()

    def full(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        record(path, (get("/b"), Response(200)))
    assert path.read_text() == before
    assert os.listdir(path.parent) == [path.name]


def test_many_threads_record_and_replay(path: Path) -> None:
    def in_threads(stack: Stack) -> list[str]:
        bodies: list[str] = []

        def call(number: int) -> None:
            bodies.append(stack.send(get(f"/{number % 10}")).text)

        threads = [threading.Thread(target=call, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(bodies)

    recorded = in_threads(Stack(lambda request: Response(200, body=request.url.encode()), [Cassette(path)]))
    assert len(json.loads(path.read_text())["calls"]) == len(recorded) == 40
    again = Stack(unreachable, [Cassette(path)])
    assert in_threads(again) == recorded
    with pytest.raises(NotRecordedError):
        again.send(get("/1"))


def test_many_tasks_record_and_replay(path: Path) -> None:
    from globus_transport import AsyncStack

    async def terminal(request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(200, body=request.url.encode())

    async def calls(stack: AsyncStack) -> set[bytes]:
        answers = await asyncio.gather(*(stack.send(get(f"/{number}")) for number in range(20)))
        return {answer.body for answer in answers}

    assert asyncio.run(calls(AsyncStack(terminal, [Cassette(path)]))) == {
        f"{ORIGIN}/{number}".encode() for number in range(20)
    }
    assert len(json.loads(path.read_text())["calls"]) == 20
    assert len(asyncio.run(calls(AsyncStack(terminal, [Cassette(path, "replay")])))) == 20


@unhurried
@given(st.binary(max_size=50), st.binary(max_size=50), st.sampled_from(["", "text/plain", JSON["Content-Type"]]))
def test_whatever_is_recorded_can_be_read(sent: bytes, answered: bytes, kind: str) -> None:
    request = Request("POST", ORIGIN, {"Content-Type": kind}, sent)
    redaction = Redaction()
    recorded = RecordedCall.from_response(
        RecordedRequest.from_request(request, redaction),
        request,
        Response(200, {"Content-Type": kind}, answered),
        redaction,
    )
    document = json.loads(json.dumps(recorded.to_document()))
    assert RecordedCall.from_document(document) == recorded
    if "?" not in repr(answered) and "json" not in recorded.body:
        assert recorded.make_response(request).body == answered


def test_half_a_character_in_a_document(path: Path) -> None:
    record(path, (get(), Response(200, JSON, b'{"a":"\\ud800"}')))
    assert replay(path, get()).json() == {"a": "\ud800"}


@pytest.mark.parametrize("settings", [{"mode": "play"}, {"match": ["headers"]}, {"match": []}, {"secrets": "X-Key"}])
def test_wrong_settings(path: Path, settings: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="give"):
        Cassette(path, **settings)


def test_printing_and_pickling(path: Path) -> None:
    assert str(Cassette("x.json")) == "replays x.json, or records it if there is none"
    assert str(Cassette("x.json", "record")) == "records x.json"
    layer = Cassette(path, "replay", secrets=["mine"], match=["url"])
    record(path, (get(), Response(200)))
    stack = Stack(unreachable, [layer])
    stack.send(get())
    same = pickle.loads(pickle.dumps(layer))
    assert str(same) == str(layer)
    assert (same.redaction, same.match) == (layer.redaction, layer.match)
    # A copy replays from the beginning.
    assert Stack(unreachable, [same]).send(get()).status == 200
    with pytest.raises(NotRecordedError):
        stack.send(get())
    error = pickle.loads(pickle.dumps(NotRecordedError("text")))
    assert str(error) == "text"


def test_a_body_that_was_cut_is_replayed_as_one(path: Path) -> None:
    whole = Response(500, {}, b"whole", None, "Oh")
    cut = Response(500, {}, b"the beginning", None, "Oh", truncated=True)
    record(path, (get(), whole), (get(), cut))
    layer = Cassette(path, "replay")
    stack = Stack(unreachable, [layer])
    assert [stack.send(get()).truncated for _ in range(2)] == [False, True]
