"""What developers manage in Globus Auth: projects and their policies. Reference: docs.globus.org/api/auth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Field, Maybe, UUIDLike, text_list
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import AuthScopes
from globus_transport.services.auth.response import GetPoliciesResponse, GetProjectsResponse

_MANAGE = (AuthScopes.manage_projects,)

Ids = Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], Field(encode=text_list)]
Domains = Annotated[Maybe[Union[str, Iterable[str], None]], Field(encode=text_list)]


class ProjectRoutes(RouteTable):
    """Projects: who administers which clients and scopes."""

    @get("/v2/api/projects/{project_id}", scopes=_MANAGE)
    def get_project(self, project_id: UUIDLike) -> GlobusHTTPResponse:
        """One project."""
        raise NotImplementedError

    @get("/v2/api/projects", scopes=_MANAGE)
    def get_projects(self) -> GetProjectsResponse:
        """The projects that the user administers."""
        raise NotImplementedError

    @post("/v2/api/projects", wrap="project", scopes=_MANAGE)
    def create_project(
        self, display_name: str, contact_email: str, *, admin_ids: Ids = MISSING, admin_group_ids: Ids = MISSING
    ) -> GlobusHTTPResponse:
        """Make a project.

        :param display_name: for people
        :param contact_email: whom to ask about it
        :param admin_ids: identities that administer it. One of both kinds of admins is needed
        :param admin_group_ids: groups whose members do
        """
        raise NotImplementedError

    @put("/v2/api/projects/{project_id}", wrap="project", scopes=_MANAGE)
    def update_project(
        self,
        project_id: UUIDLike,
        *,
        display_name: Maybe[str] = MISSING,
        contact_email: Maybe[str] = MISSING,
        admin_ids: Ids = MISSING,
        admin_group_ids: Ids = MISSING,
    ) -> GlobusHTTPResponse:
        """Change what is given of a project."""
        raise NotImplementedError

    @delete("/v2/api/projects/{project_id}", scopes=_MANAGE)
    def delete_project(self, project_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a project, which must be empty."""
        raise NotImplementedError


class PolicyRoutes(RouteTable):
    """Policies: what a session has to satisfy before a resource is open to it."""

    @get("/v2/api/policies/{policy_id}", scopes=_MANAGE)
    def get_policy(self, policy_id: UUIDLike) -> GlobusHTTPResponse:
        """One policy."""
        raise NotImplementedError

    @get("/v2/api/policies", scopes=_MANAGE)
    def get_policies(self) -> GetPoliciesResponse:
        """The policies of the user's projects."""
        raise NotImplementedError

    @post("/v2/api/policies", wrap="policy", scopes=_MANAGE)
    def create_policy(
        self,
        *,
        project_id: UUIDLike,
        display_name: str,
        description: str,
        high_assurance: Maybe[bool] = MISSING,
        authentication_assurance_timeout: Maybe[int] = MISSING,
        required_mfa: Maybe[bool] = MISSING,
        domain_constraints_include: Domains = MISSING,
        domain_constraints_exclude: Domains = MISSING,
    ) -> GlobusHTTPResponse:
        """Make a policy.

        :param project_id: the project that it belongs to
        :param display_name, description: for people
        :param high_assurance: whether it is checked in each session anew
        :param authentication_assurance_timeout: seconds since the login, at most
        :param required_mfa: whether a second factor is needed
        :param domain_constraints_include: only identities of these domains
        :param domain_constraints_exclude: no identities of these
        """
        raise NotImplementedError

    @put("/v2/api/policies/{policy_id}", wrap="policy", scopes=_MANAGE)
    def update_policy(
        self,
        policy_id: UUIDLike,
        *,
        project_id: Maybe[UUIDLike] = MISSING,
        authentication_assurance_timeout: Maybe[int] = MISSING,
        required_mfa: Maybe[bool] = MISSING,
        display_name: Maybe[str] = MISSING,
        description: Maybe[str] = MISSING,
        domain_constraints_include: Domains = MISSING,
        domain_constraints_exclude: Domains = MISSING,
    ) -> GlobusHTTPResponse:
        """Change what is given of a policy. ``None`` takes a domain constraint away."""
        raise NotImplementedError

    @delete("/v2/api/policies/{policy_id}", scopes=_MANAGE)
    def delete_policy(self, policy_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a policy."""
        raise NotImplementedError
