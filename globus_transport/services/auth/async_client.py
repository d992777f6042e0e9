"""The client of Globus Auth's API, for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.auth.client_settings import AuthClientSettings


class AsyncAuthClient(AuthClientSettings[AsyncSend], AsyncBaseClient):
    """Globus Auth for the bearer of a token: identities, and who the token speaks for."""
