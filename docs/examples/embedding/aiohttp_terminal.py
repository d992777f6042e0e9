"""A client of this package that sends through the session of the program."""

import asyncio
import os

import aiohttp

from globus_transport import AccessTokenAuthorizer, AiohttpTerminal, AsyncTransferClient

authorizer = AccessTokenAuthorizer(os.environ["TRANSFER_ACCESS_TOKEN"])


async def main() -> None:
    async with aiohttp.ClientSession(headers={"X-Tenant": "physics"}) as session:
        client = AsyncTransferClient(
            authorizer=authorizer, terminal=AiohttpTerminal(session)
        )
        first, second = await asyncio.gather(
            client.task_list(limit=10), client.endpoint_search("data")
        )
        print(len(first["DATA"]), "tasks,", len(second["DATA"]), "collections")


asyncio.run(main())
