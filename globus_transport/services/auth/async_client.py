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
    """Globus Auth for the bearer of a token: identities, and who the token speaks for."""


class AsyncAuthLoginClient(AuthLoginClientBase[AsyncSend], AsyncBaseClient):
    """Globus Auth's OAuth2 part, with any authorizer."""


class AsyncNativeAppAuthClient(NativeAppAuthClientBase[AsyncSend], AsyncAuthLoginClient):
    """Logs users in, for an application without a secret: PKCE."""


class AsyncConfidentialAppAuthClient(ConfidentialAppAuthClientBase[AsyncSend], AsyncAuthLoginClient):
    """Gets tokens for users and for itself, for an application with a secret."""
