"""Closing a stack or a client closes its layers."""

from __future__ import annotations

import asyncio

import pytest

from globus_transport import (
    AsyncStack,
    AsyncTransferClient,
    MiddlewareError,
    Request,
    Response,
    Stack,
    TransferClient,
    only_for,
)

URL = "https://example.org"


class Terminal:
    def __init__(self, closed: list[str]) -> None:
        self.closed = closed

    def __call__(self, request: Request) -> Response:
        return Response(200, request=request)

    def close(self) -> None:
        self.closed.append("terminal")


class AsyncTerminal(Terminal):
    async def __call__(self, request: Request) -> Response:  # type: ignore[override]
        return Response(200, request=request)


class Closing:
    def __init__(self, name: str, closed: list[str]) -> None:
        self.name = name
        self.closed = closed

    def __call__(self, request: Request) -> Request:
        return request

    def close(self) -> None:
        self.closed.append(self.name)


class Failing(Closing):
    def close(self) -> None:
        super().close()
        raise ValueError(self.name)


class AsyncClosing(Closing):
    async def aclose(self) -> None:
        self.closed.append(f"{self.name} under asyncio")


class ClosedByCoroutine(Closing):
    async def close(self) -> None:  # type: ignore[override]
        self.closed.append(self.name)


def test_from_the_outside_in_and_once() -> None:
    closed: list[str] = []
    shared = Closing("shared", closed)
    with Stack(Terminal(closed), [("a", Closing("a", closed)), ("b", shared), ("c", shared)]) as stack:
        stack.send(Request("GET", URL))
    assert closed == ["a", "shared", "terminal"]
    stack.close()
    assert closed == ["a", "shared", "terminal", "terminal"]


def test_under_asyncio() -> None:
    closed: list[str] = []

    async def use() -> None:
        layers = [("a", AsyncClosing("a", closed)), ("b", Closing("b", closed)), ("c", ClosedByCoroutine("c", closed))]
        async with AsyncStack(AsyncTerminal(closed), layers) as stack:
            await stack.send(Request("GET", URL))
        await stack.close_layers()

    asyncio.run(use())
    assert closed == ["a under asyncio", "b", "c", "terminal"]


def test_a_failure_does_not_keep_the_others_open() -> None:
    closed: list[str] = []
    stack = Stack(Terminal(closed), [("a", Failing("a", closed)), ("b", Closing("b", closed))])
    with pytest.raises(ValueError, match="a"):
        stack.close()
    assert closed == ["a", "b", "terminal"]
    closed.clear()
    async_stack = AsyncStack(AsyncTerminal(closed), [("a", Failing("a", closed)), ("b", Closing("b", closed))])
    with pytest.raises(ValueError, match="a"):
        asyncio.run(async_stack.close())
    assert closed == ["a", "b", "terminal"]


def test_only_asyncio_awaits() -> None:
    closed: list[str] = []
    with pytest.raises(MiddlewareError, match=r"close\(\) is a coroutine function"):
        Stack(Terminal(closed), [ClosedByCoroutine("a", closed)]).close()
    assert closed == ["terminal"]


def test_clients_close_their_layers_and_leave_a_terminal_of_the_program_open() -> None:
    closed: list[str] = []
    client = TransferClient(terminal=Terminal(closed))
    with client.with_stack(client.stack.add(only_for(Closing("a", closed), URL), before="retry")):
        pass
    assert closed == ["a"]
    closed.clear()
    async_client = AsyncTransferClient(terminal=AsyncTerminal(closed))
    async_client.stack = async_client.stack.add(only_for(AsyncClosing("a", closed), URL))
    asyncio.run(async_client.close())
    assert closed == ["a under asyncio"]
