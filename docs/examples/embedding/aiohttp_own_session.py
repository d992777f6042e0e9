"""The same without a session of the program: the terminal makes and closes one."""

import asyncio
import os

from globus_transport import AccessTokenAuthorizer, AiohttpTerminal, AsyncTransferClient

authorizer = AccessTokenAuthorizer(os.environ["TRANSFER_ACCESS_TOKEN"])


async def main() -> None:
    async with AiohttpTerminal(http_timeout=30, pool_size=64) as terminal:
        client = AsyncTransferClient(authorizer=authorizer, terminal=terminal)
        print(len((await client.task_list())["DATA"]), "tasks")


asyncio.run(main())
