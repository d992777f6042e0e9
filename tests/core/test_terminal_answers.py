"""A terminal that returns something else than a response is named."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from globus_transport import AsyncStack, MiddlewareError, Redirect, Request, Response, Stack
from globus_transport.core.layers import LayerLike

REQUEST = Request("GET", "https://example.org")


def my_terminal(_request: Request) -> Any:
    return {"status": 200}


async def my_async_terminal(_request: Request) -> Any:
    return None


class Special(Response):
    """A response of a class of the program's own."""


LAYERS: list[list[LayerLike]] = [[], [Redirect()]]


@pytest.mark.parametrize("layers", LAYERS, ids=["no layer", "a layer"])
def test_it_is_named(layers: list[LayerLike]) -> None:
    with pytest.raises(MiddlewareError, match=r"terminal.*my_terminal.*ended with dict, not a Response"):
        Stack(my_terminal, layers).send(REQUEST)
    with pytest.raises(MiddlewareError, match=r"terminal.*my_async_terminal.*ended with NoneType, not a Response"):
        asyncio.run(AsyncStack(my_async_terminal, layers).send(REQUEST))


@pytest.mark.parametrize("layers", LAYERS, ids=["no layer", "a layer"])
def test_a_blocking_one_under_asyncio(layers: list[LayerLike]) -> None:
    with pytest.raises(MiddlewareError, match=r"my_terminal returned dict, which cannot be awaited; .*ThreadsTerminal"):
        asyncio.run(AsyncStack(my_terminal, layers).send(REQUEST))


def test_a_subclass_of_response_will_do() -> None:
    special = Special(200)
    assert Stack(lambda _request: special).send(REQUEST) is special
