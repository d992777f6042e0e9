"""Embeddings in requests, httpx and urllib3, in the host libraries' own signatures."""

from typing import assert_type

import httpx
import httpx2
import requests
import urllib3

import globus_transport.embed.httpx.public
import globus_transport.embed.httpx2
from globus_transport import (
    AccessTokenAuthorizer,
    AsyncHttpxTerminal,
    AsyncTransferClient,
    HttpxTerminal,
    TransferClient,
)
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.embed.urllib3.pool import StackPool

HOST = "https://transfer.api.globus.org"
authorizer = AccessTokenAuthorizer("t")
transfer = TransferClient(authorizer=authorizer)
async_transfer = AsyncTransferClient(authorizer=authorizer)

assert_type(requests.get(HOST, auth=GlobusAuth(authorizer, HOST)), requests.Response)
session = requests.Session()
session.auth = GlobusAuth(authorizer.bound_to(HOST))
session.mount(f"{HOST}/", StackAdapter(transfer.stack))
StackAdapter(transfer.stack).mount(session, HOST)


def takes_a_pool(pool: urllib3.PoolManager) -> int:
    return pool.request("GET", HOST).status


takes_a_pool(StackPool(transfer.stack))

httpx.Client(
    auth=globus_transport.embed.httpx.public.GlobusAuth(authorizer, HOST),
    transport=globus_transport.embed.httpx.public.StackTransport(transfer.stack),
)
httpx.AsyncClient(
    auth=globus_transport.embed.httpx.public.GlobusAuth(authorizer, HOST),
    transport=globus_transport.embed.httpx.public.AsyncStackTransport(async_transfer.stack),
)
httpx2.Client(
    auth=globus_transport.embed.httpx2.GlobusAuth(authorizer, HOST),
    transport=globus_transport.embed.httpx2.StackTransport(transfer.stack),
)
httpx2.AsyncClient(
    auth=globus_transport.embed.httpx2.GlobusAuth(authorizer, HOST),
    transport=globus_transport.embed.httpx2.AsyncStackTransport(async_transfer.stack),
)
TransferClient(terminal=HttpxTerminal(httpx.Client()))
TransferClient(terminal=HttpxTerminal(httpx2.Client()))
AsyncTransferClient(terminal=AsyncHttpxTerminal(httpx.AsyncClient()))
AsyncTransferClient(terminal=AsyncHttpxTerminal(httpx2.AsyncClient()))

httpx_transport = globus_transport.embed.httpx.public.StackTransport(transfer.stack)
assert_type(httpx_transport.handle_request(httpx.Request("GET", HOST)), httpx.Response)
httpx2_transport = globus_transport.embed.httpx2.StackTransport(transfer.stack)
assert_type(httpx2_transport.handle_request(httpx2.Request("GET", HOST)), httpx2.Response)


async def send_async() -> None:
    httpx_transport = globus_transport.embed.httpx.public.AsyncStackTransport(async_transfer.stack)
    assert_type(await httpx_transport.handle_async_request(httpx.Request("GET", HOST)), httpx.Response)
    httpx2_transport = globus_transport.embed.httpx2.AsyncStackTransport(async_transfer.stack)
    assert_type(await httpx2_transport.handle_async_request(httpx2.Request("GET", HOST)), httpx2.Response)
