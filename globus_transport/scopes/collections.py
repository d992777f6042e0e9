"""The scopes of the services whose clients are here (service documentation: docs.globus.org/api/auth/reference)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs


@attrs.frozen
class ScopeCollection:
    """The scopes of one resource server.

    :ivar resource_server: the name under which token replies list their tokens
    """

    resource_server: str

    def __iter__(self) -> Iterator[str]:
        """Every scope."""
        for field in attrs.fields(type(self)):
            if field.name != "resource_server":
                yield getattr(self, field.name)


def _urn(server: str, name: str) -> str:
    return f"urn:globus:auth:scope:{server}:{name}"


@attrs.frozen
class AuthScopeCollection(ScopeCollection):
    """Globus Auth: the OpenID Connect scopes and its own API."""

    resource_server: str = "auth.globus.org"
    openid: str = "openid"
    email: str = "email"
    profile: str = "profile"
    manage_projects: str = _urn("auth.globus.org", "manage_projects")
    view_authentications: str = _urn("auth.globus.org", "view_authentications")
    view_clients: str = _urn("auth.globus.org", "view_clients")
    view_clients_and_scopes: str = _urn("auth.globus.org", "view_clients_and_scopes")
    view_consents: str = _urn("auth.globus.org", "view_consents")
    view_identities: str = _urn("auth.globus.org", "view_identities")
    view_identity_set: str = _urn("auth.globus.org", "view_identity_set")


@attrs.frozen
class TransferScopeCollection(ScopeCollection):
    """Globus Transfer."""

    resource_server: str = "transfer.api.globus.org"
    all: str = _urn("transfer.api.globus.org", "all")
    gcp_install: str = _urn("transfer.api.globus.org", "gcp_install")


AuthScopes = AuthScopeCollection()
TransferScopes = TransferScopeCollection()
