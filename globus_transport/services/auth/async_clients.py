"""The clients of Globus Auth, for asyncio."""

from __future__ import annotations

from globus_transport.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.auth.client_settings import (
    AuthClientSettings,
    ConfidentialAppClientSettings,
    LoginClientSettings,
    NativeAppClientSettings,
)


class AsyncAuthClient(AuthClientSettings[AsyncSend], AsyncBaseClient):
    """Globus Auth for the bearer of a token: identities, and who the token speaks for."""


class AsyncAuthLoginClient(LoginClientSettings[AsyncSend], AsyncBaseClient):
    """Globus Auth's OAuth2 part, with whatever authorizer it is given."""


class AsyncNativeAppAuthClient(NativeAppClientSettings[AsyncSend], AsyncBaseClient):
    """Logs users in, for an application without a secret: PKCE."""


class AsyncConfidentialAppAuthClient(ConfidentialAppClientSettings[AsyncSend], AsyncBaseClient):
    """Gets tokens for users and for itself, for an application with a secret."""
