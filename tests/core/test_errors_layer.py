"""A status of 400 or above becomes an exception."""

from __future__ import annotations

import pickle

import pytest

from globus_transport.core.flow import Read
from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Response
from globus_transport.middleware.errors import Errors
from tests.core.stepping import FakeStream, World, end_of, get, in_both_worlds


class ServiceError(Exception):
    @classmethod
    def from_response(cls, response: Response) -> ServiceError:
        return cls(response)


errors = Errors(ServiceError.from_response)


@pytest.mark.parametrize("status", [100, 200, 204, 304, 399])
def test_what_is_no_error_passes(status: int) -> None:
    flow = errors(get())
    next(flow)
    response = Response(status, stream=FakeStream(b"1"))
    assert end_of(flow, response) is response


@pytest.mark.parametrize("status", [400, 401, 404, 500, 599])
def test_an_error_status_raises(status: int) -> None:
    flow = errors(get())
    request = next(flow)
    assert request.url == get().url  # type: ignore[union-attr]
    response = Response(status)
    with pytest.raises(ServiceError) as raised:
        flow.send(response)
    assert raised.value.args == (response,)


def test_a_streamed_error_body_is_read_up_to_a_limit() -> None:
    flow = errors(get(stream=True))
    next(flow)
    response = Response(500, stream=FakeStream(b"1"))
    step = flow.send(response)
    assert step == Read(response, ERROR_BODY_LIMIT)
    with pytest.raises(ServiceError) as raised:
        flow.send(Response(500, body=b"1"))
    assert raised.value.args[0].body == b"1"


@in_both_worlds
def test_an_endless_error_body_is_cut_and_let_go(world: World) -> None:
    stream = world.stream(b"x" * (ERROR_BODY_LIMIT + 5))
    with pytest.raises(ServiceError) as raised:
        world.send(get(), [errors], world.terminal(Response(500, stream=stream)))
    response = raised.value.args[0]
    assert (len(response.body), response.truncated) == (ERROR_BODY_LIMIT, True)
    assert stream.closed == 1


def test_printing_and_pickling() -> None:
    assert str(errors) == "status >= 400 raises ServiceError"
    assert str(Errors(ServiceError)) == "status >= 400 raises ServiceError"
    assert pickle.loads(pickle.dumps(errors)) == errors
