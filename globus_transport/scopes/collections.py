"""The scopes of the services, by resource server (service documentation: docs.globus.org/api/auth/reference)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.ids import is_id
from globus_transport.scopes.scope import Scope


class ScopeCollection:
    """The scopes of one resource server, each an attribute.

    :ivar resource_server: the name under which token replies list their tokens
    """

    resource_server: str

    def __iter__(self) -> Iterator[Scope]:
        """Every scope."""
        return (value for value in {**vars(type(self)), **vars(self)}.values() if isinstance(value, Scope))

    def __repr__(self) -> str:
        return f"<scopes of {self.resource_server}>"


class StaticScopeCollection(ScopeCollection):
    """The scopes of a service that there is once."""


class DynamicScopeCollection(ScopeCollection):
    """The scopes of one of many: a collection, an endpoint, a flow.

    :param resource_server: its id
    :raises GlobusSDKUsageError: if that is empty or no text
    """

    def __init__(self, resource_server: uuid.UUID | str) -> None:
        if not is_id(resource_server):
            raise GlobusSDKUsageError(f"{type(self).__name__}: expected an id, got {resource_server!r}")
        self.resource_server = str(resource_server)


def _urn(server: str, name: str) -> Scope:
    return Scope(f"urn:globus:auth:scope:{server}:{name}")


def _url(client_id: str, name: str) -> Scope:
    return Scope(f"https://auth.globus.org/scopes/{client_id}/{name}")


class AuthScopeCollection(StaticScopeCollection):
    """Globus Auth: the OpenID Connect scopes and its own API."""

    resource_server = "auth.globus.org"
    openid = Scope("openid")
    email = Scope("email")
    profile = Scope("profile")
    manage_projects = _urn("auth.globus.org", "manage_projects")
    view_authentications = _urn("auth.globus.org", "view_authentications")
    view_clients = _urn("auth.globus.org", "view_clients")
    view_clients_and_scopes = _urn("auth.globus.org", "view_clients_and_scopes")
    view_consents = _urn("auth.globus.org", "view_consents")
    view_identities = _urn("auth.globus.org", "view_identities")
    view_identity_set = _urn("auth.globus.org", "view_identity_set")


class TransferScopeCollection(StaticScopeCollection):
    """Globus Transfer."""

    resource_server = "transfer.api.globus.org"
    all = _urn("transfer.api.globus.org", "all")
    gcp_install = _urn("transfer.api.globus.org", "gcp_install")


class GroupsScopeCollection(StaticScopeCollection):
    """Globus Groups."""

    resource_server = "groups.api.globus.org"
    all = _urn("groups.api.globus.org", "all")
    view_my_groups_and_memberships = _urn("groups.api.globus.org", "view_my_groups_and_memberships")


class NexusScopeCollection(StaticScopeCollection):
    """Nexus, the predecessor of Groups."""

    resource_server = "nexus.api.globus.org"
    groups = _urn("nexus.api.globus.org", "groups")


class SearchScopeCollection(StaticScopeCollection):
    """Globus Search."""

    resource_server = "search.api.globus.org"
    all = _urn("search.api.globus.org", "all")
    globus_connect_server = _urn("search.api.globus.org", "globus_connect_server")
    ingest = _urn("search.api.globus.org", "ingest")
    search = _urn("search.api.globus.org", "search")


class FlowsScopeCollection(StaticScopeCollection):
    """Globus Flows.

    :cvar client_id: stands in the scopes, other than the name of the resource server
    """

    resource_server = "flows.globus.org"
    client_id = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
    all = _url(client_id, "all")
    manage_flows = _url(client_id, "manage_flows")
    view_flows = _url(client_id, "view_flows")
    run = _url(client_id, "run")
    run_status = _url(client_id, "run_status")
    run_manage = _url(client_id, "run_manage")


class TimersScopeCollection(StaticScopeCollection):
    """Globus Timers."""

    resource_server = "524230d7-ea86-4a52-8312-86065a9e0417"
    timer = _url(resource_server, "timer")


class ComputeScopeCollection(StaticScopeCollection):
    """Globus Compute.

    :cvar client_id: stands in the scopes, other than the name of the resource server
    """

    resource_server = "funcx_service"
    client_id = "facd7ccc-c5f4-42aa-916b-a0e270e2c2a9"
    all = _url(client_id, "all")


class GCSEndpointScopes(DynamicScopeCollection):
    """A Globus Connect Server endpoint.

    :param resource_server: the endpoint's id
    """

    def __init__(self, resource_server: uuid.UUID | str) -> None:
        super().__init__(resource_server)
        self.manage_collections = _urn(self.resource_server, "manage_collections")


class GCSCollectionScopes(DynamicScopeCollection):
    """A collection on such an endpoint.

    :param resource_server: the collection's id
    """

    def __init__(self, resource_server: uuid.UUID | str) -> None:
        super().__init__(resource_server)
        self.data_access = _url(self.resource_server, "data_access")
        self.https = _url(self.resource_server, "https")


class SpecificFlowScopes(DynamicScopeCollection):
    """One flow.

    :param flow_id: its id
    """

    def __init__(self, flow_id: uuid.UUID | str) -> None:
        super().__init__(flow_id)
        flow_id = self.resource_server
        self.user = _url(flow_id, f"flow_{flow_id.replace('-', '_')}_user")


AuthScopes = AuthScopeCollection()
TransferScopes = TransferScopeCollection()
GroupsScopes = GroupsScopeCollection()
NexusScopes = NexusScopeCollection()
SearchScopes = SearchScopeCollection()
FlowsScopes = FlowsScopeCollection()
TimersScopes = TimersScopeCollection()
ComputeScopes = ComputeScopeCollection()
