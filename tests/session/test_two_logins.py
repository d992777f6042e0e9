"""Logins that one client has started exchange their own codes."""

from __future__ import annotations

import asyncio

from globus_transport import AsyncNativeAppAuthClient, NativeAppAuthClient, TransferScopes
from globus_transport.sandbox import Sandbox


def test_each_login_has_its_own_verifier(globus: Sandbox, globus_environment: dict[str, str]) -> None:
    with NativeAppAuthClient(globus.native_client_id) as client:
        flows = [client.oauth2_start_flow(requested_scopes=TransferScopes.all) for _ in range(2)]
        codes = [globus.approve(flow.get_authorize_url()) for flow in flows]
        for flow, code in zip(flows, codes, strict=True):
            tokens = flow.exchange_code_for_tokens(code)
            assert tokens.by_resource_server["transfer.api.globus.org"]["access_token"]


def test_each_login_under_asyncio(globus: Sandbox, globus_environment: dict[str, str]) -> None:
    async def log_in_twice() -> None:
        async with AsyncNativeAppAuthClient(globus.native_client_id) as client:
            flows = [client.oauth2_start_flow(requested_scopes=TransferScopes.all) for _ in range(2)]
            for flow in flows:
                assert (await flow.exchange_code_for_tokens(globus.approve(flow.get_authorize_url())))["access_token"]

    asyncio.run(log_in_twice())
