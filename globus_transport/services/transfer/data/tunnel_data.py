"""The document of a new tunnel."""

from __future__ import annotations

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
            "relationships": {
                "listener": _make_access_point("listener_stream_access_point", listener_stream_access_point),
                "initiator": _make_access_point("initiator_stream_access_point", initiator_stream_access_point),
            },
            "attributes": attributes,
        }


def _make_access_point(name: str, value: UUIDLike) -> dict[str, Any]:
    return {"data": {"type": "StreamAccessPoint", "id": check_id(name, value)}}
