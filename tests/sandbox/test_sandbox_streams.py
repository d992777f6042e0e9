"""Tunnels and stream access points."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from globus_transport.sandbox import Collection, Sandbox
from tests.sandbox.people import Person
from tests.sandbox.sandbox_http import Answer, Http

AT = "/v2/tunnels"


@pytest.fixture
def ends(globus: Sandbox, source: Collection, destination: Collection) -> dict[str, str]:
    return {
        "listener": globus.add_stream_access_point("Listener", source),
        "initiator": globus.add_stream_access_point("Initiator", destination),
    }


def body(ends: dict[str, str], **attributes: Any) -> dict[str, Any]:
    relationships = {name: {"data": {"type": "StreamAccessPoint", "id": id}} for name, id in ends.items()}
    attributes.setdefault("submission_id", str(uuid.uuid1()))
    return {"data": {"type": "Tunnel", "attributes": attributes, "relationships": relationships}}


def patch(transfer: Http, tunnel: str, **attributes: Any) -> Answer:
    return transfer("PATCH", f"{AT}/{tunnel}", document={"data": {"type": "Tunnel", "attributes": attributes}})


def state(transfer: Http, tunnel: str) -> str:
    return str(transfer("GET", f"{AT}/{tunnel}").document["data"]["attributes"]["state"])


def test_the_life_of_a_tunnel(globus: Sandbox, transfer: Http, ends: dict[str, str]) -> None:
    document = body(ends, label="Camera", lifetime_mins=10)
    made = transfer("POST", AT, document=document)
    assert made.headers["Content-Type"] == "application/vnd.api+json"
    tunnel = made.document["data"]
    attributes = tunnel["attributes"]
    assert (made.status, attributes["state"], attributes["label"]) == (201, "AWAITING_LISTENER", "Camera")
    assert tunnel["relationships"]["owner"]["data"] == {"type": "Identity", "id": globus.user.id}
    id = tunnel["id"]
    # The client sends it again, because it lost the reply.
    again = transfer("POST", AT, document=document)
    assert (again.status, again.document["data"]["id"]) == (200, id)
    assert transfer("DELETE", f"{AT}/{id}").status == 409
    assert patch(transfer, id, listener_port=4000).document["data"]["attributes"]["state"] == "AWAITING_LISTENER"
    running = patch(transfer, id, listener_ip_address="10.0.0.1").document["data"]["attributes"]
    assert (running["state"], running["listener_port"], running["initiator_ip_address"]) == (
        "RUNNING",
        4000,
        "127.0.0.1",
    )
    assert patch(transfer, id, state="STOPPING", label="Done").document["data"]["attributes"]["state"] == "STOPPED"
    assert patch(transfer, id, label="Late").status == 409
    events = transfer("GET", f"{AT}/{id}/events").document["data"]
    assert [event["attributes"]["code"] for event in events] == ["STARTED", "TUNNEL_ACTIVE", "TUNNEL_STOPPED"]
    assert [tunnel["id"] for tunnel in transfer("GET", AT).document["data"]] == [id]
    assert transfer("DELETE", f"{AT}/{id}").status == 200
    missing = transfer("GET", f"{AT}/{id}")
    assert (missing.status, missing.document["errors"][0]["code"]) == (404, "NOT_FOUND")


def test_a_tunnel_ends_with_its_lifetime(globus: Sandbox, transfer: Http, ends: dict[str, str]) -> None:
    document = body(ends, lifetime_mins=10, listener_ip_address="10.0.0.1", listener_port=1)
    id = transfer("POST", AT, document=document).document["data"]["id"]
    globus.clock.advance(9 * 60)
    assert state(transfer, id) == "RUNNING"
    globus.clock.advance(61)
    assert transfer("GET", AT).document["data"][0]["attributes"]["state"] == "STOPPED"
    events = transfer("GET", f"{AT}/{id}/events").document["data"]
    assert events[-1]["attributes"]["code"] == "TUNNEL_EXPIRED"


def test_tunnels_are_their_owners(globus: Sandbox, transfer: Http, ends: dict[str, str]) -> None:
    id = transfer("POST", AT, document=body(ends)).document["data"]["id"]
    grace = Person(globus, "grace")
    assert grace("GET", AT).document["data"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events")):
        assert grace(method, f"{AT}/{id}{path}").status == 404


@pytest.mark.parametrize(
    "attributes",
    [{"lifetime_mins": 0}, {"lifetime_mins": "10"}, {"listener_port": 70000}, {"submission_id": ""}],
)
def test_tunnels_that_make_no_sense(transfer: Http, ends: dict[str, str], attributes: dict[str, Any]) -> None:
    assert transfer("POST", AT, document=body(ends, **attributes)).status == 400
    assert transfer("GET", AT).document["data"] == []


def test_tunnels_to_nowhere(transfer: Http, ends: dict[str, str]) -> None:
    assert transfer("POST", AT, document=body({**ends, "listener": "nowhere"})).status == 404
    assert transfer("POST", AT, document=body({"listener": ends["listener"]})).status == 400
    assert transfer("POST", AT, document={"data": {"type": "Bookmark"}}).status == 400
    id = transfer("POST", AT, document=body(ends)).document["data"]["id"]
    assert patch(transfer, id, state="RUNNING").status == 400


def test_access_points_in_pages(globus: Sandbox, transfer: Http, ends: dict[str, str], source: Collection) -> None:
    first = transfer("GET", "/v2/stream_access_points", query={"page[limit]": "1"}).document
    assert [access_point["id"] for access_point in first["data"]] == [ends["listener"]]
    following = first["links"]["next"].removeprefix(globus.transfer_url.rstrip("/"))
    second = transfer("GET", following).document
    assert ([access_point["id"] for access_point in second["data"]], second["links"]["next"]) == (
        [ends["initiator"]],
        None,
    )
    shown = transfer("GET", f"/v2/stream_access_points/{ends['listener']}").document["data"]
    assert shown["attributes"]["display_name"] == "Listener"
    assert shown["relationships"]["host_endpoint"]["data"]["id"] == source.id
    assert transfer("GET", "/v2/stream_access_points/nowhere").status == 404


def test_faults_there_are_json_api_too(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(503, path="/v2/tunnels/*")
    answer = transfer("GET", f"{AT}/x")
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/vnd.api+json")
    assert answer.document["errors"][0]["status"] == "503"
    challenge = Http(globus.transfer_url, "wrong")("GET", AT).headers["WWW-Authenticate"]
    assert challenge == 'Bearer realm="Globus", error="invalid_token"'
