"""A stack for code that expects a PoolManager."""

import urllib3

from globus_transport import AccessTokenAuthorizer, TransferClient
from globus_transport.embed.urllib3 import StackPool

TRANSFER_ACCESS_TOKEN = "..."
TRANSFER = "..."


def count_tasks(pool: urllib3.PoolManager) -> int:
    reply = pool.request("GET", f"{TRANSFER}/v0.10/task_list", fields={"limit": "10"})
    return len(reply.json()["DATA"])


client = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
tasks = count_tasks(StackPool(client.stack))
