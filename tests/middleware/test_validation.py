"""The validation hook, stepped by hand."""

from __future__ import annotations

import copy as copying
import pickle
from typing import Any

import pytest

from globus_transport import GlobusSDKUsageError, NetworkError, Request, Response, Retry, Stack, Validate
from tests.core.stepping import Canned, FakeStream, World, end_of, get, in_both_worlds


class Unfit(Exception):
    """What the checks raise."""


def refuse(_message: object) -> None:
    raise Unfit


def test_what_passes_is_passed_on_unchanged() -> None:
    seen: list[object] = []
    request, answer = get(), Response(200)
    flow = Validate(request=seen.append, response=seen.append)(request)
    assert next(flow) is request
    assert seen == [request]
    assert end_of(flow, answer) is answer
    assert seen == [request, answer]


def test_a_refused_request_is_not_sent() -> None:
    with pytest.raises(Unfit):
        next(Validate(request=refuse)(get()))


def test_a_refused_response_ends_the_call() -> None:
    flow = Validate(response=refuse)(get())
    assert isinstance(next(flow), Request)
    with pytest.raises(Unfit):
        flow.send(Response(200))


@in_both_worlds
def test_a_refused_stream_is_let_go_of(world: World) -> None:
    stream = world.stream(b"x")
    with pytest.raises(Unfit):
        world.send(get(stream=True), [Validate(response=refuse)], world.terminal(Response(200, stream=stream)))
    assert stream.closed == 1


def test_below_the_retry_layer_another_attempt_can_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    def whole(response: Response) -> None:
        if not response.body:
            raise NetworkError("cut off")

    layer = Validate(response=whole)
    terminal = Canned(Response(200), Response(200, body=b"x"))
    assert Stack(terminal, [Retry(), layer]).send(get()).body == b"x"
    with pytest.raises(NetworkError, match="cut off"):
        Stack(Canned(Response(200)), [layer, Retry()]).send(get())


def test_a_stream_is_not_read() -> None:
    stream = FakeStream(b"x", breaks_with=AssertionError("it was read"))
    flow = Validate(response=lambda response: response.body)(get())
    next(flow)
    assert end_of(flow, Response(200, stream=stream)).stream is stream


async def check_later(_message: object) -> None:
    raise Unfit


class ChecksLater:
    async def __call__(self, _message: object) -> None:
        raise Unfit


@pytest.mark.parametrize(
    "settings", [{}, {"request": 1}, {"response": "x"}, {"request": check_later}, {"response": ChecksLater()}]
)
def test_bad_settings(settings: dict[str, Any]) -> None:
    with pytest.raises(GlobusSDKUsageError):
        Validate(**settings)


def test_copies() -> None:
    layer = Validate(request=refuse)
    for copy in (pickle.loads(pickle.dumps(layer)), copying.copy(layer)):
        with pytest.raises(Unfit):
            next(copy(get()))


def test_printed() -> None:
    assert str(Validate(request=refuse)) == "requests by refuse"
    assert str(Validate(refuse, print)) == "requests by refuse, responses by print"
