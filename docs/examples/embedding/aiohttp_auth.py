"""List the tasks of a user with aiohttp. The session renews the token."""

import asyncio
import os

import aiohttp

from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer
from globus_transport.config import service_url
from globus_transport.embed.aiohttp import GlobusAuth

TRANSFER = service_url("transfer")
CLIENT_ID = "..."


async def main() -> None:
    with NativeAppAuthClient(CLIENT_ID) as auth_client:
        authorizer = RefreshTokenAuthorizer(
            os.environ["TRANSFER_REFRESH_TOKEN"], auth_client
        )
        async with aiohttp.ClientSession(
            middlewares=(GlobusAuth(authorizer, TRANSFER),)
        ) as session:
            reply = await session.get(
                f"{TRANSFER}v0.10/task_list",
                params={"limit": "10"},
                raise_for_status=True,
            )
            for task in (await reply.json())["DATA"]:
                print(task["label"], task["status"])


asyncio.run(main())
