"""An authorizer's flow, done in two halves by a library that sends for itself: before a request, and after a 401."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NoReturn

from globus_transport.authorizers.base import BoundAuthorizer
from globus_transport.core import driver
from globus_transport.core.flow import Flow
from globus_transport.exc.base import MiddlewareError
from globus_transport.http.messages import Request, Response


def authorized(authorizer: BoundAuthorizer, request: Request) -> Request:
    """The request as the authorizer would send it at first. Blocks while a token is renewed.

    :raises GlobusAPIError: if the renewal is refused
    :raises NetworkError: if it cannot be made
    """
    flow = authorizer(request)
    try:
        return _up_to_a_request(flow, None)
    finally:
        flow.close()


def next_try(authorizer: BoundAuthorizer, sent: Request, refusal: Response) -> Generator[Request, Response, None]:
    """What the authorizer sends after ``sent`` was answered with 401. Each request is answered with its response.

    :param sent: with the headers that it was sent with
    """
    flow = authorizer(sent)
    try:
        request = _up_to_a_request(flow, None)
        if request.headers.get("Authorization") == sent.headers.get("Authorization"):
            # It was sent already; else someone has renewed the token meanwhile.
            request = _up_to_a_request(flow, refusal)
        while True:
            request = _up_to_a_request(flow, (yield request))
    except StopIteration:
        return
    finally:
        flow.close()


def _up_to_a_request(flow: Flow, answer: Response | None) -> Request:
    """:raises StopIteration: if the flow ends first"""
    step: Any = next(flow) if answer is None else flow.send(answer)
    while not isinstance(step, Request):
        try:
            done = driver.perform(step, _send_nothing, [])
        except BaseException as error:
            step = flow.throw(error)
        else:
            step = flow.send(done)
    return step


def _send_nothing(request: Request) -> NoReturn:
    raise MiddlewareError(
        f"the authorizer sends a request of its own ({request!r}) out of the middle of a step; "
        "that works in a stack only. Let it use an auth client"
    )
