"""Look into many folders at once, but into eight at a time."""

import asyncio

from globus_transport import AccessTokenAuthorizer, AsyncTransferClient

ACCESS_TOKEN = "..."
COLLECTION = "..."


async def main() -> None:
    limit = asyncio.Semaphore(8)
    authorizer = AccessTokenAuthorizer(ACCESS_TOKEN)

    async with AsyncTransferClient(authorizer=authorizer) as client:

        async def count(name: str) -> int:
            async with limit:
                listing = await client.operation_ls(COLLECTION, f"/{name}/")
                return len(listing["DATA"])

        root = await client.operation_ls(COLLECTION)
        folders = [entry["name"] for entry in root]
        counts = await asyncio.gather(*(count(name) for name in folders))
        for name, number in zip(folders, counts, strict=True):
            print(name, number)


asyncio.run(main())
