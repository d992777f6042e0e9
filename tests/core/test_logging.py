"""What is logged, and what never is."""

from __future__ import annotations

import asyncio
import logging
import pickle

import pytest

from globus_transport.authorizers.access_token import AccessTokenAuthorizer
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionError
from globus_transport.http.messages import Response
from globus_transport.middleware.logging import Logging
from tests.core.stepping import Canned, end_of, get, post


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "globus_transport")
    return caplog


def test_a_line_for_an_answer(log: pytest.LogCaptureFixture) -> None:
    flow = Logging()(get("/a", attempt=2))
    next(flow)
    response = Response(404)
    assert end_of(flow, response) is response
    (record,) = log.records
    assert (record.name, record.levelno) == ("globus_transport", logging.DEBUG)
    assert record.getMessage().startswith("GET https://service.example.org/a -> 404 in 0.")
    assert record.getMessage().endswith(" s (attempt 2)")


def test_a_line_for_a_failure(log: pytest.LogCaptureFixture) -> None:
    flow = Logging()(get("/a"))
    next(flow)
    with pytest.raises(GlobusConnectionError):
        flow.throw(GlobusConnectionError("s3cret"))
    (record,) = log.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("GET https://service.example.org/a -> GlobusConnectionError after 0.")
    assert "s3cret" not in record.getMessage()


@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError, GeneratorExit])
def test_cancellation_is_no_failure(log: pytest.LogCaptureFixture, error: type[BaseException]) -> None:
    flow = Logging()(get())
    next(flow)
    with pytest.raises(error):
        flow.throw(error())
    assert not log.records


def test_no_secret_is_logged(log: pytest.LogCaptureFixture) -> None:
    request = post(
        "/token?code=s3cret&state=shown&refresh_token=s3cret",
        b"s3cret",
        headers={"Authorization": "Bearer s3cret", "X-Other": "s3cret"},
    )
    authorizer = AccessTokenAuthorizer("s3cret").bound_to(request.url)
    terminal = Canned(Response(200, {"Set-Cookie": "s3cret"}, b"s3cret"), GlobusConnectionError("s3cret"))
    stack = Stack(terminal, [("outside", Logging()), authorizer, ("inside", Logging())])
    stack.send(request)
    with pytest.raises(GlobusConnectionError):
        stack.send(request)
    assert len(log.records) == 4
    for record in log.records:
        assert "state=shown" in record.getMessage()
        assert "s3cret" not in log.handler.format(record)
        # A handler that sends records elsewhere sends their arguments.
        assert "s3cret" not in repr(record.args)


def test_own_logger_and_level(caplog: pytest.LogCaptureFixture) -> None:
    mine = logging.getLogger("mine")
    caplog.set_level(logging.INFO, "mine")
    for level in (logging.INFO, logging.DEBUG):
        flow = Logging(mine, level)(get())
        next(flow)
        end_of(flow, Response(200))
    assert [(record.name, record.levelno) for record in caplog.records] == [("mine", logging.INFO)]


def test_printing_and_pickling() -> None:
    assert str(Logging(logging.getLogger("mine"), logging.INFO)) == "to the logger 'mine' at level INFO"
    same = pickle.loads(pickle.dumps(Logging(logging.getLogger("mine"))))
    assert same.logger is logging.getLogger("mine")
