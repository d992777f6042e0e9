"""The ways in which the aiohttp terminal sends. Tests run with each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from globus_transport import AiohttpTerminal

Runs = Callable[..., Any]


def with_own(use: Callable[[AiohttpTerminal], Awaitable[Any]], **settings: Any) -> Any:
    """Call the function with a terminal that makes its own session."""

    async def main() -> Any:
        async with AiohttpTerminal(**{"http_timeout": 5.0, **settings}) as terminal:
            return await use(terminal)

    return asyncio.run(main())


def with_session(use: Callable[[AiohttpTerminal], Awaitable[Any]], **settings: Any) -> Any:
    """Call the function with a terminal over a session of the program."""

    async def main() -> Any:
        async with aiohttp.ClientSession() as session:
            return await use(AiohttpTerminal(session, **{"http_timeout": 5.0, **settings}))

    return asyncio.run(main())


def _the_long_way(monkeypatch: pytest.MonkeyPatch) -> Runs:
    # As with a release of aiohttp whose connections differ.
    monkeypatch.setattr("globus_transport.terminals.aiohttp.sessions.is_supported", lambda: False)
    return with_own


#: By name: sets a way up, and returns the function that runs a test in it.
RUNNERS: dict[str, Callable[[pytest.MonkeyPatch], Runs]] = {
    "own session": lambda _monkeypatch: with_own,
    "own session, no short way": _the_long_way,
    "session of the program": lambda _monkeypatch: with_session,
}
