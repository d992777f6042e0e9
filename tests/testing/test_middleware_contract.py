"""The contract of middleware finds what is wrong with a layer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from globus_transport import GlobusConnectionError, Request, Response
from globus_transport.core.flow import Flow, read, send
from globus_transport.testing.middleware_contract import MiddlewareContract, ProgramError, Runner

Check = Callable[[MiddlewareContract, Runner], None]


def drops_the_body(request: Request) -> Flow:
    response: Response = yield Request(request.method, request.url, request.headers)
    return response


def changes_the_target(request: Request) -> Request:
    return Request(request.method, request.url.partition("?")[0], request.headers, request.body)


def makes_responses_anew(request: Request) -> Flow:
    response: Response = yield request
    return Response(200, response.headers, response.body)


def reads_request_bodies(request: Request) -> Request:
    b"".join(request.body.open())  # type: ignore[union-attr]
    return request


def reads_response_bodies(request: Request) -> Flow:
    response = yield from send(request)
    return (yield from read(response))


def swallows_exceptions(request: Request) -> Flow:
    try:
        response: Response = yield request
    except Exception:
        return Response(500)
    return response


def repeats_everything(request: Request) -> Flow:
    try:
        response: Response = yield request
    except GlobusConnectionError:
        response = yield request
    return response


class KeepsSlots:
    """Gives no slot back after a failure."""

    def __init__(self) -> None:
        self.left = 1

    def __call__(self, request: Request) -> Flow:
        assert self.left, "no slot is left"
        self.left -= 1
        response: Response = yield request
        self.left += 1
        return response


class Prints:
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Request:
        return request

    def __str__(self) -> str:
        return "with TOKEN"


CHECKS: list[tuple[object, Check]] = [
    (drops_the_body, lambda contract, runner: contract.test_the_request_arrives(runner, "POST")),
    (changes_the_target, lambda contract, runner: contract.test_the_request_arrives(runner, "GET")),
    (makes_responses_anew, lambda contract, runner: contract.test_a_response_comes_back_as_it_is(runner, 404)),
    (
        reads_request_bodies,
        lambda contract, runner: contract.test_a_body_that_can_be_read_once_is_left_to_the_terminal(runner),
    ),
    (reads_response_bodies, lambda contract, runner: contract.test_a_streamed_body_stays_on_the_wire(runner)),
    (
        swallows_exceptions,
        lambda contract, runner: contract.test_an_exception_comes_through_and_leaves_the_layer_usable(
            runner, ProgramError()
        ),
    ),
    (repeats_everything, lambda contract, runner: contract.test_a_post_that_was_cut_off_is_sent_once(runner)),
    (
        KeepsSlots(),
        lambda contract, runner: contract.test_an_exception_comes_through_and_leaves_the_layer_usable(
            runner, ProgramError()
        ),
    ),
    (Prints(), lambda contract, runner: contract.test_it_prints_without_secrets(runner)),
    (Prints(), lambda contract, runner: contract.test_a_copy_from_another_process_works(runner)),
]


@pytest.mark.parametrize("colour", ["threads", "asyncio"])
@pytest.mark.parametrize(("middleware", "check"), CHECKS)
def test_each_fault_is_found(middleware: Any, check: Check, colour: Any) -> None:
    class Contract(MiddlewareContract):
        secrets = ("TOKEN",)

    with pytest.raises((AssertionError, TypeError, pytest.fail.Exception)):
        check(Contract(), Runner(colour, middleware))


def test_a_layer_that_loses_a_cancelled_call_is_found() -> None:
    with pytest.raises(AssertionError, match="no slot"):
        MiddlewareContract().test_a_cancelled_call_leaves_the_layer_usable(Runner("asyncio", KeepsSlots()))
