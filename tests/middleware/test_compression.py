"""The compression of bodies, stepped by hand."""

from __future__ import annotations

import copy as copying
import gzip
import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import CompressBodies, GlobusSDKUsageError, Read, Request, Response, Run, StreamBody
from globus_transport.core.flow import Flow
from tests.core.stepping import FakeStream, World, end_of, in_both_worlds, post, unhurried

JSON = {"Content-Type": "application/json"}
LARGE = b'{"a": "' + b"x" * 50_000 + b'"}'


def compressed(flow: Flow) -> Request:
    """The request that the flow sends after it has compressed the body."""
    step = next(flow)
    assert isinstance(step, Run)
    step = flow.send(step.function(*step.args))
    assert isinstance(step, Request)
    return step


def test_a_large_document() -> None:
    request = post(body=LARGE, headers={**JSON, "Content-Length": str(len(LARGE)), "X": "1"}, route="r")
    flow = CompressBodies()(request)
    sent = compressed(flow)
    assert isinstance(sent.body, bytes)
    assert gzip.decompress(sent.body) == LARGE
    assert sent.body[4:8] == bytes(4), "there is no time in it (RFC 1952, section 2.3.1): repeated, it is the same"
    assert sent.headers.pairs == (("Content-Type", "application/json"), ("X", "1"), ("Content-Encoding", "gzip"))
    assert sent.route == "r"
    answer = Response(202)
    assert end_of(flow, answer) is answer


@pytest.mark.parametrize(
    "request_",
    [
        post(body=b"{}", headers=JSON),
        post(body=LARGE),
        post(body=LARGE, headers={"Content-Type": "text/plain"}),
        post(body=LARGE, headers={**JSON, "Content-Encoding": "br"}),
        Request("POST", "https://h.org/", JSON, StreamBody.once([LARGE])),
        Request("POST", "https://h.org/", JSON),
    ],
)
def test_what_stays_as_it_is(request_: Request) -> None:
    assert next(CompressBodies()(request_)) is request_


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/scim+json", "Application/JSON"])
def test_kinds_of_json(kind: str) -> None:
    assert isinstance(next(CompressBodies()(post(body=LARGE, headers={"Content-Type": kind}))), Run)


def test_what_does_not_get_smaller() -> None:
    noise = random.Random(1).randbytes(20_000)
    request = post(body=noise, headers=JSON)
    assert compressed(CompressBodies()(request)) is request


@pytest.mark.parametrize("streamed", [True, False])
def test_a_service_that_refuses_is_remembered(streamed: bool) -> None:
    layer = CompressBodies()
    request = post(body=LARGE, headers=JSON)
    flow = layer(request)
    compressed(flow)
    refusal = Response(415, stream=FakeStream(b"no") if streamed else None)
    step = flow.send(refusal)
    if streamed:
        assert isinstance(step, Read)
        step = flow.send(Response(415))
    assert step is request
    assert end_of(flow, Response(200)).status == 200
    assert next(layer(request)) is request
    elsewhere = Request("POST", "https://other.example.org/", JSON, LARGE)
    assert isinstance(next(layer(elsewhere)), Run)


def test_a_kind_of_document_that_is_not_taken_says_nothing_about_gzip() -> None:
    layer = CompressBodies()
    request = post(body=LARGE, headers=JSON)
    flow = layer(request)
    compressed(flow)
    assert flow.send(Response(415)) is request
    assert end_of(flow, Response(415)).status == 415
    assert isinstance(next(layer(request)), Run)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_any_other_answer_is_the_end(status: int) -> None:
    layer = CompressBodies()
    flow = layer(post(body=LARGE, headers=JSON))
    compressed(flow)
    assert end_of(flow, Response(status)).status == status
    assert isinstance(next(layer(post(body=LARGE, headers=JSON))), Run)


@in_both_worlds
def test_two_stacks_share_what_it_learned(world: World) -> None:
    layer = CompressBodies()
    stream = world.stream(b"gzip? no")
    terminal = world.terminal(Response(415, stream=stream), Response(200), Response(200))
    for _ in range(2):
        assert world.send(post(body=LARGE, headers=JSON), [layer], terminal).status == 200
    assert ["Content-Encoding" in request.headers for request in terminal.requests] == [True, False, False]
    assert [request.body == LARGE for request in terminal.requests] == [False, True, True]


@unhurried
@given(st.binary(max_size=3000), st.integers(1, 9))
def test_the_other_side_gets_the_same_bytes(body: bytes, level: int) -> None:
    sent = compressed(CompressBodies(0, level=level)(post(body=body, headers=JSON)))
    assert isinstance(sent.body, bytes)
    assert len(sent.body) <= len(body)
    assert (gzip.decompress(sent.body) if "Content-Encoding" in sent.headers else sent.body) == body


def test_settings_copies_and_print() -> None:
    for minimum, level in ((-1, 6), (0, 0), (0, 10)):
        with pytest.raises(GlobusSDKUsageError):
            CompressBodies(minimum, level=level)
    layer = CompressBodies(100, level=9)
    for copy in (pickle.loads(pickle.dumps(layer)), copying.copy(layer)):
        assert (copy.minimum, copy.level) == (100, 9)
        assert isinstance(next(copy(post(body=LARGE, headers=JSON))), Run)
    assert str(layer) == "gzip for JSON from 100 bytes"
