"""The clients of the soak: the default stacks, over connections with and without TLS, on tokens that are renewed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import attrs

from benchmarks.soak.server import FaultyServer
from benchmarks.soak.service import FIRST_REFRESH_TOKEN, RESOURCE_SERVER
from globus_transport import AsyncBaseClient, BaseClient, ConfidentialAppAuthClient, RefreshTokenAuthorizer
from globus_transport.middleware.retry import RetryBudget, RetryConfig
from globus_transport.routing import RouteTable, get
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.token_storage import JSONTokenStorage, TokenStorageData
from globus_transport.transport import Transport

_CLIENT_ID = "2b5d1b3c-6a40-4a3f-9d3b-6a1f6a1c9f10"
_POOL_SIZE = 48
# Seconds that storing tokens takes.
_DISK_DELAY = 0.05


class SoakRoutes(RouteTable):
    """The server answers on every path. One is a route, the others are called by their path."""

    @get("/{call_id}")
    def read(self, call_id: str) -> GlobusHTTPResponse:
        """A reply that repeats the call's id."""
        raise NotImplementedError


class SoakClient(SoakRoutes, BaseClient):
    """The client for threads."""


class AsyncSoakClient(SoakRoutes, AsyncBaseClient):
    """The client for tasks."""


class SlowTokenStorage(JSONTokenStorage):
    """A storage on a slow disk. Forks and cancellations find renewals that are not stored yet."""

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens, after a pause."""
        time.sleep(_DISK_DELAY)
        super().store_token_data_by_resource_server(token_data_by_resource_server)


@attrs.frozen
class Clients:
    """Clients that share one login.

    :ivar blocking: without TLS and with it
    :ivar awaited: the same for asyncio
    :ivar auth: of the token endpoint
    """

    blocking: tuple[SoakClient, SoakClient]
    awaited: tuple[AsyncSoakClient, AsyncSoakClient]
    auth: ConfidentialAppAuthClient

    def close(self) -> None:
        """Close the connections of the clients for threads."""
        for client in (*self.blocking, self.auth):
            client.close()


def make_clients(server: FaultyServer, folder: Path) -> Clients:
    """Make the clients.

    Those without TLS have one authorizer, those with TLS another one, as in two programs. Both have the same storage,
    and so do forked children.

    :param folder: for the token storage
    """
    # A grant that the client does not wait for may have replaced the refresh token. It is not hurried.
    auth = ConfidentialAppAuthClient(
        _CLIENT_ID, "secret", base_url=server.url, transport=Transport(http_timeout=120, verify_ssl=server.ca_file)
    )
    retry = RetryConfig(max_retries=2, max_sleep=0.02, budget=RetryBudget(capacity=1000, per_second=1000))
    blocking, awaited = [], []
    for url, deadline in ((server.url, None), (server.tls_url, 5.0)):
        storage = SlowTokenStorage(folder / "tokens.json")
        authorizer = RefreshTokenAuthorizer(
            FIRST_REFRESH_TOKEN, auth, token_storage=storage, resource_server=RESOURCE_SERVER
        )
        transport = Transport(
            server.ca_file, http_timeout=2, connect_timeout=10, deadline=deadline, pool_size=_POOL_SIZE
        )
        blocking.append(SoakClient(base_url=url, authorizer=authorizer, transport=transport, retry_config=retry))
        awaited.append(AsyncSoakClient(base_url=url, authorizer=authorizer, transport=transport, retry_config=retry))
    return Clients((blocking[0], blocking[1]), (awaited[0], awaited[1]), auth)
