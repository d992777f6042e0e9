"""The test of Pace: without a network, a mock or a real pause."""

import pytest
from pace import Pace

from globus_transport import Request, Response, Sleep


def test_the_second_request_waits() -> None:
    times = iter([100.0, 100.5])
    pace = Pace(2.0, clock=lambda: next(times))
    request = Request("GET", "https://service.example.org/")

    first = pace(request)
    assert next(first) is request  # at once

    second = pace(request)
    assert next(second) == Sleep(1.5)  # the rest of the two seconds
    assert second.send(None) is request  # after the pause

    answer = Response(200)
    with pytest.raises(StopIteration) as end:
        second.send(answer)
    assert end.value.value is answer


def test_a_failure_is_passed_on_unchanged() -> None:
    flow = Pace(2.0)(Request("GET", "https://service.example.org/"))
    next(flow)
    failure = RuntimeError("from below")
    with pytest.raises(RuntimeError) as raised:
        flow.throw(failure)
    assert raised.value is failure
