"""The authorizer of a client with an application.

The names of the scopes contain the endpoint's client id, which only the endpoint knows.
"""

from __future__ import annotations

import attrs

from globus_transport.core.flow import Flow, Run
from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.routing.app import AppAuthorizer, AppLike
from globus_transport.scopes.collections import GCSEndpointScopes
from globus_transport.scopes.scope import Scope
from globus_transport.services.gcs.response import UnpackingGCSResponse


@attrs.define
class Endpoint:
    """What is known of an endpoint. A client and its copies on other stacks share it.

    :ivar client_id: the resource server of the endpoint's scopes; ``None`` until the endpoint was asked
    """

    client_id: str | None = None


def read_client_id(info: UnpackingGCSResponse) -> str:
    """The endpoint's client id in the reply of ``get_gcs_info``.

    :raises ReplyFormatError: if there is none
    """
    client_id = info.get("client_id")
    if not isinstance(client_id, str) or not client_id:
        raise ReplyFormatError("the endpoint does not give its 'client_id', so that its scopes are unknown")
    return client_id


class EndpointAppAuthorizer(AppAuthorizer):
    """Sends each request with the application's token for the endpoint.

    Before the first request it gets the endpoint's client id, and requires the scopes from the application.

    :param app: the application
    :param app_scopes: the scopes to require; by default ``manage_collections`` of the endpoint
    :param endpoint: where the client id is kept
    :param info_url: the URL of ``get_gcs_info``
    """

    def __init__(self, app: AppLike, app_scopes: list[Scope] | None, endpoint: Endpoint, info_url: URL) -> None:
        super().__init__(app, "")
        self.app_scopes = app_scopes
        self.endpoint = endpoint
        self.info_url = info_url

    def require_scopes(self, client_id: str) -> None:
        """Require the scopes of the endpoint with this client id from the application. Blocks during a login."""
        scopes = self.app_scopes or [GCSEndpointScopes(client_id).manage_collections]
        self.app.add_scope_requirements({client_id: scopes})
        self.endpoint.client_id = self.resource_server = client_id

    def authorize(self, request: Request) -> Flow:
        """Send a request with the token. If the endpoint does not give its client id, return its response instead."""
        if not self.resource_server:
            response: Response = yield self._info_request(request)
            if response.status >= 300:
                return response
            yield Run(self.require_scopes, read_client_id(UnpackingGCSResponse(response, "info")))
        return (yield from super().authorize(request))

    def _info_request(self, request: Request) -> Request:
        # Made of the caller's request, so that it has the same deadline.
        return attrs.evolve(
            request,
            method="GET",
            url=self.info_url,
            headers=Headers(),
            body=None,
            stream=False,
            authorize=False,
            repeatable=None,
            route="get_gcs_info",
        )
