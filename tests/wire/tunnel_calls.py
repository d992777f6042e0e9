"""Calls of TransferClient's routes on tunnels."""

from __future__ import annotations

from typing import Any

import globus_sdk.services.transfer

import globus_transport
from tests.wire.both_packages import Call
from tests.wire.collection_calls import ID, QUERY


def payload_class(package: Any) -> Any:
    """``CreateTunnelData``, which globus-sdk does not have at its top."""
    return (
        globus_transport.CreateTunnelData
        if package is globus_transport
        else globus_sdk.services.transfer.CreateTunnelData
    )


def _whole_document(package: Any) -> Any:
    return payload_class(package)(
        ID,
        "listener",
        label="née",
        submission_id=ID,
        lifetime_mins=360,
        restartable=False,
        additional_fields={"label": "wins", "more": {"deep": (1, package.MISSING)}, "left_out": package.MISSING},
    )


CALLS: dict[str, Call] = {
    "create_tunnel": lambda client, sdk: client.create_tunnel(payload_class(sdk)("a", ID, submission_id="s")),
    "create_tunnel, all": lambda client, sdk: client.create_tunnel(data=_whole_document(sdk)),
    "create_tunnel, plain": lambda client, _: client.create_tunnel(
        {"data": {"type": "Tunnel", "attributes": {"submission_id": "s", "label": None}}}
    ),
    "update_tunnel": lambda client, _: client.update_tunnel(
        ID, {"data": {"type": "Tunnel", "attributes": {"state": "STOPPING"}}}
    ),
    "update_tunnel, by name": lambda client, _: client.update_tunnel(tunnel_id="t", update_doc={}),
    "get_tunnel": lambda client, _: client.get_tunnel(ID),
    "get_tunnel, all": lambda client, _: client.get_tunnel(tunnel_id="t", query_params=QUERY),
    "delete_tunnel": lambda client, _: client.delete_tunnel(ID),
    "delete_tunnel, by name": lambda client, _: client.delete_tunnel(tunnel_id="t"),
    "list_tunnels": lambda client, _: client.list_tunnels(),
    "list_tunnels, all": lambda client, _: client.list_tunnels(query_params=QUERY),
    "get_stream_access_point": lambda client, _: client.get_stream_access_point(ID),
    "get_stream_access_point, all": lambda client, _: client.get_stream_access_point(
        stream_ap_id="s", query_params=QUERY
    ),
    "get_tunnel_events": lambda client, _: client.get_tunnel_events(ID),
    "get_tunnel_events, all": lambda client, _: client.get_tunnel_events(tunnel_id="t", query_params=QUERY),
}
