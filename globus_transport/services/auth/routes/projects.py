"""Routes on the projects of developers and their policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Union

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
    """Manage projects, whose admins administer clients and scopes."""

    parameter_help: ClassVar[Mapping[str, str]] = {"project_id": "the id of the project"}

    @get("/v2/api/projects/{project_id}", scopes=_MANAGE)
    def get_project(self, project_id: UUIDLike) -> GlobusHTTPResponse:
        """Get a project."""
        raise NotImplementedError

    @get("/v2/api/projects", scopes=_MANAGE)
    def get_projects(self) -> GetProjectsResponse:
        """List the projects that the user administers."""
        raise NotImplementedError

    @post("/v2/api/projects", wrap="project", scopes=_MANAGE)
    def create_project(
        self, display_name: str, contact_email: str, *, admin_ids: Ids = MISSING, admin_group_ids: Ids = MISSING
    ) -> GlobusHTTPResponse:
        """Create a project.

        :param display_name: shown to users
        :param contact_email: the address for questions about the project
        :param admin_ids: ids of identities that administer it. The project needs an admin of one of both kinds
        :param admin_group_ids: ids of groups whose members administer it
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
        """Update the given fields of a project."""
        raise NotImplementedError

    @delete("/v2/api/projects/{project_id}", scopes=_MANAGE)
    def delete_project(self, project_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a project, which must be empty."""
        raise NotImplementedError


class PolicyRoutes(RouteTable):
    """Manage policies, which a session has to satisfy for access to a resource."""

    parameter_help: ClassVar[Mapping[str, str]] = {"policy_id": "the id of the policy"}

    @get("/v2/api/policies/{policy_id}", scopes=_MANAGE)
    def get_policy(self, policy_id: UUIDLike) -> GlobusHTTPResponse:
        """Get a policy."""
        raise NotImplementedError

    @get("/v2/api/policies", scopes=_MANAGE)
    def get_policies(self) -> GetPoliciesResponse:
        """List the policies of the user's projects."""
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
        """Create a policy.

        :param project_id: the id of the project that it belongs to
        :param display_name, description: shown to users
        :param high_assurance: whether each session has to satisfy the policy on its own
        :param authentication_assurance_timeout: maximum age of the login, in seconds
        :param required_mfa: whether multi-factor authentication is required
        :param domain_constraints_include: allow only identities of these domains
        :param domain_constraints_exclude: allow no identities of these domains
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
        """Update the given fields of a policy. ``None`` removes a domain constraint."""
        raise NotImplementedError

    @delete("/v2/api/policies/{policy_id}", scopes=_MANAGE)
    def delete_policy(self, policy_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a policy."""
        raise NotImplementedError
