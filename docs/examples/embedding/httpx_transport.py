"""An httpx.Client whose requests pass a whole stack."""

import httpx

from globus_transport import AccessTokenAuthorizer, TransferClient
from globus_transport.embed.httpx import StackTransport

TRANSFER_ACCESS_TOKEN = "..."
TRANSFER = "..."

transfer = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))

with httpx.Client(
    transport=StackTransport(transfer.stack), base_url=TRANSFER
) as client:
    tasks = client.get("/v0.10/task_list").raise_for_status().json()["DATA"]
