"""A clean-up that shows what it would delete."""

import sys

from globus_transport import AccessTokenAuthorizer, DeleteData, DryRun, TransferClient

TRANSFER_ACCESS_TOKEN = "..."
COLLECTION_ID = "..."


def clean_up(client: TransferClient) -> None:
    task = DeleteData(endpoint=COLLECTION_ID, recursive=True, label="clean up")
    task.add_item("/scratch/old/")
    client.submit_delete(task)


with TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN)) as client:
    for_real = "--for-real" in sys.argv
    clean_up(client if for_real else client.with_stack(client.stack.add(DryRun())))
