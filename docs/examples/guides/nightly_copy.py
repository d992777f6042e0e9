"""A service that copies new files of a folder every night. It acts for itself."""

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


def copy_new_files(client: TransferClient) -> str:
    """Submit the transfer and wait for it.

    :return: the final status of the task
    """
    data = TransferData(
        SOURCE,
        DESTINATION,
        label="nightly",
        sync_level="mtime",
        notify_on_succeeded=False,
    )
    data.add_item("/results/", "/results/", recursive=True)
    task_id = client.submit_transfer(data)["task_id"]
    while not client.task_wait(task_id, timeout=600, polling_interval=10):
        print("still running ...")
    task = client.get_task(task_id)
    for error in client.task_skipped_errors.items(task_id):
        print("skipped:", error["source_path"], error["error_code"])
    return str(task["status"])


with ConfidentialAppAuthClient(CLIENT_ID, CLIENT_SECRET) as auth_client:
    authorizer = ClientCredentialsAuthorizer(auth_client, TransferClient.scopes.all)
    with TransferClient(authorizer=authorizer) as client:
        print(copy_new_files(client))
