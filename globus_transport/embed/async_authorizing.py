"""The two halves of :mod:`globus_transport.embed.authorizing`, for asyncio."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, NoReturn

from globus_transport.authorizers.base import BoundAuthorizer
from globus_transport.core import async_driver
from globus_transport.core.flow import Flow
from globus_transport.exc.base import MiddlewareError
from globus_transport.http.messages import Request, Response


async def authorized(authorizer: BoundAuthorizer, request: Request) -> Request:
    """The request as the authorizer would send it at first.

    :raises GlobusAPIError: if a renewal is refused
    :raises NetworkError: if it cannot be made
    """
    flow = authorizer(request)
    try:
        step = await _advance(flow, None)
    finally:
        flow.close()
    if step is None:
        raise MiddlewareError(f"{authorizer} ended without sending anything")
    return step


async def next_try(authorizer: BoundAuthorizer, sent: Request, refusal: Response) -> AsyncGenerator[Request, Response]:
    """What the authorizer sends after ``sent`` was answered with 401. Each request is answered with its response.

    :param sent: with the headers that it was sent with
    """
    flow = authorizer(sent)
    try:
        request = await _advance(flow, None)
        if request is not None and request.headers.get("Authorization") == sent.headers.get("Authorization"):
            # It was sent already; else someone has renewed the token meanwhile.
            request = await _advance(flow, refusal)
        while request is not None:
            request = await _advance(flow, (yield request))
    finally:
        flow.close()


async def _advance(flow: Flow, answer: Response | None) -> Request | None:
    """The next request of the flow; ``None`` at its end."""
    try:
        step: Any = next(flow) if answer is None else flow.send(answer)
        while not isinstance(step, Request):
            try:
                done = await async_driver.perform(step, _send_nothing, [])
            except BaseException as error:
                step = flow.throw(error)
            else:
                step = flow.send(done)
    except StopIteration:
        return None
    return step


async def _send_nothing(request: Request) -> NoReturn:
    raise MiddlewareError(
        f"the authorizer sends a request of its own ({request!r}) out of the middle of a step; "
        "that works in a stack only. Let it use an auth client"
    )
