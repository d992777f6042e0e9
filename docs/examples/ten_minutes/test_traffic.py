"""The test of Traffic."""

import pytest
from traffic import Traffic

from globus_transport import Request, Response

REQUEST = Request("GET", "https://service.example.org/thing", route="service.get_thing")


def test_an_answer_is_counted() -> None:
    traffic = Traffic()
    flow = traffic(REQUEST)
    assert next(flow) is REQUEST
    with pytest.raises(StopIteration) as end:
        flow.send(Response(200, body=b"12345"))
    assert end.value.value.status == 200
    assert traffic.received == {"service.get_thing": 5}


def test_a_failure_is_not_counted() -> None:
    traffic = Traffic()
    flow = traffic(REQUEST)
    next(flow)
    with pytest.raises(ConnectionError):
        flow.throw(ConnectionError())
    assert traffic.calls.total() == 0
