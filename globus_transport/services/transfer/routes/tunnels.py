"""Routes on tunnels, which carry data streams between two stream access points. Globus calls them beta.

Their documents have the format of JSON:API (jsonapi.org): the contents are under ``data``.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any

from globus_transport.core.flow import Steps
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.parameters import Body, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, operation, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.data.tunnel_data import make_submission_id
from globus_transport.services.transfer.response import IterableJSONAPIResponse


class TunnelRoutes(RouteTable):
    """Create, update and delete tunnels."""

    @operation
    def create_tunnel(self, data: MutableMapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Create a tunnel. The reply's ``data`` has its ``id``.

        If the document has no submission id, this call adds one to it. Sending the same document again, for example
        after a connection error, then creates no second tunnel.

        :param data: a :class:`CreateTunnelData` or :class:`~globus_transport.experimental.TunnelCreateDocument`, or a
            dict of the same form
        :raises GlobusSDKUsageError: if it has no object under ``data``
        """
        _ensure_submission_id(data)
        return (yield from self._create_tunnel.flow(data))

    @post("/v2/tunnels", repeatable=True)
    def _create_tunnel(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Create a tunnel from a document that has a submission id."""
        raise NotImplementedError

    @patch("/v2/tunnels/{tunnel_id}")
    def update_tunnel(
        self, tunnel_id: UUIDLike, update_doc: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Update a tunnel: its label, its state, or its listener's address.

        :param tunnel_id: the tunnel's id
        :param update_doc: a :class:`~globus_transport.experimental.TunnelUpdateDocument`, or a dict of the same form,
            such as ``{"data": {"type": "Tunnel", "attributes": {"state": "STOPPING"}}}``
        """
        raise NotImplementedError

    @get("/v2/tunnels/{tunnel_id}")
    def get_tunnel(self, tunnel_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a tunnel.

        Under ``attributes``, the reply's ``data`` has its ``label``, its ``state``, a ``status`` that explains the
        state, ``lifetime_mins`` and ``created_time``, and the addresses and ports of its ends.

        :param tunnel_id: the tunnel's id
        """
        raise NotImplementedError

    @delete("/v2/tunnels/{tunnel_id}")
    def delete_tunnel(self, tunnel_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a tunnel. It has to be stopped before: :meth:`update_tunnel` with the state ``STOPPING``.

        :param tunnel_id: the tunnel's id
        """
        raise NotImplementedError

    @get("/v2/tunnels")
    def list_tunnels(self, *, query_params: QueryParams = None) -> IterableJSONAPIResponse:
        """List the user's tunnels. Iterating over the reply yields them."""
        raise NotImplementedError

    @get("/v2/stream_access_points/{stream_ap_id}")
    def get_stream_access_point(
        self, stream_ap_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a stream access point, which is an end of tunnels.

        :param stream_ap_id: the access point's id
        """
        raise NotImplementedError

    @get("/v2/tunnels/{tunnel_id}/events")
    def get_tunnel_events(self, tunnel_id: UUIDLike, *, query_params: QueryParams = None) -> IterableJSONAPIResponse:
        """List the events of a tunnel. Iterating over the reply yields them.

        Each has, under ``attributes``, its ``code``, ``description``, ``details``, ``time`` and ``is_error``.

        :param tunnel_id: the tunnel's id
        """
        raise NotImplementedError


def _ensure_submission_id(data: MutableMapping[str, Any]) -> None:
    if not isinstance(data, MutableMapping):
        raise GlobusSDKUsageError(f"data: expected a document such as CreateTunnelData, got a {type(data).__name__}")
    tunnel = data.get("data")
    if not isinstance(tunnel, MutableMapping):
        raise GlobusSDKUsageError(
            "data: the document has no object under 'data'; make it with CreateTunnelData or TunnelCreateDocument"
        )
    attributes = tunnel.setdefault("attributes", {})
    if not isinstance(attributes, MutableMapping):
        raise GlobusSDKUsageError(f"data: 'attributes' is a {type(attributes).__name__}, not a mapping")
    if not attributes.get("submission_id"):
        attributes["submission_id"] = make_submission_id()
