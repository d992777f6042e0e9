"""Copy everything from one collection of the sandbox to the other, under asyncio."""

import asyncio
import os

from globus_transport import (
    AsyncTransferClient,
    ClientCredentialsAuthorizer,
    ConfidentialAppAuthClient,
    TransferData,
)


async def main() -> None:
    auth_client = ConfidentialAppAuthClient(
        os.environ["GLOBUS_CLI_CLIENT_ID"], os.environ["GLOBUS_CLI_CLIENT_SECRET"]
    )
    authorizer = ClientCredentialsAuthorizer(
        auth_client, AsyncTransferClient.scopes.all
    )

    with auth_client:
        async with AsyncTransferClient(authorizer=authorizer) as client:
            found = client.endpoint_search.items(filter_scope="all")
            ids = {
                collection["display_name"]: collection["id"]
                async for collection in found
            }
            source, destination = ids["Sandbox source"], ids["Sandbox destination"]

            data = TransferData(source, destination, label="My first transfer")
            data.add_item("/", "/copied/", recursive=True)
            task_id = (await client.submit_transfer(data))["task_id"]

            while not await client.task_wait(task_id, timeout=60, polling_interval=1):
                print("still running ...")

            print((await client.get_task(task_id))["status"])
            for entry in await client.operation_ls(destination, "/copied/"):
                print(entry["type"], entry["name"], entry["size"])


asyncio.run(main())
