"""httpx with a Globus credential, in a Client and in an AsyncClient."""

import asyncio

import httpx

from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer
from globus_transport.embed.httpx import GlobusAuth

CLIENT_ID = "..."
REFRESH_TOKEN = "..."
TRANSFER = "..."

authorizer = RefreshTokenAuthorizer(REFRESH_TOKEN, NativeAppAuthClient(CLIENT_ID))
auth = GlobusAuth(authorizer, TRANSFER)

with httpx.Client(auth=auth) as client:
    tasks = client.get(f"{TRANSFER}/v0.10/task_list").raise_for_status().json()["DATA"]


async def main() -> None:
    async with httpx.AsyncClient(auth=auth) as client:
        reply = await client.get(f"{TRANSFER}/v0.10/task_list")
        reply.raise_for_status()


asyncio.run(main())
