"""Routes on tunnels, which carry streams between two stream access points. The service calls them beta.

Their documents are JSON:API (jsonapi.org): what counts stands under ``data``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any

from globus_transport.core.flow import Steps
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.parameters import Body, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, operation, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.response import IterableJSONAPIResponse


class TunnelRoutes(RouteTable):
    """Make, change and remove tunnels."""

    @operation
    def create_tunnel(self, data: MutableMapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Make a tunnel; the reply's ``data`` has its ``id``.

        A document without a submission id is given one, so that the same document sent again, after a lost
        connection say, makes no second tunnel.

        :param data: a :class:`CreateTunnelData`, or such a document
        :raises GlobusSDKUsageError: if it has no object under ``data``
        """
        _ensure_submission_id(data)
        return (yield from self._create_tunnel.flow(data))

    @post("/v2/tunnels", repeatable=True)
    def _create_tunnel(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Make a tunnel by a document that has a submission id."""
        raise NotImplementedError

    @patch("/v2/tunnels/{tunnel_id}")
    def update_tunnel(
        self, tunnel_id: UUIDLike, update_doc: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Change a tunnel: its label, its state, or where its listener waits.

        :param update_doc: such as ``{"data": {"type": "Tunnel", "attributes": {"state": "STOPPING"}}}``
        """
        raise NotImplementedError

    @get("/v2/tunnels/{tunnel_id}")
    def get_tunnel(self, tunnel_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One tunnel."""
        raise NotImplementedError

    @delete("/v2/tunnels/{tunnel_id}")
    def delete_tunnel(self, tunnel_id: UUIDLike) -> GlobusHTTPResponse:
        """Remove a tunnel."""
        raise NotImplementedError

    @get("/v2/tunnels")
    def list_tunnels(self, *, query_params: QueryParams = None) -> IterableJSONAPIResponse:
        """The user's tunnels."""
        raise NotImplementedError

    @get("/v2/stream_access_points/{stream_ap_id}")
    def get_stream_access_point(
        self, stream_ap_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One stream access point: where a tunnel begins or ends."""
        raise NotImplementedError

    @get("/v2/tunnels/{tunnel_id}/events")
    def get_tunnel_events(self, tunnel_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """What happened to a tunnel."""
        raise NotImplementedError


def _ensure_submission_id(data: MutableMapping[str, Any]) -> None:
    if not isinstance(data, MutableMapping):
        raise GlobusSDKUsageError(f"data: expected CreateTunnelData or a dict, got a {type(data).__name__}")
    tunnel = data.get("data")
    if not isinstance(tunnel, MutableMapping):
        raise GlobusSDKUsageError("data: the document has no object under 'data'; CreateTunnelData makes a whole one")
    attributes = tunnel.setdefault("attributes", {})
    if not isinstance(attributes, MutableMapping):
        raise GlobusSDKUsageError(f"data: 'attributes' is a {type(attributes).__name__}, not a mapping")
    if not attributes.get("submission_id"):
        # Of version 1, as the service's own ids are, with a random node instead of the machine's (RFC 9562, 6.10).
        attributes["submission_id"] = str(uuid.uuid1(node=uuid.uuid4().node | 1 << 40))
