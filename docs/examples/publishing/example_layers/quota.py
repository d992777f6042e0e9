"""A limit for all processes and hosts together, which they count in Redis."""

import time
from typing import Protocol

import attrs

from globus_transport import Flow, Request, run, send, sleep


class Redis(Protocol):
    """What the layer needs of ``redis.Redis``."""

    def incr(self, name: str) -> int: ...
    def close(self) -> None: ...


class AsyncRedis(Protocol):
    """What the layer needs of ``redis.asyncio.Redis``."""

    async def incr(self, name: str) -> int: ...
    async def aclose(self) -> None: ...


@attrs.frozen
class Quota:
    """Let all who count in the same Redis send at most so many requests in a minute.

    :param per_minute: number of requests
    :param redis: is used under threads
    :param async_redis: is used under asyncio
    """

    per_minute: int
    redis: Redis = attrs.field(repr=False)
    async_redis: AsyncRedis = attrs.field(repr=False)

    def __call__(self, request: Request) -> Flow:
        minute = int(time.time() // 60)
        while (
            yield from run(
                self.redis.incr, f"quota:{minute}", for_asyncio=self.async_redis.incr
            )
        ) > self.per_minute:
            minute += 1
            yield from sleep(max(0.0, minute * 60 - time.time()))
        return (yield from send(request))

    def close(self) -> None:
        """Close the client for threads. ``Stack.close()`` calls it."""
        self.redis.close()

    async def aclose(self) -> None:
        """Close the client for asyncio. ``AsyncStack.close()`` awaits it."""
        await self.async_redis.aclose()

    def __str__(self) -> str:
        return f"at most {self.per_minute} requests a minute, counted in Redis"
