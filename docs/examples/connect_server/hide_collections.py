"""Hide the guest collections that everyone can find, and report what cannot be changed.
Under asyncio."""

import asyncio

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncGCSClient,
    GCSAPIError,
    GuestCollectionDocument,
)

#: The host name of the endpoint.
ENDPOINT = "..."
MAPPED_COLLECTION_ID = "..."
#: For the scope manage_collections of the endpoint.
ACCESS_TOKEN = "..."


async def hide(client: AsyncGCSClient, collection_id: str) -> str:
    """Hide a guest collection from searches.

    :return: what happened
    """
    try:
        await client.update_collection(
            collection_id, GuestCollectionDocument(public=False)
        )
    except GCSAPIError as error:
        return f"{error.code}: {error.message}"
    return "hidden"


async def main() -> None:
    """Hide all guest collections of a mapped collection that everyone can find."""
    async with AsyncGCSClient(
        ENDPOINT, authorizer=AccessTokenAuthorizer(ACCESS_TOKEN)
    ) as client:
        collections = client.get_collection_list.items(
            mapped_collection_id=MAPPED_COLLECTION_ID,
            filter=["guest_collections", "managed_by_me"],
        )
        async for collection in collections:
            if collection["public"]:
                print(collection["display_name"], await hide(client, collection["id"]))


asyncio.run(main())
