"""Find the endpoint with the most free workers."""

import asyncio

from globus_transport import AsyncComputeClientV2


async def most_free_workers(client: AsyncComputeClientV2) -> str | None:
    """The id of the endpoint that has the most workers without a task.

    :return: ``None`` if no endpoint is online
    """
    endpoint_ids = [
        endpoint["uuid"] for endpoint in await client.get_endpoints(role="any")
    ]
    statuses = await asyncio.gather(*map(client.get_endpoint_status, endpoint_ids))
    free_workers = {
        endpoint_id: reply["details"]["idle_workers"]
        for endpoint_id, reply in zip(endpoint_ids, statuses, strict=True)
        if reply["status"] == "online"
    }
    return max(free_workers, key=free_workers.__getitem__, default=None)
