"""A session whose requests to Transfer pass a whole stack."""

import requests

from globus_transport import AccessTokenAuthorizer, TransferClient
from globus_transport.embed.requests import StackAdapter

TRANSFER_ACCESS_TOKEN = "..."
TRANSFER = "..."

client = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))

with requests.Session() as session:
    StackAdapter(client.stack).mount(session, TRANSFER)
    reply = session.get(f"{TRANSFER}/v0.10/task_list", timeout=(5, 30))
    reply.raise_for_status()
    tasks = reply.json()["DATA"]
