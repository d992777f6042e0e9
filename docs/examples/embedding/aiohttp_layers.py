"""Layers of this package in a session of aiohttp: it retries, and sends a
credential."""

import asyncio
import os

import aiohttp

from globus_transport import AccessTokenAuthorizer, Retry, RetryConfig
from globus_transport.config import service_url
from globus_transport.embed.aiohttp import StackMiddleware

TRANSFER = service_url("transfer")


async def main() -> None:
    credential = AccessTokenAuthorizer(os.environ["TRANSFER_ACCESS_TOKEN"]).bound_to(
        TRANSFER
    )
    layers = StackMiddleware([Retry(RetryConfig(max_retries=3)), credential])
    async with aiohttp.ClientSession(middlewares=(layers,)) as session:
        reply = await session.get(f"{TRANSFER}v0.10/task_list")
        print(reply.status, len((await reply.json())["DATA"]), "tasks")


asyncio.run(main())
