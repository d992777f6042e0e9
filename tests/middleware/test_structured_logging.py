"""Structured logging, stepped by hand and in both stacks."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    GlobusAPIError,
    GlobusConnectionError,
    GlobusSDKUsageError,
    Headers,
    Request,
    Response,
    StructuredLogging,
)
from globus_transport.core.layers import LayerLike
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.structured_logging import ABANDONED, ANSWERED, FAILED, REFUSED
from tests.core.stepping import World, end_of, get, in_both_worlds, post


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    # What the stack itself logs is tested elsewhere. The second call also sets the level of the handler.
    caplog.set_level(logging.INFO, "globus_transport.calls")
    caplog.set_level(logging.DEBUG, "globus_transport")
    return caplog


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name == "event" or name.startswith("http_")}


def test_a_record_for_an_answer(log: pytest.LogCaptureFixture) -> None:
    flow = StructuredLogging()(get("/a", route="get_a"))
    next(flow)
    response = Response(200, {"X-Request-ID": "abc"}, request=get("/a", attempt=3))
    assert end_of(flow, response) is response
    (record,) = log.records
    fields = fields_of(record)
    assert 0 <= fields.pop("http_seconds") < 1
    assert fields == {
        "event": ANSWERED,
        "http_method": "GET",
        "http_url": "https://service.example.org/a",
        "http_route": "get_a",
        "http_status": 200,
        "http_error": None,
        "http_attempt": 3,
        "http_request_id": "abc",
    }
    assert (record.name, record.levelno) == ("globus_transport", logging.DEBUG)
    assert record.getMessage().startswith("GET https://service.example.org/a -> 200 in 0.")
    assert record.getMessage().endswith(" s")


def test_a_bad_status(log: pytest.LogCaptureFixture) -> None:
    flow = StructuredLogging()(get())
    next(flow)
    end_of(flow, Response(400))
    (record,) = log.records
    assert fields_of(record)["event"] == REFUSED
    assert record.levelno == logging.WARNING


def api_error() -> GlobusAPIError:
    return GlobusAPIError(Response(404, {"Content-Type": "application/json"}, b"{}", request=get()))


@pytest.mark.parametrize(
    ("error", "event", "status", "name"),
    [
        (GlobusConnectionError("s3cret"), FAILED, None, "GlobusConnectionError"),
        (api_error(), REFUSED, 404, "GlobusAPIError"),
        (KeyboardInterrupt(), ABANDONED, None, "KeyboardInterrupt"),
        (asyncio.CancelledError(), ABANDONED, None, "CancelledError"),
        (GeneratorExit(), ABANDONED, None, "GeneratorExit"),
    ],
)
def test_a_record_for_an_error(
    log: pytest.LogCaptureFixture, error: BaseException, event: str, status: int | None, name: str
) -> None:
    flow = StructuredLogging()(get())
    next(flow)
    with pytest.raises(type(error)) as raised:
        flow.throw(error)
    assert raised.value is error
    (record,) = log.records
    fields = fields_of(record)
    assert (fields["event"], fields["http_status"], fields["http_error"]) == (event, status, name)
    assert record.levelno == (logging.INFO if event == ABANDONED else logging.WARNING), "cancellation is no failure"
    assert record.getMessage().startswith(f"GET https://service.example.org/thing -> {status or name} in 0.")
    assert "s3cret" not in log.text


@in_both_worlds
def test_in_a_stack(world: World, log: pytest.LogCaptureFixture) -> None:
    terminal = world.terminal(Response(200), Response(500), GlobusConnectionError("lost"))
    layers: list[LayerLike] = [StructuredLogging(), Errors(GlobusAPIError)]
    world.send(get(), layers, terminal)
    for expected in (GlobusAPIError, GlobusConnectionError):
        with pytest.raises(expected):
            world.send(get(), layers, terminal)
    assert [fields_of(record)["event"] for record in log.records] == [ANSWERED, REFUSED, FAILED]


@in_both_worlds
def test_no_secret_is_logged(world: World, log: pytest.LogCaptureFixture) -> None:
    request = post(
        "/token?code=s3cret&state=shown&sig=s3cret",
        b"s3cret",
        headers={"Authorization": "Bearer s3cret", "X-Other": "s3cret"},
    )
    terminal = world.terminal(Response(200, {"Set-Cookie": "s3cret"}, b"s3cret"), GlobusConnectionError("s3cret"))
    layers: list[LayerLike] = [
        ("outside", StructuredLogging()),
        AccessTokenAuthorizer("s3cret").bound_to(request.url),
        ("inside", StructuredLogging()),
    ]
    world.send(request, layers, terminal)
    with pytest.raises(GlobusConnectionError):
        world.send(request, layers, terminal)
    assert len(log.records) == 4
    for record in log.records:
        assert "state=shown" in record.getMessage()
        assert "s3cret" not in log.handler.format(record)
        # A handler that sends records elsewhere sends their arguments and fields.
        assert "s3cret" not in repr(vars(record))


def test_levels_and_logger(caplog: pytest.LogCaptureFixture) -> None:
    mine = logging.getLogger("mine")
    caplog.set_level(logging.INFO, "mine")
    layer = StructuredLogging(mine, levels={REFUSED: logging.ERROR}, request_id_header="X-Trace")
    for answer in (Response(200), Response(503, {"X-Trace": "t"})):
        flow = layer(get())
        next(flow)
        end_of(flow, answer)
    (record,) = caplog.records
    assert (record.name, record.levelno, fields_of(record)["http_request_id"]) == ("mine", logging.ERROR, "t")


class NotLookedAt(Headers):
    """Headers that must not be read."""

    __slots__ = ()

    def __getitem__(self, name: str) -> str:
        raise AssertionError(name)


def test_a_logger_that_is_not_interested_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "globus_transport")
    flow = StructuredLogging()(get())
    next(flow)
    end_of(flow, Response(200, NotLookedAt.received([])))
    assert not caplog.records


def test_a_json_formatter_gets_plain_values(log: pytest.LogCaptureFixture) -> None:
    flow = StructuredLogging()(Request("GET", "https://a.example.org/?token=s3cret"))
    next(flow)
    end_of(flow, Response(200))
    written = json.loads(json.dumps(fields_of(log.records[0])))
    assert written["http_url"] == "https://a.example.org/?token=<hidden>"


@pytest.mark.parametrize(
    ("levels", "message"),
    [({"answered": 10}, "no event"), ({REFUSED: "ERROR"}, "number"), ({REFUSED: True}, "number")],
)
def test_wrong_levels(levels: Any, message: str) -> None:
    with pytest.raises(GlobusSDKUsageError, match=message):
        StructuredLogging(levels=levels)


def test_printing_and_pickling() -> None:
    layer = StructuredLogging(logging.getLogger("mine"), levels={FAILED: logging.ERROR})
    assert str(layer) == "to the logger 'mine': answered DEBUG, refused WARNING, failed ERROR, abandoned INFO"
    same = pickle.loads(pickle.dumps(layer))
    assert str(same) == str(layer)
    assert same.logger is layer.logger
