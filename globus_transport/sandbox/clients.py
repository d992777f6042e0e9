"""The OAuth2 clients that a sandbox knows."""

import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from globus_transport.sandbox.identities import Identity

AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
DEPENDENT_TOKEN = "urn:globus:auth:grant_type:dependent_token"

_GRANTS_OF_ALL = {AUTHORIZATION_CODE, REFRESH_TOKEN}
_GRANTS_WITH_SECRET = _GRANTS_OF_ALL | {CLIENT_CREDENTIALS, DEPENDENT_TOKEN}
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_CODE_PAGE = "https://auth.globus.org/v2/web/auth-code"


@dataclass(frozen=True)
class OAuthClient:
    """A registered application. Its methods are those by which Authlib asks about a client.

    A client without a secret is a public one (a native app).
    """

    secret: str | None = field(default=None, repr=False)
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def confidential(cls) -> "OAuthClient":
        """A new client that has a secret."""
        return cls(secrets.token_hex(20))

    @property
    def identity(self) -> Identity:
        """Who the client is when it acts for itself."""
        return Identity(
            f"{self.client_id}@clients.auth.globus.org",
            name="Sandbox client",
            organization="Sandbox",
            id=self.client_id,
        )

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        # The host is compared, not a prefix: http://localhost.example.org is somebody else's.
        try:
            parts = urlsplit(redirect_uri)
            local = parts.hostname in _LOCAL_HOSTS
        except ValueError:
            return False
        return redirect_uri == _CODE_PAGE or (parts.scheme in {"http", "https"} and local)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret is not None and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.secret else "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in (_GRANTS_WITH_SECRET if self.secret else _GRANTS_OF_ALL)
