"""The terminals for asyncio that send over sockets. Tests of what both have to do run with each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from globus_transport import AiohttpTerminal, AsyncioTerminal

AsyncTerminal = AsyncioTerminal | AiohttpTerminal
Runs = Callable[..., Any]


def with_asyncio(use: Callable[[AsyncioTerminal], Awaitable[Any]], **settings: Any) -> Any:
    """Call the function with the default terminal."""

    async def main() -> Any:
        async with AsyncioTerminal(**{"http_timeout": 5.0, **settings}) as terminal:
            return await use(terminal)

    return asyncio.run(main())


def with_session(use: Callable[[AiohttpTerminal], Awaitable[Any]], pool_size: int = 100, **settings: Any) -> Any:
    """Call the function with a terminal over a session of the program."""

    async def main() -> Any:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=pool_size)) as session:
            return await use(AiohttpTerminal(session, **{"http_timeout": 5.0, **settings}))

    return asyncio.run(main())


#: By name: the function that runs a test with a terminal.
RUNNERS: dict[str, Runs] = {"asyncio": with_asyncio, "a session of aiohttp": with_session}
