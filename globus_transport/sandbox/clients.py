"""OAuth2 clients of a sandbox."""

from __future__ import annotations

import hmac
import re
import secrets
import uuid
from collections.abc import Iterable
from urllib.parse import urlsplit

import attrs

from globus_transport.sandbox.identities import CLIENT_DOMAIN, Identity
from globus_transport.sandbox.json_bodies import check_text

AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
DEPENDENT_TOKEN = "urn:globus:auth:grant_type:dependent_token"

PUBLIC_GRANTS = {AUTHORIZATION_CODE, REFRESH_TOKEN}
CONFIDENTIAL_GRANTS = PUBLIC_GRANTS | {CLIENT_CREDENTIALS, DEPENDENT_TOKEN}
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_WEB_SCHEMES = {"http", "https"}
# The characters of RFC 3986, without # because a redirect URI has no fragment.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
#: Globus's own page that shows a code. Programs that know no other address have it built in.
CODE_PAGE = "https://auth.globus.org/v2/web/auth-code"

#: The ids that public programs have built in, and their names.
_PROGRAMS = {
    # globus-cli, globus_cli/login_manager/storage.py; it makes a confidential client of its own from this template.
    "95fdeba8-fac2-42bd-a357-e068d82ff78e": "Globus CLI",
    # globus-compute-sdk, globus_compute_sdk/sdk/auth/globus_app.py
    "4cf29807-cf21-49ec-9443-ff9a3fb9f81c": "Globus Compute SDK",
    # The examples in the documentation of globus-sdk.
    "61338d24-54d5-408f-a10d-66c06b59f6d2": "Tutorial of globus-sdk",
}


def is_redirect_uri(text: str) -> bool:
    """Whether a text is an absolute URI without a fragment (RFC 6749, section 3.1.2)."""
    if not _URI.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        # A malformed port raises ValueError when it is read.
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


@attrs.frozen
class SandboxClient:
    """What a program needs to log in as a client.

    :ivar id: a UUID
    :ivar secret: ``None`` for a public client (a native app)
    """

    id: str
    secret: str | None = attrs.field(default=None, repr=False)


@attrs.frozen
class OAuthClient:
    """A registered application, with the methods that Authlib calls on a client.

    A client without a secret is a public client (a native app).

    :raises ValueError: if the secret or the name cannot be sent as UTF-8
    :ivar is_confidential: whether the client was registered as confidential through the API; it may have several
        secrets, or none yet
    :ivar credentials: further secrets, by the id of their credential
    :ivar redirect_uris: the allowed ones; without any, Globus's code page and addresses of this machine are allowed
    :ivar name: for the person who logs in; a client that was registered through the API has it in its document
    """

    secret: str | None = attrs.field(default=None, repr=False)
    client_id: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    is_confidential: bool = False
    credentials: dict[str, str] = attrs.field(factory=dict, repr=False, eq=False)
    redirect_uris: tuple[str, ...] = ()
    name: str = ""

    def __attrs_post_init__(self) -> None:
        check_text("secret", self.secret)
        check_text("name", self.name)

    @classmethod
    def confidential(cls) -> OAuthClient:
        """A new confidential client, with a random secret."""
        return cls(secrets.token_hex(20), name="Sandbox client")

    @property
    def identity(self) -> Identity:
        """The client's own identity, for the client credentials grant."""
        return Identity(
            f"{self.client_id}@{CLIENT_DOMAIN}",
            name=self.name or "Sandbox client",
            organization="Sandbox",
            id=self.client_id,
        )

    @property
    def has_secrets(self) -> bool:
        """Whether the client authenticates with a secret."""
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
        if not is_redirect_uri(redirect_uri):
            return False
        # Compares the host, not a prefix: http://localhost.example.org is another host.
        parts = urlsplit(redirect_uri)
        return redirect_uri == CODE_PAGE or (parts.scheme in _WEB_SCHEMES and parts.hostname in _LOCAL_HOSTS)

    def check_client_secret(self, client_secret: str) -> bool:
        known = [*([self.secret] if self.secret else []), *self.credentials.values()]
        # Compares with each secret, so that the time does not tell which one matched.
        return sum(hmac.compare_digest(secret.encode(), client_secret.encode()) for secret in known) > 0

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.has_secrets else "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in (CONFIDENTIAL_GRANTS if self.has_secrets else PUBLIC_GRANTS)


def known_programs() -> list[OAuthClient]:
    """The public clients that every sandbox has, because programs have their ids built in."""
    return [OAuthClient(client_id=id, name=name) for id, name in _PROGRAMS.items()]


def make_client(
    id: str | None, secret: str | None, *, native: bool, redirect_uris: Iterable[str], name: str
) -> OAuthClient:
    """A client for a program that brings its own id, and perhaps its own secret.

    :param id: ``None`` for a new one
    :param secret: of a confidential client; ``None`` for a new one
    :raises TypeError: if ``redirect_uris`` is a text
    :raises ValueError: if the id is no UUID, a native client has a secret, a secret is empty, a text cannot be sent as
        UTF-8, or a redirect URI is not an absolute URI without a fragment
    """
    if id is not None:
        try:
            id = str(uuid.UUID(id))
        except ValueError:
            raise ValueError(f"id={id!r}: give the UUID of a client") from None
    if native and secret is not None:
        raise ValueError("secret: a native client has none; give native=False for a confidential client")
    if secret == "":
        raise ValueError("secret: give one that is not empty, or None for a new one")
    if isinstance(redirect_uris, str):
        raise TypeError(f"redirect_uris={redirect_uris!r}: give a list of URIs")
    uris = tuple(redirect_uris)
    for uri in uris:
        if not is_redirect_uri(uri):
            raise ValueError(f"redirect_uris: {uri!r} is not an absolute URI without a fragment")
    return OAuthClient(
        None if native else secret or secrets.token_hex(20),
        id or str(uuid.uuid4()),
        redirect_uris=uris,
        name=name,
    )
