"""Terminals that break the contract, each in a single way, and the tests of the contract that have to fail for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from globus_transport.exc.base import GlobusTimeoutError, NetworkError
from globus_transport.http.bodies import ByteStream, StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.asgi import ASGITerminal
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.terminals.wsgi import WSGITerminal
from globus_transport.testing import application_contract, failure_contract, message_contract, terminal_contract
from globus_transport.testing.application_contract import ASGITerminalContract, WSGITerminalContract
from globus_transport.testing.async_terminal_contract import AsyncTerminalContract
from globus_transport.testing.message_contract import MessageContract
from globus_transport.testing.terminal_contract import TerminalContract


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    # The seconds that the contract waits for what never happens.
    for module in (application_contract, failure_contract, message_contract, terminal_contract):
        monkeypatch.setattr(module, "PATIENCE", 1.0)


Below = Callable[[Request], Any]


def sends_again(below: Below, request: Request) -> Any:
    try:
        response = below(request)
    except NetworkError:
        return below(request)
    return below(request) if response.status == 503 else response


def follows(below: Below, request: Request) -> Any:
    response = below(request)
    if response.status == 302:
        below(attrs.evolve(request, url=f"{request.url.origin}/there"))
    return response


def brings_a_credential(below: Below, request: Request) -> Any:
    return below(request.with_header("Authorization", "Basic x"))


_jar: list[str] = []


def keeps_cookies(below: Below, request: Request) -> Any:
    response = below(request.with_header("Cookie", _jar[-1]) if _jar else request)
    _jar.extend(response.headers.get_all("Set-Cookie"))
    return response


def knows_no_deadline(below: Below, request: Request) -> Any:
    return below(attrs.evolve(request, deadline=None))


def keeps_connections_after_a_fork(below: Below, request: Request) -> Any:
    below._after_fork = lambda: None  # type: ignore[attr-defined]
    return below(request)


def knows_no_limits_of_a_request(below: Below, request: Request) -> Any:
    return below(attrs.evolve(request, extensions={}))


def knows_no_time_out(below: Below, request: Request) -> Any:
    try:
        return below(request)
    except GlobusTimeoutError as error:
        raise NetworkError("too late", error, request_began=error.request_began) from error


def tells_no_cause(below: Below, request: Request) -> Any:
    try:
        return below(request)
    except NetworkError as error:
        raise type(error)(str(error), request_began=error.request_began) from None


def nothing_began(below: Below, request: Request) -> Any:
    try:
        return below(request)
    except NetworkError as error:
        error.request_began = False
        raise


def everything_began(below: Below, request: Request) -> Any:
    try:
        return below(request)
    except NetworkError as error:
        error.request_began = True
        raise


class _Whole(ByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield self._stream.read()

    def read(self, limit: int | None = None) -> bytes:
        body: bytes = self._stream.read()
        return body

    def close(self) -> None:
        """Does nothing, though it should close."""


def reads_whole(below: Below, request: Request) -> Any:
    response = below(request)
    return attrs.evolve(response, stream=_Whole(response.stream)) if request.stream else response


def keeps_no_connection(below: Below, request: Request) -> Any:
    response = below(request)
    if not request.stream:
        below.close()  # type: ignore[attr-defined]
    return response


def joins_repeats(below: Below, request: Request) -> Any:
    response = below(request)
    return attrs.evolve(response, headers=Headers.received(response.headers.items()))


def sends_whole(below: Below, request: Request) -> Any:
    body = request.body
    return below(attrs.evolve(request, body=b"".join(body.open())) if isinstance(body, StreamBody) else request)


def quotes_anew(below: Below, request: Request) -> Any:
    return below(attrs.evolve(request, url=request.url.replace("%2F", "/").replace("+", "%20")))


def has_no_limit(below: Below, request: Request) -> Any:
    response = below(request)
    return attrs.evolve(response, body=response.body + b"x") if response.truncated else response


def swallows(below: Below, request: Request) -> Any:
    try:
        return below(request)
    except ValueError:
        return Response(500)


async def blocks(below: Any, request: Request) -> Any:
    return below.terminal(request)


_left_alone: set[Any] = set()


async def goes_on(below: Any, request: Request) -> Any:
    sending = asyncio.ensure_future(below(request))
    _left_alone.add(sending)
    sending.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(sending)


class _Bad:
    def __init__(self, below: Any, wrong: Any) -> None:
        self.below = below
        self.wrong = wrong

    def __call__(self, request: Request) -> Any:
        return self.wrong(self.below, request)


class _AsyncBad(_Bad):
    async def __call__(self, request: Request) -> Any:
        return await self.wrong(self.below, request)


class _OverUrllib3(TerminalContract):
    wrong: Any
    forks = True

    def make_terminal(self, *, connect_timeout: float | None = 2.0, read_timeout: float | None = 2.0) -> Any:
        return _Bad(Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout), self.wrong)

    def close_terminal(self, terminal: Any) -> None:
        terminal.below.close()


class _OverThreads(AsyncTerminalContract):
    wrong: Any

    def make_terminal(self, *, connect_timeout: float | None = 2.0, read_timeout: float | None = 2.0) -> Any:
        below = Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout)
        return _AsyncBad(ThreadsTerminal(below), self.wrong)

    async def close_terminal(self, terminal: Any) -> None:
        await terminal.below.close()


class _OverAsyncio(AsyncTerminalContract):
    wrong: Any

    def make_terminal(self, *, connect_timeout: float | None = 2.0, read_timeout: float | None = 2.0) -> Any:
        return _AsyncBad(AsyncioTerminal(connect_timeout=connect_timeout, http_timeout=read_timeout), self.wrong)

    async def close_terminal(self, terminal: Any) -> None:
        await _end_what_was_left()
        await terminal.below.close()


class _OverWSGI(WSGITerminalContract):
    wrong: Any

    def make_terminal(self, app: Any) -> Any:
        return _Bad(WSGITerminal(app), self.wrong)


class _OverASGI(ASGITerminalContract):
    wrong: Any

    def make_terminal(self, app: Any) -> Any:
        return _AsyncBad(ASGITerminal(app), self.wrong)

    async def close_terminal(self, terminal: Any) -> None:
        await _end_what_was_left()


async def _end_what_was_left() -> None:
    for left in _left_alone:
        left.cancel()
        await asyncio.wait({left})
    _left_alone.clear()


_BAD: list[tuple[type[MessageContract], Any, str]] = [
    (_OverUrllib3, sends_again, "nothing_is_done_by_itself a_dropped_request_is_not_sent_again"),
    (_OverUrllib3, sends_again, "a_kept_connection_that_breaks"),
    (_OverUrllib3, follows, "nothing_is_done_by_itself"),
    (_OverUrllib3, brings_a_credential, "what_is_sent_is_the_request nothing_is_done_by_itself"),
    (_OverUrllib3, keeps_cookies, "nothing_is_done_by_itself"),
    (_OverUrllib3, knows_no_deadline, "a_deadline_that_has_passed_sends_nothing a_deadline_ends_a_body_that_drips"),
    (_OverUrllib3, keeps_connections_after_a_fork, "forking"),
    (_OverUrllib3, knows_no_limits_of_a_request, "the_time_limits_of_a_request_count"),
    (_OverUrllib3, knows_no_time_out, "a_server_that_does_not_answer a_body_that_stops_coming"),
    (_OverUrllib3, tells_no_cause, "a_server_that_does_not_answer nobody_listens a_dropped_request_is_not_sent_again"),
    (_OverUrllib3, nothing_began, "a_server_that_does_not_answer a_body_that_breaks_off an_answer_that_is_not_http"),
    (_OverUrllib3, everything_began, "nobody_listens a_name_that_nobody_has a_connection_that_takes_too_long"),
    (_OverUrllib3, reads_whole, "a_stream_is_given_as_it_comes the_first_bytes_of_a_stream"),
    (_OverUrllib3, reads_whole, "closing_a_stream_lets_go_of_its_connection a_stream_that_was_closed"),
    (_OverUrllib3, keeps_no_connection, "connections_are_kept"),
    (_OverUrllib3, joins_repeats, "what_comes_back"),
    (_OverUrllib3, sends_whole, "a_body_in_parts a_body_that_is_not_as_long_as_it_says"),
    (_OverUrllib3, quotes_anew, "the_target_is_sent_as_it_stands what_is_sent_is_the_request"),
    (_OverUrllib3, has_no_limit, "the_body_of_an_error_is_bounded"),
    (_OverUrllib3, swallows, "a_body_that_cannot_be_read"),
    (_OverThreads, blocks, "the_loop_goes_on_meanwhile"),
    (_OverAsyncio, goes_on, "cancelling_the_wait_for_an_answer cancelling_after_each_byte"),
    (_OverWSGI, swallows, "what_it_raises_the_caller_gets a_body_that_cannot_be_read"),
    (_OverWSGI, reads_whole, "it_is_not_left_running"),
    (_OverASGI, goes_on, "cancelling_ends_it"),
]

#: The tests that have to fail, as (class, function).
TO_FAIL = set()

for _contract, _wrong, _tests in _BAD:
    _name = f"Test{_contract.__name__}_{_wrong.__name__}"
    globals()[_name] = type(_name, (_contract,), {"wrong": staticmethod(_wrong), "__module__": __name__})
    TO_FAIL |= {(_name, f"test_{test}") for test in _tests.split()}
