"""The validation hook, stepped by hand."""

from __future__ import annotations

from typing import Any

import pytest

from globus_transport import GlobusSDKUsageError, Request, Response, Validate
from tests.core.stepping import FakeStream, end_of, get


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


def test_a_stream_is_not_read() -> None:
    stream = FakeStream(b"x", breaks_with=AssertionError("it was read"))
    flow = Validate(response=lambda response: response.body)(get())
    next(flow)
    assert end_of(flow, Response(200, stream=stream)).stream is stream


@pytest.mark.parametrize("settings", [{}, {"request": 1}, {"response": "x"}])
def test_bad_settings(settings: dict[str, Any]) -> None:
    with pytest.raises(GlobusSDKUsageError):
        Validate(**settings)


def test_printed() -> None:
    assert str(Validate(request=refuse)) == "requests by refuse"
    assert str(Validate(refuse, print)) == "requests by refuse, responses by print"
