"""A layer that sees only the requests to some servers."""

from __future__ import annotations

import asyncio

import pytest

from globus_transport import AsyncStack, GlobusSDKUsageError, MiddlewareError, Place, Request, Response, Stack, only_for
from globus_transport.core.flow import AsyncSend, Flow, Send
from globus_transport.middleware import Redirect

OWN, OTHER = "https://own.example", "https://other.example"


class WithKey:
    place = Place(innermost=True)

    def __call__(self, request: Request) -> Flow:
        response: Response = yield request.with_header("X-Key", "secret")
        return response

    def __str__(self) -> str:
        return "a key"


def with_key(request: Request, call_next: Send) -> Response:
    return call_next(request.with_header("X-Key", "secret"))


async def async_with_key(request: Request, call_next: AsyncSend) -> Response:
    return await call_next(request.with_header("X-Key", "secret"))


def leading_elsewhere(sent: list[Request]) -> Send:
    def terminal(request: Request) -> Response:
        sent.append(request)
        if request.url.startswith(OWN):
            return Response(302, {"Location": f"{OTHER}/x"}, request=request)
        return Response(200, request=request)

    return terminal


@pytest.mark.parametrize("layer", [only_for(WithKey(), f"{OWN}/path"), only_for(with_key, OWN)])
def test_the_credential_stays_at_its_servers(layer: WithKey) -> None:
    sent: list[Request] = []
    stack = Stack(leading_elsewhere(sent), [Redirect(), layer])
    stack.send(Request("GET", f"{OWN}/a"))
    stack.send(Request("GET", f"{OWN}/a", authorize=False, follow_redirects=False))
    assert [(request.url.origin, "X-Key" in request.headers) for request in sent] == [
        (OWN, True),
        (OTHER, False),
        (OWN, False),
    ]


def test_under_asyncio() -> None:
    sent: list[Request] = []
    terminal = leading_elsewhere(sent)

    async def send(request: Request) -> Response:
        return terminal(request)

    for layer in (only_for(async_with_key, OWN), only_for(WithKey(), OWN)):
        asyncio.run(AsyncStack(send, [Redirect(), layer]).send(Request("GET", OWN)))
    assert [("X-Key" in request.headers) for request in sent] == [True, False, True, False]


def test_it_is_named_placed_and_printed_like_its_layer() -> None:
    stack = Stack(leading_elsewhere([]), [only_for(WithKey(), OWN, f"{OTHER}/x")]).add(Redirect())
    assert [layer.name for layer in stack.layers] == ["redirect", "with_key"]
    assert "a key, for https://other.example, https://own.example only" in str(stack)


def test_what_it_is_not() -> None:
    with pytest.raises(GlobusSDKUsageError, match="needs the URL"):
        only_for(WithKey())
    with pytest.raises(GlobusSDKUsageError, match="example"):
        only_for(WithKey(), "own.example")
    with pytest.raises(MiddlewareError):
        only_for(3, OWN)  # type: ignore[call-overload]
