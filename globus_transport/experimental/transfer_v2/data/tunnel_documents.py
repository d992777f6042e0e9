"""The documents of tunnels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from globus_transport.routing.field_checks import (
    check_optional_bools,
    check_optional_id,
    check_optional_ints,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload
from globus_transport.services.transfer.data.tunnel_data import make_submission_id, make_tunnel_ends


class TunnelCreateDocument(GlobusPayload):
    """A new tunnel between two stream access points.

    :param initiator_stream_access_point: the id of the access point whose side opens connections
    :param listener_stream_access_point: the id of the access point whose side accepts connections
    :param label: the name of the tunnel
    :param listener_port: the port of the program that accepts the connections
    :param listener_ip_address: the address of that program, as its access point sees it
    :param submission_id: prevents a second tunnel if the document is sent again; by default a new one
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
        listener_port: Maybe[int] = MISSING,
        listener_ip_address: Maybe[str] = MISSING,
        submission_id: Maybe[UUIDLike] = MISSING,
        lifetime_mins: Maybe[int] = MISSING,
        restartable: Maybe[bool] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        attributes = GlobusPayload()
        attributes._set_given(
            {
                "submission_id": make_submission_id()
                if submission_id is MISSING
                else check_optional_id("submission_id", submission_id),
                **check_optional_texts(label=label, listener_ip_address=listener_ip_address),
                **check_optional_bools(restartable=restartable),
                **check_optional_ints(listener_port=listener_port, lifetime_mins=lifetime_mins),
            },
            additional_fields,
        )
        self["data"] = {
            "type": "Tunnel",
            "relationships": make_tunnel_ends(initiator_stream_access_point, listener_stream_access_point),
            "attributes": attributes,
        }


class TunnelUpdateDocument(GlobusPayload):
    """What is new in a tunnel.

    :param label: the name of the tunnel
    :param listener_port: the port of the program that accepts the connections. Setting it and the address starts a
        tunnel that waits for its listener
    :param listener_ip_address: the address of that program, as its access point sees it
    :param state: ``"STOPPING"`` ends the tunnel
    :param additional_fields: further attributes of the tunnel
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        *,
        label: Maybe[str] = MISSING,
        listener_port: Maybe[int] = MISSING,
        listener_ip_address: Maybe[str] = MISSING,
        state: Maybe[Literal["STOPPING"]] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        attributes = GlobusPayload()
        attributes._set_given(
            {
                **check_optional_texts(label=label, listener_ip_address=listener_ip_address, state=state),
                **check_optional_ints(listener_port=listener_port),
            },
            additional_fields,
        )
        self["data"] = {"type": "Tunnel", "attributes": attributes}
