"""A service that copies a folder every night: it acts for itself, and copies what is new."""

from globus_transport import (
    ClientCredentialsAuthorizer,
    ConfidentialAppAuthClient,
    TransferClient,
    TransferData,
)

CLIENT_ID = "..."
CLIENT_SECRET = "..."
SOURCE = "..."
DESTINATION = "..."


def copy_what_is_new(client: TransferClient) -> str:
    """Submit the transfer and wait for it.

    :return: the status that it ended with
    """
    data = TransferData(SOURCE, DESTINATION, label="nightly", sync_level="mtime", notify_on_succeeded=False)
    data.add_item("/results/", "/results/", recursive=True)
    task_id = client.submit_transfer(data)["task_id"]
    while not client.task_wait(task_id, timeout=600, polling_interval=10):
        print("still at it ...")
    task = client.get_task(task_id)
    for error in client.task_skipped_errors.items(task_id):
        print("left out:", error["source_path"], error["error_code"])
    return str(task["status"])


with ConfidentialAppAuthClient(CLIENT_ID, CLIENT_SECRET) as auth_client:
    authorizer = ClientCredentialsAuthorizer(auth_client, TransferClient.scopes.all)
    with TransferClient(authorizer=authorizer) as client:
        print(copy_what_is_new(client))
