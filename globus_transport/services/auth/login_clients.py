"""The clients of Globus Auth's OAuth2 part, for threads."""

from __future__ import annotations

from globus_transport.core.flow import Send
from globus_transport.routing.client import BaseClient
from globus_transport.services.auth.login_client_settings import (
    ConfidentialAppClientSettings,
    LoginClientSettings,
    NativeAppClientSettings,
)


class AuthLoginClient(LoginClientSettings[Send], BaseClient):
    """Globus Auth's OAuth2 part, with whatever authorizer it is given."""


class NativeAppAuthClient(NativeAppClientSettings[Send], AuthLoginClient):
    """Logs users in, for an application without a secret: PKCE."""


class ConfidentialAppAuthClient(ConfidentialAppClientSettings[Send], AuthLoginClient):
    """Gets tokens for users and for itself, for an application with a secret."""
