"""The client of Globus Auth's API, for threads."""

from __future__ import annotations

from globus_transport.core.flow import Send
from globus_transport.routing.client import BaseClient
from globus_transport.services.auth.client_settings import AuthClientSettings


class AuthClient(AuthClientSettings[Send], BaseClient):
    """Globus Auth for the bearer of a token: identities, and who the token speaks for."""
