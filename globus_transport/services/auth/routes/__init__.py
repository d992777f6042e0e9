"""The routes of Globus Auth, one file a subject. Reference: docs.globus.org/api/auth.

``login`` has the OAuth2 routes that get tokens. :class:`AuthRoutes` has all the others.
"""

from __future__ import annotations

from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.routes.identities import IdentityRoutes
from globus_transport.services.auth.routes.openid import OpenIDRoutes
from globus_transport.services.auth.routes.projects import PolicyRoutes, ProjectRoutes
from globus_transport.services.auth.routes.registrations import ClientRoutes, ScopeRoutes


# A printed table begins with the last base.
class AuthRoutes(IdentityRoutes, ScopeRoutes, ClientRoutes, PolicyRoutes, ProjectRoutes, OpenIDRoutes):
    """Look up identities, and manage projects, policies, clients and scopes."""

    token_scopes = (AuthScopes.openid, AuthScopes.profile, AuthScopes.email)
    # A class attribute, not a property as in the base: AuthClient.default_scope_requirements is public.
    default_scope_requirements = list(token_scopes)  # noqa: RUF012  # pyright: ignore
