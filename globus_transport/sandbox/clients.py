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

PUBLIC_GRANTS = {AUTHORIZATION_CODE, REFRESH_TOKEN}
CONFIDENTIAL_GRANTS = PUBLIC_GRANTS | {CLIENT_CREDENTIALS, DEPENDENT_TOKEN}
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_CODE_PAGE = "https://auth.globus.org/v2/web/auth-code"


@dataclass(frozen=True)
class OAuthClient:
    """A registered application. Its methods are those by which Authlib asks about a client.

    A client without a secret is a public one (a native app).
    """

    secret: str | None = field(default=None, repr=False)
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # A client that was registered through the API: it may have several secrets, or none yet.
    is_confidential: bool = False
    credentials: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    redirect_uris: tuple[str, ...] = ()

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

    @property
    def has_secrets(self) -> bool:
        """Whether it has to say a secret."""
        return self.is_confidential or self.secret is not None

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        if self.redirect_uris:
            return redirect_uri in self.redirect_uris
        # The host is compared, not a prefix: http://localhost.example.org is somebody else's.
        try:
            parts = urlsplit(redirect_uri)
            local = parts.hostname in _LOCAL_HOSTS
        except ValueError:
            return False
        return redirect_uri == _CODE_PAGE or (parts.scheme in {"http", "https"} and local)

    def check_client_secret(self, client_secret: str) -> bool:
        known = [*([self.secret] if self.secret else []), *self.credentials.values()]
        # Each is compared, so that the time tells nothing.
        return sum(hmac.compare_digest(one.encode(), client_secret.encode()) for one in known) > 0

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.has_secrets else "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in (CONFIDENTIAL_GRANTS if self.has_secrets else PUBLIC_GRANTS)
