"""Clients that send through an httpx client of the program."""

import asyncio

import httpx

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncHttpxTerminal,
    AsyncTransferClient,
)

TRANSFER_ACCESS_TOKEN = "..."


async def main() -> int:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=20)) as host:
        terminal = AsyncHttpxTerminal(host)
        authorizer = AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN)
        async with AsyncTransferClient(
            authorizer=authorizer, terminal=terminal
        ) as client:
            return len((await client.task_list())["DATA"])


tasks = asyncio.run(main())
