"""The clients of Globus Auth, for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.auth.client import (
    AuthClientBase,
    AuthLoginClientBase,
    ConfidentialAppAuthClientBase,
    NativeAppAuthClientBase,
)


class AsyncAuthClient(AuthClientBase[AsyncSend], AsyncBaseClient):
    """The API of Globus Auth: identities, projects, policies, clients and scopes."""


class AsyncAuthLoginClient(AuthLoginClientBase[AsyncSend], AsyncBaseClient):
    """The OAuth2 endpoints of Globus Auth, with any authorizer."""


class AsyncNativeAppAuthClient(NativeAppAuthClientBase[AsyncSend], AsyncAuthLoginClient):
    """Logs users in with PKCE (RFC 7636), for an application without a secret."""


class AsyncConfidentialAppAuthClient(ConfidentialAppAuthClientBase[AsyncSend], AsyncAuthLoginClient):
    """Gets tokens for users and for the application itself, for an application with a secret."""
