"""What is left out of a request: None and MISSING, for every parameter that may be left out."""

from __future__ import annotations

from typing import Any

import globus_sdk
import pytest

import globus_transport
from tests.compat.peer_methods import CLIENTS, class_of
from tests.wire.both_packages import sent_by
from tests.wire.meant_differences import NOTHING_FAILS
from tests.wire.recording_server import RecordingServer

#: Not a single request: it needs oauth2_start_flow first.
_NEEDS_A_LOGIN = "oauth2_exchange_code_for_tokens"
#: What a call needs besides its required parameters: one of two.
_ONE_OF_TWO: dict[str, dict[str, Any]] = {
    "create_client": {"client_type": "client_identity"},
    "create_child_client": {"client_type": "client_identity"},
    "get_client": {"client_id": "v"},
}
_DOCUMENTS = ("actions", "collection_data", "data", "endpoint_data", "form_data")
#: What both packages refuse.
_REFUSED: dict[str, set[tuple[str, str]]] = {
    # Two of two, and one link without the other.
    "None": {
        ("create_client", "public_client"),
        ("create_child_client", "public_client"),
        ("get_client", "fqdn"),
        ("update_client", "terms_and_conditions"),
        ("update_client", "privacy_policy"),
    },
    "MISSING": set(),
}


def _required(parameters: Any) -> dict[str, Any]:
    return {
        one.name: {"submission_id": "s"} if one.name in _DOCUMENTS else "v"
        for one in parameters
        if one.default is one.empty
    }


def _optional() -> list[tuple[str, str, str]]:
    # Parameters that are no part of a request, or for which globus-sdk has no meaning of None.
    skipped = {"response_class", "timeout", "polling_interval", "progress", "scope"}
    return [
        (client, route.name, one.name)
        for client in CLIENTS
        for route in class_of(globus_transport, client).routes
        if route.name != _NEEDS_A_LOGIN
        for one in route.signature.parameters.values()
        if one.default is not one.empty and one.name not in skipped | _ONE_OF_TWO.get(route.name, {}).keys()
    ]


@pytest.mark.parametrize("nothing", ["None", "MISSING"])
@pytest.mark.parametrize(("client", "route", "parameter"), _optional())
def test_nothing_is_sent_for_it(client: str, route: str, parameter: str, nothing: str, server: RecordingServer) -> None:
    arguments = _required(class_of(globus_transport, client).routes.named(route).signature.parameters.values())
    arguments |= _ONE_OF_TWO.get(route, {})

    def call(made: Any, package: Any) -> None:
        value = package.MISSING if nothing == "MISSING" else None
        getattr(made, route)(**arguments, **{parameter: value})

    if (route, parameter) in _REFUSED[nothing]:
        for package in (globus_sdk, globus_transport):
            with pytest.raises(package.GlobusSDKUsageError):
                sent_by(package, client, call, server)
        assert server.take() == []
        return
    ours = sent_by(globus_transport, client, call, server)
    if {parameter, f"{route}: {parameter}"} & NOTHING_FAILS[nothing]:
        plain = sent_by(globus_transport, client, lambda made, _: getattr(made, route)(**arguments), server)
        assert ours == plain
    else:
        assert ours == sent_by(globus_sdk, client, call, server)
    server.take()
