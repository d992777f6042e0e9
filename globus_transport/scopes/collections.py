"""The scopes of the services whose clients are here (service documentation: docs.globus.org/api/auth/reference)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar


class ScopeCollection:
    """The scopes of one resource server, each an attribute.

    :cvar resource_server: the name under which token replies list their tokens
    """

    resource_server: ClassVar[str]

    def __iter__(self) -> Iterator[str]:
        """Every scope."""
        for name, value in vars(type(self)).items():
            if isinstance(value, str) and name != "resource_server" and not name.startswith("_"):
                yield value

    def __repr__(self) -> str:
        return f"<scopes of {self.resource_server}>"


def _urn(server: str, name: str) -> str:
    return f"urn:globus:auth:scope:{server}:{name}"


class AuthScopeCollection(ScopeCollection):
    """Globus Auth: the OpenID Connect scopes and its own API."""

    resource_server = "auth.globus.org"
    openid = "openid"
    email = "email"
    profile = "profile"
    manage_projects = _urn("auth.globus.org", "manage_projects")
    view_authentications = _urn("auth.globus.org", "view_authentications")
    view_clients = _urn("auth.globus.org", "view_clients")
    view_clients_and_scopes = _urn("auth.globus.org", "view_clients_and_scopes")
    view_consents = _urn("auth.globus.org", "view_consents")
    view_identities = _urn("auth.globus.org", "view_identities")
    view_identity_set = _urn("auth.globus.org", "view_identity_set")


class TransferScopeCollection(ScopeCollection):
    """Globus Transfer."""

    resource_server = "transfer.api.globus.org"
    all = _urn("transfer.api.globus.org", "all")
    gcp_install = _urn("transfer.api.globus.org", "gcp_install")


AuthScopes = AuthScopeCollection()
TransferScopes = TransferScopeCollection()
