"""The clients of Globus Auth's OAuth2 part, for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.auth.login_client_settings import (
    ConfidentialAppClientSettings,
    LoginClientSettings,
    NativeAppClientSettings,
)


class AsyncAuthLoginClient(LoginClientSettings[AsyncSend], AsyncBaseClient):
    """Globus Auth's OAuth2 part, with whatever authorizer it is given."""


class AsyncNativeAppAuthClient(NativeAppClientSettings[AsyncSend], AsyncAuthLoginClient):
    """Logs users in, for an application without a secret: PKCE."""


class AsyncConfidentialAppAuthClient(ConfidentialAppClientSettings[AsyncSend], AsyncAuthLoginClient):
    """Gets tokens for users and for itself, for an application with a secret."""
