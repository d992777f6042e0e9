"""The same call in globus-sdk and in this package, against one server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport.routing.json_body import encode_json
from tests.compat.peer_methods import class_of
from tests.wire.recording_server import Recorded, RecordingServer

#: A call: is given a client and the package that the client is of.
Call = Callable[[Any, Any], object]

_TOKEN_CLIENTS = (
    "TransferClient",
    "AuthClient",
    "AuthLoginClient",
    "GroupsClient",
    "TimersClient",
    "SearchClient",
    "FlowsClient",
    "ComputeClientV2",
    "ComputeClientV3",
    "TransferClientV2",
)
#: The flow of the client for one flow.
FLOW_ID = "0b4d4f0b-2f3c-4c0e-9a3e-6a5b8a1d2c3e"


def make_client(package: Any, name: str, url: str) -> Any:
    """A client of a package, for the server."""
    if name == "NativeAppAuthClient":
        return package.NativeAppAuthClient("an-app", base_url=url)
    if name == "ConfidentialAppAuthClient":
        return package.ConfidentialAppAuthClient("an-app", "its-secret", base_url=url)
    if name == "AuthLoginClient without authorizer":
        return package.AuthLoginClient("an-app", base_url=url)
    authorizer = package.AccessTokenAuthorizer("a-token")
    if name == "SpecificFlowClient":
        # That of globus-sdk has no base_url=.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GLOBUS_SDK_SERVICE_URL_FLOWS", url)
            return package.SpecificFlowClient(FLOW_ID, authorizer=authorizer)
    if name == "GCSClient":
        client = package.GCSClient(url, authorizer=authorizer)
        if package is globus_sdk:
            # It makes an HTTPS address of every other.
            client.base_url = f"{url}/api/"
        return client
    assert name in _TOKEN_CLIENTS
    return class_of(package, name)(base_url=url, authorizer=authorizer)


def sent_by(package: Any, name: str, call: Call, server: RecordingServer) -> list[Recorded]:
    """What the server gets when the call is made."""
    client = make_client(package, name, server.url)
    try:
        call(client, package)
    finally:
        client.close()
    return server.take()


def sent_by_both(name: str, call: Call, server: RecordingServer) -> tuple[list[Recorded], list[Recorded]]:
    """The same from globus-sdk and from this package."""
    return sent_by(globus_sdk, name, call, server), sent_by(globus_transport, name, call, server)


def as_sent(document: Any) -> Any:
    """What goes over the wire of a document."""
    return json.loads(encode_json(document))
