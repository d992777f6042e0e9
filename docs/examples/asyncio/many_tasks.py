"""Look at many tasks at once."""

import asyncio
import os

from globus_transport import AccessTokenAuthorizer, AsyncTransferClient

authorizer = AccessTokenAuthorizer(os.environ["TRANSFER_ACCESS_TOKEN"])


async def main() -> None:
    async with AsyncTransferClient(authorizer=authorizer) as client:
        ids = [task["task_id"] async for task in client.task_list.items(limit=100)]
        for task in await asyncio.gather(
            *(client.get_task(task_id) for task_id in ids)
        ):
            print(task["task_id"], task["status"])


asyncio.run(main())
