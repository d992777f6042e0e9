"""Copy everything from one collection of the sandbox to the other."""

import os

from globus_transport import (
    ClientCredentialsAuthorizer,
    ConfidentialAppAuthClient,
    TransferClient,
    TransferData,
)

auth_client = ConfidentialAppAuthClient(
    os.environ["GLOBUS_CLI_CLIENT_ID"], os.environ["GLOBUS_CLI_CLIENT_SECRET"]
)
authorizer = ClientCredentialsAuthorizer(auth_client, TransferClient.scopes.all)

with auth_client, TransferClient(authorizer=authorizer) as client:
    found = client.endpoint_search.items(filter_scope="all")
    ids = {collection["display_name"]: collection["id"] for collection in found}
    source, destination = ids["Sandbox source"], ids["Sandbox destination"]

    data = TransferData(source, destination, label="My first transfer")
    data.add_item("/", "/copied/", recursive=True)
    task_id = client.submit_transfer(data)["task_id"]

    while not client.task_wait(task_id, timeout=60, polling_interval=1):
        print("still running ...")

    print(client.get_task(task_id)["status"])
    for entry in client.operation_ls(destination, "/copied/"):
        print(entry["type"], entry["name"], entry["size"])
