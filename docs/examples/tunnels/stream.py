"""Open a tunnel for a data stream, and close it again."""

import time

from globus_transport.experimental import (
    TransferClientV2,
    TunnelCreateDocument,
    TunnelUpdateDocument,
)


def find_access_point(client: TransferClientV2, name: str) -> str:
    """The id of the stream access point with a name."""
    for point in client.paginated.list_stream_access_points().items():
        if point["attributes"]["display_name"] == name:
            return str(point["id"])
    raise LookupError(f"there is no stream access point {name!r}")


def open_tunnel(client: TransferClientV2, source: str, target: str, port: int) -> str:
    """Create a tunnel to a program that accepts connections at a port, beside the
    target's access point.

    :return: the id of the tunnel
    """
    document = TunnelCreateDocument(
        initiator_stream_access_point=find_access_point(client, source),
        listener_stream_access_point=find_access_point(client, target),
        label="Detector to cluster",
        listener_ip_address="10.0.0.5",
        listener_port=port,
        lifetime_mins=8 * 60,
    )
    return str(client.create_tunnel(document)["data"]["id"])


def close_tunnel(client: TransferClientV2, tunnel_id: str) -> list[str]:
    """Stop a tunnel, and delete it.

    :return: what happened to it
    """
    client.update_tunnel(tunnel_id, TunnelUpdateDocument(state="STOPPING"))
    while client.get_tunnel(tunnel_id)["data"]["attributes"]["state"] == "STOPPING":
        time.sleep(1)
    events = [
        event["attributes"]["description"]
        for event in client.get_tunnel_events(tunnel_id)
    ]
    client.delete_tunnel(tunnel_id)
    return events
