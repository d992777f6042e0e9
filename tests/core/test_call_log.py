"""The log of calls: a line for each event at DEBUG, none above it, no secret in any of them."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    GlobusConnectionError,
    Request,
    Response,
    RetryConfig,
    TransferAPIError,
    TransferClient,
)
from globus_transport.core.layers import LayerLike
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.retry.retry import Retry
from tests.core.stepping import World, get, in_both_worlds, post

TASK = "8a3c0f6e-0000-4000-8000-0123456789ab"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "globus_transport")
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[str]:
    """The messages, with their durations and the number of the call replaced."""
    assert {(record.name, record.levelno) for record in log.records} <= {("globus_transport.calls", logging.DEBUG)}
    return [re.sub(r"\d+\.\d{3} s", "T s", re.sub(r"^\[\d+\]", "[N]", message)) for message in log.messages]


@in_both_worlds
def test_a_line_for_each_event(world: World, log: pytest.LogCaptureFixture) -> None:
    terminal = world.terminal(
        GlobusConnectionError("lost"), Response(503), Response(200, {"X-Request-ID": "r1"}, b"12345")
    )
    world.send(get("/a", route="get_a"), [Retry(RetryConfig(backoff=lambda _context: 0.001))], terminal)
    assert lines(log) == [
        "[N] get_a: GET https://service.example.org/a",
        "[N] get_a: attempt 1: GlobusConnectionError after T s",
        "[N] get_a: GlobusConnectionError; sending again in T s",
        "[N] get_a: attempt 2: status 503 after T s",
        "[N] get_a: status 503; sending again in T s",
        "[N] get_a: attempt 3: status 200 after T s",
        "[N] get_a: status 200 after T s in all, 5 bytes, request id r1",
    ]


@in_both_worlds
def test_an_error_of_the_service_has_its_ids(world: World, log: pytest.LogCaptureFixture) -> None:
    body = b'{"code": "NotFound\\n[1] forged", "message": "s3cret", "request_id": "r2"}'
    layers: list[LayerLike] = [Errors(TransferAPIError)]
    with pytest.raises(TransferAPIError):
        world.send(get("/a", route="get_a"), layers, world.terminal(Response(404, JSON, body)))
    assert lines(log)[-1] == (
        "[N] get_a: TransferAPIError after T s in all, status 404, code NotFound?[1] forged, request id r2"
    )
    assert "s3cret" not in log.text


def test_the_lines_of_a_call_have_its_number(log: pytest.LogCaptureFixture) -> None:
    body = b'{"value": "x", "task_id": "%s"}' % TASK.encode()
    client = TransferClient(terminal=lambda _request: Response(200, JSON, body))
    client.submit_transfer({})
    starts = [message.partition(" ")[0] for message in log.messages]
    assert len(starts) == 6
    assert len(set(starts)) == 2, "two requests: one for the submission id, and the submission"
    assert log.messages[-1].endswith(f" in all, {len(body)} bytes, task id {TASK}")


@in_both_worlds
def test_no_secret_is_logged(world: World, log: pytest.LogCaptureFixture) -> None:
    request = post("/token?code=s3cret&state=shown", b"s3cret", headers={"X-Other": "s3cret"})
    layers: list[LayerLike] = [Retry(), AccessTokenAuthorizer("s3cret").bound_to(request.url)]
    answers = Response(200, {"Set-Cookie": "s3cret"}, b'{"access_token": "s3cret"}'), ValueError("s3cret")
    terminal = world.terminal(*answers)
    world.send(request, layers, terminal)
    with pytest.raises(ValueError, match="s3cret"):
        world.send(request, layers, terminal)
    assert len(log.records) == 6
    for record in log.records:
        assert "s3cret" not in log.handler.format(record)
        assert "s3cret" not in repr(vars(record))
    assert "state=shown" in log.text


@in_both_worlds
def test_nothing_is_logged_at_info(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    seen: list[Request] = []

    def look(request: Request) -> Request:
        seen.append(request)
        return request

    with pytest.raises(GlobusConnectionError):
        world.send(get(), [look], world.terminal(GlobusConnectionError("lost")))
    assert caplog.records == []
    assert seen[0].notify is None, "no event is made for a log that nobody reads"


def test_a_listener_of_the_caller_is_told_as_well(log: pytest.LogCaptureFixture) -> None:
    events: list[Any] = []
    client = TransferClient(terminal=lambda _request: Response(200, JSON, b"{}"))
    client.stack.send(Request("GET", "https://x.org/").with_listener(events.append))
    assert [type(event).__name__ for event in events] == ["Attempt"], "as without the log"
    assert len(log.records) == 3
