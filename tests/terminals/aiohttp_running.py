"""The ways in which aiohttp's terminal sends, for tests that hold for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from globus_transport import AiohttpTerminal

Runs = Callable[..., Any]


def with_own(use: Callable[[AiohttpTerminal], Awaitable[Any]], **settings: Any) -> Any:
    """What the function gives with a terminal that makes its own session."""

    async def main() -> Any:
        async with AiohttpTerminal(**{"http_timeout": 5.0, **settings}) as terminal:
            return await use(terminal)

    return asyncio.run(main())


def with_session(use: Callable[[AiohttpTerminal], Awaitable[Any]], **settings: Any) -> Any:
    """The same with one over a session of the program."""

    async def main() -> Any:
        async with aiohttp.ClientSession() as session:
            return await use(AiohttpTerminal(session, **{"http_timeout": 5.0, **settings}))

    return asyncio.run(main())


def _the_long_way(monkeypatch: pytest.MonkeyPatch) -> Runs:
    # As with an aiohttp whose connections are not as they are known.
    monkeypatch.setattr("globus_transport.terminals.aiohttp.sessions.is_supported", lambda: False)
    return with_own


#: By name: what sets a way up, and gives the function that runs in it.
RUNNERS: dict[str, Callable[[pytest.MonkeyPatch], Runs]] = {
    "own session": lambda _monkeypatch: with_own,
    "own session, no short way": _the_long_way,
    "session of the program": lambda _monkeypatch: with_session,
}
