"""The document of a new tunnel."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from globus_transport.routing.field_checks import (
    check_id,
    check_optional_bools,
    check_optional_id,
    check_optional_ints,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload


class CreateTunnelData(GlobusPayload):
    """A new tunnel between two stream access points.

    :param initiator_stream_access_point: the id of the access point whose side opens connections
    :param listener_stream_access_point: the id of the access point whose side accepts connections
    :param label: the name of the tunnel
    :param submission_id: prevents a second tunnel if the document is sent again; by default ``create_tunnel`` makes
        one
    :param lifetime_mins: when the tunnel ends, in minutes
    :param restartable: whether the tunnel can be restarted
    :param additional_fields: further attributes of the tunnel
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        initiator_stream_access_point: UUIDLike,
        listener_stream_access_point: UUIDLike,
        *,
        label: Maybe[str] = MISSING,
        submission_id: Maybe[UUIDLike] = MISSING,
        lifetime_mins: Maybe[int] = MISSING,
        restartable: Maybe[bool] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        attributes = GlobusPayload()
        attributes._set_given(
            {
                "submission_id": check_optional_id("submission_id", submission_id),
                **check_optional_texts(label=label),
                **check_optional_bools(restartable=restartable),
                **check_optional_ints(lifetime_mins=lifetime_mins),
            },
            additional_fields,
        )
        self["data"] = {
            "type": "Tunnel",
            "relationships": make_tunnel_ends(initiator_stream_access_point, listener_stream_access_point),
            "attributes": attributes,
        }


def make_submission_id() -> str:
    """A new submission id.

    Version 1, as the service's own ids, with a random node id in place of the hardware address (RFC 9562, 6.10).
    """
    return str(uuid.uuid1(node=uuid.uuid4().node | 1 << 40))


def make_tunnel_ends(initiator: UUIDLike, listener: UUIDLike) -> dict[str, Any]:
    """The two ends of a tunnel, as the relationships of its document.

    :raises GlobusSDKUsageError: if an id is empty, or neither text nor a UUID
    """
    return {
        "listener": _make_access_point("listener_stream_access_point", listener),
        "initiator": _make_access_point("initiator_stream_access_point", initiator),
    }


def _make_access_point(name: str, value: UUIDLike) -> dict[str, Any]:
    return {"data": {"type": "StreamAccessPoint", "id": check_id(name, value)}}
