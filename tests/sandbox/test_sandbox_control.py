"""The control API: what ``Sandbox`` can do in Python, by HTTP and JSON."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from globus_transport import AccessTokenAuthorizer, TransferClient
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.control.app import create_control_app
from globus_transport.sandbox.request_log import Received
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

#: Sends a request to the control API: status and document.
Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(globus: Sandbox) -> Call:
    control = Http(globus.control_url)

    def send(method: str, path: str, document: Any = None, **headers: str) -> tuple[int, Any]:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = control(method, f"/_sandbox{path}", document=document, headers=fields)
        return answer.status, answer.document

    return send


def test_everything_is_listed(call: Call) -> None:
    status, document = call("GET", "/")
    assert status == 200
    assert len(document["routes"]) > 25
    assert all(route["does"].endswith(".") for route in document["routes"])


def test_info(globus: Sandbox, call: Call) -> None:
    _, info = call("GET", "/info")
    assert info["environ"] == globus.environ
    assert info["services"]["connect_server"] == globus.url_of("connect_server")
    assert (info["client_id"], info["client_secret"]) == (globus.client_id, globus.client_secret)
    assert info["user"]["username"] == globus.user.username


def test_a_program_in_any_language_sets_up_a_test(globus: Sandbox, call: Call, tmp_path: Path) -> None:
    status, person = call("POST", "/identities", {"username": "grace@sandbox.example", "name": "Grace"})
    assert (status, person["name"]) == (201, "Grace")
    folder = tmp_path / "data"
    wanted = {"display_name": "Data", "owner": "grace@sandbox.example", "folder": str(folder)}
    status, collection = call("POST", "/collections", wanted)
    assert (status, collection["owner_id"], collection["folder"]) == (201, person["id"], str(folder.resolve()))
    (folder / "file").write_text("content")
    status, group = call("POST", "/groups", {"members": ["grace@sandbox.example"]})
    assert status == 201
    assert globus._state.groups.has_member(group["id"], person["id"])
    status, token = call("POST", "/tokens", {"scope": TRANSFER_ALL, "username": "grace@sandbox.example"})
    assert (status, token["scope"]) == (201, TRANSFER_ALL)
    with TransferClient(authorizer=AccessTokenAuthorizer(token["access_token"])) as client:
        assert [entry["name"] for entry in client.operation_ls(collection["id"])] == ["file"]
    assert call("GET", "/collections")[1]["collections"] == [collection]
    usernames = [identity["username"] for identity in call("GET", "/identities")[1]["identities"]]
    assert "grace@sandbox.example" in usernames


def test_a_client_logs_in(globus: Sandbox, call: Call) -> None:
    status, client = call("POST", "/clients", {"native": False, "redirect_uris": ["https://portal.example.org/cb"]})
    assert status == 201
    assert client["secret"]
    authorize = (
        f"{globus.auth_url}v2/oauth2/authorize?client_id={client['id']}&response_type=code&scope=openid"
        f"&redirect_uri=https://portal.example.org/cb&code_challenge={43 * 'x'}&code_challenge_method=S256"
    )
    status, document = call("POST", "/approve", {"authorize_url": authorize})
    assert (status, bool(document.get("code"))) == (200, True), document


def test_faults(globus: Sandbox, call: Call, transfer: Http) -> None:
    status, fault = call("POST", "/faults", {"status": 503, "route": "transfer.get_task", "times": 2})
    assert (status, fault["status"], fault["met"]) == (201, 503, 0)
    assert transfer("GET", "/v0.10/task/some-id").status == 503
    assert call("GET", "/faults")[1]["faults"][0]["met"] == 1
    status, document = call("GET", "/verify")
    assert (status, len(document["pending"])) == (409, 1)
    assert "1 fault was not met" in document["error"]
    assert call("DELETE", "/faults") == (200, {"faults": []})
    assert call("GET", "/verify") == (200, {"pending": []})


def test_clock_and_settings(globus: Sandbox, call: Call) -> None:
    _, before = call("GET", "/clock")
    _, after = call("POST", "/clock/advance", {"seconds": 3600})
    assert 3600 <= after["now"] - before["now"] < 3700
    status, settings = call("PATCH", "/settings", {"access_token_lifetime": 5, "auto_approve": False})
    assert (status, settings["access_token_lifetime"], settings["auto_approve"]) == (200, 5, False)
    assert (globus.access_token_lifetime, globus.auto_approve) == (5, False)


def test_tokens_end(call: Call, transfer: Http) -> None:
    assert transfer("GET", "/v0.10/task_list").status == 200
    assert call("POST", "/tokens/expire")[0] == 200
    assert transfer("GET", "/v0.10/task_list").status == 401


def test_demands(globus: Sandbox, call: Call, transfer: Http) -> None:
    collection = globus.add_collection("Data")
    listing = f"/v0.10/operation/endpoint/{collection.id}/ls"
    assert call("PUT", f"/collections/{collection.id}/demands", {"consents": []})[0] == 200
    assert transfer("GET", listing).document["code"] == "ConsentRequired"
    assert call("DELETE", f"/collections/{collection.id}/demands")[0] == 200
    assert call("PUT", f"/collections/{collection.id}/demands", {"session": {"mfa": True}})[0] == 200
    assert transfer("GET", listing).document["authorization_parameters"]["session_required_mfa"] is True


def test_requests_are_seen_without_their_secrets(globus: Sandbox, call: Call, transfer: Http) -> None:
    transfer("GET", "/v0.10/task_list", query={"limit": "1"})
    (received,) = call("GET", "/requests?service=transfer&path=/v0.10/*")[1]["requests"]
    assert (received["method"], received["query"], received["status"]) == ("GET", {"limit": ["1"]}, 200)
    assert received["headers"]["Authorization"] == "<hidden>"
    Http(globus.auth_url)("GET", "/v2/web/auth-code", query={"code": "my-code", "state": "s"})
    (received,) = call("GET", "/requests?service=auth")[1]["requests"]
    assert received["query"] == {"code": ["<hidden>"], "state": ["s"]}
    assert call("DELETE", "/requests") == (200, {"requests": []})
    assert call("GET", "/requests") == (200, {"requests": []})


def test_state_goes_out_and_in(globus: Sandbox, call: Call) -> None:
    collection = globus.add_collection("Data")
    token = globus.issue_token(TRANSFER_ALL).access_token
    _, state = call("GET", "/state")
    assert call("POST", "/reset")[1]["collections"] == []
    assert Http(globus.transfer_url, token)("GET", "/v0.10/task_list").status == 401
    assert call("PUT", "/state", state)[0] == 200
    assert Http(globus.transfer_url, token)("GET", "/v0.10/task_list").status == 200
    assert [found.id for found in globus.collections] == [collection.id]
    assert by_id(call("GET", "/state")[1]) == by_id(state)


def test_the_state_of_another_sandbox_brings_its_user_and_clients(globus: Sandbox, call: Call) -> None:
    of_this = call("GET", "/info")[1]
    with Sandbox() as other:
        state = Http(other.control_url)("GET", "/_sandbox/state").document
    info = call("PUT", "/state", state)[1]
    assert (info["client_id"], info["client_secret"]) == (other.client_id, other.client_secret)
    assert (globus.native_client_id, globus.user.id) == (other.native_client_id, other.user.id)
    assert call("POST", "/tokens", {"scope": TRANSFER_ALL})[0] == 201
    assert call("POST", "/reset")[1]["client_id"] == of_this["client_id"]
    assert globus.client_id == of_this["client_id"]


def by_id(state: Any) -> Any:
    """A state with its clients in one order: those that the sandbox knows by default come first when it is loaded."""
    return {**state, "clients": sorted(state["clients"], key=lambda client: client["client_id"])}


def test_a_state_that_is_none_changes_nothing(globus: Sandbox, call: Call) -> None:
    globus.add_collection("Data")
    globus.faults.add(503)
    globus.clock.advance(3600)
    _, state = call("GET", "/state")
    (collection,) = state["collections"]
    for wrong in (
        {},
        {**state, "version": 0},
        {**state, "tokens": 3},
        {**state, "clients": [{"color": "red"}]},
        {**state, "identities": [{**state["identities"][0], "name": "\ud800"}]},
        {**state, "clients": [{**state["clients"][0], "secret": "\ud800"}]},
        {**state, "collections": [{**collection, "folder": ""}]},
    ):
        status, document = call("PUT", "/state", wrong)
        assert (status, document["error"][:8]) == (400, "no state"), wrong
        assert by_id(call("GET", "/state")[1]) == by_id(state)
        assert (len(globus.faults), globus.clock.now() - time.time() > 3000) == (1, True)


@pytest.mark.parametrize(
    ("method", "path", "document", "why"),
    [
        ("POST", "/faults", {}, "needs a status"),
        ("POST", "/faults", {"status": "503"}, "has the wrong type"),
        ("POST", "/faults", {"status": True}, "has the wrong type"),
        ("POST", "/faults", {"status": 503, "when": "later"}, "give 'before' or 'after'"),
        ("POST", "/faults", {"status": 503, "headers": {"A": 1}}, "have to be texts"),
        ("POST", "/faults", {"code": 503}, "'code' is not known"),
        ("POST", "/faults", [], "not a JSON object"),
        ("POST", "/clock/advance", {}, "seconds is missing"),
        ("POST", "/clock/advance", {"seconds": -1}, "forward"),
        ("POST", "/clock/advance", {"seconds": 1e300}, "year 8999"),
        ("POST", "/clock/advance", {"seconds": 10**400}, "year 8999"),
        ("PATCH", "/settings", {"token_delay": -1}, "not negative"),
        ("PATCH", "/settings", {"access_token_lifetime": 10**400}, "at most"),
        ("POST", "/faults", {"delay": -1}, "delay=-1: give a number of seconds that is not negative"),
        ("POST", "/faults", {"body_delay": 1e300}, "at most"),
        ("POST", "/faults", {"status": 503, "times": 0}, "greater than 0"),
        ("POST", "/faults", {"status": 503, "times": True}, "has the wrong type"),
        ("POST", "/faults", {"status": 503, "times": -1}, "greater than 0"),
        ("POST", "/faults", {"status": 503, "retry_date": -1e300}, "at most"),
        ("POST", "/faults", {"status": 503, "headers": {"A\r\nB": "c"}}, "headers"),
        ("POST", "/faults", {"status": 503, "headers": {"A": "b\r\nC: d"}}, "headers"),
        ("POST", "/faults", {"status": 503, "headers": {"A": "\u20ac"}}, "headers"),
        ("POST", "/faults", {"status": 503, "body": "\ud800"}, "body: the text has one half"),
        ("POST", "/faults", {"content_type": "a\r\nb: c"}, "content_type"),
        ("POST", "/tokens", {"scope": "nonsense"}, "known resource server"),
        ("POST", "/tokens", {"scope": TRANSFER_ALL, "username": "nobody@x"}, "add it first"),
        ("POST", "/identities", {"username": "nobody"}, "give one such as"),
        ("POST", "/identities", {"username": "\ud800@x"}, "username: the text has one half"),
        ("POST", "/collections", {"display_name": "A", "entity_type": "disk"}, "GCP_mapped_collection"),
        ("POST", "/collections", {"display_name": "A", "folder": "/dev/null/x"}, "cannot be used"),
        ("POST", "/collections", {"display_name": "A", "folder": ""}, "'.' is the current one"),
        ("POST", "/groups", {"members": [1]}, "list of texts"),
        ("POST", "/clients", {"id": "7"}, "UUID"),
        ("POST", "/approve", {"authorize_url": "https://auth.globus.org/"}, "of this sandbox"),
    ],
)
def test_what_cannot_be_done_is_said(call: Call, method: str, path: str, document: Any, why: str) -> None:
    status, answer = call(method, path, document)
    assert status == 400
    assert why in answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("PUT", "/collections/{id}/demands", {"consents": [], "session": {"mfa": 1}}),
        ("PUT", "/collections/{id}/demands", {"consents": [], "session": {"message": None}}),
        ("PUT", "/collections/{id}/demands", {"consents": [], "session": {"identities": "ada"}}),
        ("PUT", "/collections/{id}/demands", {"consents": [], "session": {"domains": [1]}}),
        ("PUT", "/collections/{id}/demands", {"consents": [], "session": {"policies": {}}}),
        ("PUT", "/collections/{id}/demands", {"consents": [1], "session": {"mfa": True}}),
        ("PATCH", "/settings", {"auto_approve": False, "token_delay": -1}),
        ("POST", "/groups", {"members": ["ada@sandbox.example", "nobody@sandbox.example"]}),
        ("POST", "/clients", {"native": False, "redirect_uris": ["https://portal.example.org/cb", "#"]}),
        ("POST", "/collections", {"display_name": "Data", "folder": "/dev/null/x", "owner": "ada@sandbox.example"}),
        ("POST", "/tokens", {"scope": TRANSFER_ALL, "client_id": "unknown"}),
        ("POST", "/faults", {"status": 503, "delay": -1}),
    ],
)
def test_what_is_refused_changes_nothing(globus: Sandbox, call: Call, method: str, path: str, document: Any) -> None:
    path = path.format(id=globus.add_collection("Data").id)
    before = [call("GET", part) for part in ("/state", "/settings", "/faults")]
    assert call(method, path, document)[0] == 400
    assert [call("GET", part) for part in ("/state", "/settings", "/faults")] == before


def test_unknown_places(call: Call) -> None:
    assert call("GET", "/nowhere")[0] == 404
    assert call("DELETE", "/collections/unknown/demands")[0] == 404
    assert call("DELETE", "/clock")[0] == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        # A page of another port of this machine.
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=lambda headers: str(*headers.items()),
)
def test_pages_of_others_control_nothing(globus: Sandbox, call: Call, headers: dict[str, str]) -> None:
    assert call("POST", "/tokens/revoke", None, **headers)[0] == 403
    assert call("GET", "/state", None, **headers)[0] == 403


def test_a_form_of_a_page_controls_nothing(globus: Sandbox) -> None:
    control = Http(globus.control_url)
    assert control("POST", "/_sandbox/faults", form={"status": "503"}).status == 415
    assert control("GET", "/_sandbox/info", headers={"Host": "elsewhere.example"}).status in (400, 421)


def _events(stream: Any) -> Iterator[tuple[str, Any]]:
    kind = ""
    for line in stream:
        name, _, value = line.decode().strip().partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def test_events_come_as_requests_are_answered(globus: Sandbox, auth: Http) -> None:
    with urllib.request.urlopen(f"{globus.control_url}_sandbox/events", timeout=10) as stream:
        events = _events(stream)
        assert next(events)[0] == "info"
        auth("GET", "/jwk.json")
        kind, received = next(events)
        assert (kind, received["path"], received["status"]) == ("request", "/jwk.json", 200)
        globus.faults.add(drop=True)
        with pytest.raises(OSError):  # noqa: PT011
            auth("GET", "/jwk.json")
        assert next(events)[1]["status"] is None


def test_an_answer_between_two_events_is_not_missed(globus: Sandbox, auth: Http) -> None:
    control = create_control_app(globus)
    events = control.test_client().get("/_sandbox/events", headers={"Host": "localhost"}).iter_encoded()
    assert b"event: info" in next(events)
    auth("GET", "/first")
    assert b"/first" in next(events)
    # The stream has read the log, and does not wait yet.
    auth("GET", "/second")
    started = time.perf_counter()
    assert b"/second" in next(events)
    assert time.perf_counter() - started < 5


def test_a_request_without_an_answer_yet_is_no_event(globus: Sandbox, auth: Http) -> None:
    log = globus.requests
    log.add(Received("auth", "GET", "/slow", {}, Headers(), 0.0))
    auth("GET", "/jwk.json")
    answered, seen = log.answers_since(0)
    assert [received.path for received in answered] == ["/jwk.json"]
    log.answered(log[0], 200)
    answered, seen = log.answers_since(seen)
    assert [received.path for received in answered] == ["/slow"]
    assert log.answers_since(seen) == ([], seen)


def test_events_end_with_the_sandbox() -> None:
    with Sandbox() as globus:
        stream = urllib.request.urlopen(f"{globus.control_url}_sandbox/events", timeout=10)
        events = _events(stream)
        assert next(events)[0] == "info"
    assert list(events) == []
    stream.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sandbox")]


def test_the_page_is_there_and_in_no_frame(globus: Sandbox) -> None:
    answer = Http(globus.control_url)("GET", "/")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert b"<title>Globus sandbox</title>" in answer.body


def test_control_is_no_service(globus: Sandbox, call: Call) -> None:
    globus.faults.add(503, times=None)
    assert call("GET", "/clock")[0] == 200
    assert len(globus.requests) == 0


def test_its_port_can_be_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Sandbox(ports={"control": port}) as globus:
        assert globus.control_url == f"http://127.0.0.1:{port}/"
    with pytest.raises(RuntimeError, match="does not run"):
        _ = globus.control_url


def test_reset_keeps_addresses_and_people(globus: Sandbox) -> None:
    urls, user = globus.environ, globus.user
    globus.add_identity(Identity("grace@sandbox.example"))
    globus.task_delay = 3.0
    globus.reset()
    assert (globus.environ, globus.user, globus.task_delay) == (urls, user, 0.0)
    assert not globus._state.identities.find_by_usernames(["grace@sandbox.example"], provision=False)
