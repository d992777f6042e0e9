"""Injected faults."""

from __future__ import annotations

import http.client
import threading
import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from globus_transport import TransferClient
from globus_transport.sandbox import Collection, Sandbox
from globus_transport.sandbox.route_names import TABLES, find_routes
from globus_transport.sandbox.state import State
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

TASKS = "/v0.10/task_list"
TASK = "/v0.10/task"


def test_too_many_requests_with_retry_after(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(429, headers={"Retry-After": "7"})
    answer = transfer("GET", TASKS)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert (answer.document["code"], answer.document["resource"]) == ("TooManyRequests", TASKS)
    assert transfer("GET", TASKS).status == 200
    assert [received.status for received in globus.requests] == [429, 200]


def test_retry_after_as_a_date_of_the_sandbox(globus: Sandbox, transfer: Http) -> None:
    globus.clock.advance(86400)
    globus.faults.add(503, retry_date=120)
    answer = transfer("GET", TASKS)
    date, retry_after = (parsedate_to_datetime(answer.headers[name]) for name in ("Date", "Retry-After"))
    assert 119 <= (retry_after - date).total_seconds() <= 121
    assert abs(date.timestamp() - globus.clock.now()) < 10


def test_unavailable_so_many_times(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(status=503, times=2)
    assert len(globus.faults) == 1
    assert [transfer("GET", TASKS).status for _ in range(3)] == [503, 503, 200]
    assert len(globus.faults) == 0


def test_for_ever_until_clear(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(503, times=None)
    assert {transfer("GET", TASKS).status for _ in range(5)} == {503}
    globus.faults.clear()
    assert transfer("GET", TASKS).status == 200


def test_error_document_of_auth(globus: Sandbox, auth: Http) -> None:
    globus.faults.add(429, service="auth")
    document = auth("POST", "/v2/oauth2/token", form={}).document
    assert document["errors"][0]["code"] == "TOO_MANY_REQUESTS"
    assert document["error"] == "too_many_requests"


def test_only_requests_that_match(globus: Sandbox, transfer: Http, auth: Http) -> None:
    globus.faults.add(500, method="post", path="/v0.10/operation/*/mkdir", service="transfer")
    assert transfer("GET", TASKS).status == 200
    assert transfer("GET", "/v0.10/operation/endpoint/x/mkdir").status == 405
    assert auth("POST", "/v0.10/operation/endpoint/x/mkdir").status == 404
    assert transfer("POST", "/v0.10/operation/endpoint/x/ls", document={}).status == 405
    assert transfer("POST", "/v0.10/operation/endpoint/x/mkdir", document={}).status == 500


def test_faults_happen_in_their_order(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(503, path=TASKS)
    globus.faults.add(500)
    globus.faults.add(502, path=TASKS)
    assert [transfer("GET", TASKS).status for _ in range(4)] == [503, 500, 502, 200]


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ("<h1>Proxy</h1>", "text/plain; charset=utf-8", b"<h1>Proxy</h1>"),
        (b"\xff{", "text/plain; charset=utf-8", b"\xff{"),
        ({"code": "Mine"}, "application/json", b'{"code": "Mine"}'),
        ("", "text/plain; charset=utf-8", b""),
    ],
)
def test_body(globus: Sandbox, transfer: Http, body: Any, content_type: str, sent: bytes) -> None:
    globus.faults.add(502, body=body)
    answer = transfer("GET", TASKS)
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (502, content_type, sent)


def test_content_type_of_a_body_can_be_given(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(502, body="<h1>Proxy</h1>", headers={"content-type": "text/html"})
    answer = transfer("GET", TASKS)
    assert answer.headers.get_all("Content-Type") == ["text/html"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", [{"drop": True}, {"status": 503}])
def test_before_or_after_the_work_is_done(
    globus: Sandbox, transfer: Http, source: Collection, when: Any, what: dict[str, Any]
) -> None:
    globus.faults.add(**what, when=when, method="POST")
    path, document = f"/v0.10/operation/endpoint/{source.id}/mkdir", {"path": "/new"}
    if "drop" in what:
        with pytest.raises(http.client.RemoteDisconnected):
            transfer("POST", path, document=document)
        assert globus.requests[-1].status is None
    else:
        assert transfer("POST", path, document=document).status == 503
    assert (source.folder / "new").exists() is (when == "after")
    assert globus.requests.count(method="POST") == 1


def test_lost_refresh_answer_makes_the_next_use_a_reuse(globus: Sandbox, auth: Http) -> None:
    globus.faults.add(drop=True, when="after", path="/v2/oauth2/token")
    token = globus.issue_token(TRANSFER_ALL).refresh_token
    assert token
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": globus.native_client_id}
    with pytest.raises(http.client.RemoteDisconnected):
        auth("POST", "/v2/oauth2/token", form=form)
    assert globus.grants["refresh_token"] == 1
    assert auth("POST", "/v2/oauth2/token", form=form).document["error"] == "invalid_grant"


@pytest.mark.parametrize("when", ["before", "after"])
def test_delay_alone_is_slow_and_right(globus: Sandbox, transfer: Http, when: Any) -> None:
    globus.faults.add(delay=0.05, when=when)
    started = time.perf_counter()
    assert transfer("GET", TASKS).status == 200
    assert time.perf_counter() - started >= 0.05


def test_delay_ends_when_the_sandbox_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    pausing = threading.Event()
    pause = State.pause

    def note_and_pause(state: State, seconds: float) -> None:
        pausing.set()
        pause(state, seconds)

    monkeypatch.setattr(State, "pause", note_and_pause)
    with Sandbox() as globus:
        globus.faults.add(503, delay=3600.0)
        connection = Http(globus.transfer_url).connect()
        connection.request("GET", TASKS)
        assert pausing.wait(10)
        started = time.perf_counter()
    connection.close()
    # close() waits for a thread for five seconds only.
    assert time.perf_counter() - started < 4
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sandbox")]


def test_token_delay(auth: Http, globus: Sandbox) -> None:
    globus.token_delay = 0.05
    started = time.perf_counter()
    assert auth("POST", "/v2/oauth2/token", form={}).status == 400
    assert time.perf_counter() - started >= 0.05


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({}, "needs a status"),
        ({"headers": {"A": "b"}}, "needs a status"),
        ({"status": 503, "drop": True}, "leaves no reply"),
        ({"drop": True, "cut_body": 3}, "leaves no reply"),
        ({"status": 100}, "from 200 to 599"),
        ({"status": 600}, "from 200 to 599"),
        ({"status": 503, "probability": 0}, "above 0 and at most 1"),
        ({"status": 503, "probability": 1.5}, "above 0 and at most 1"),
        ({"cut_body": -1}, "number of bytes"),
        ({"status": 503, "body": "\ud800"}, "body: the text has one half of a surrogate pair"),
        ({"status": 503, "service": "timers"}, "there are auth, transfer"),
        ({"status": 503, "route": "transfer.get_tusk"}, r"give a route such as 'transfer.get_task'"),
        ({"status": 503, "route": "transfer.get_task", "method": "GET"}, "give it alone"),
    ],
)
def test_faults_that_make_no_sense(globus: Sandbox, what: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        globus.faults.add(**what)
    assert len(globus.faults) == 0


@pytest.mark.parametrize("route", ["transfer.get_task", TransferClient.get_task])
def test_a_fault_of_a_route(globus: Sandbox, transfer: Http, route: Any) -> None:
    globus.faults.add(503, route=route, times=None)
    assert transfer("GET", f"{TASK}/some-id").status == 503
    assert transfer("GET", f"{TASK}/some-id/event_list").status == 404
    assert transfer("POST", f"{TASK}/some-id").status == 405
    assert Http(globus.auth_url)("GET", f"{TASK}/some-id").status == 404


def test_a_name_stands_for_the_routes_of_every_version(globus: Sandbox) -> None:
    globus.faults.add(503, route="compute.register_function", times=2)
    compute = Http(globus.url_of("compute"))
    assert [compute("POST", f"/{version}/functions").status for version in ("v2", "v3", "v3")] == [503, 503, 401]


@pytest.mark.parametrize(
    ("route", "method", "path"),
    [
        (TransferClient.submit_transfer, "POST", "/v0.10/transfer"),
        ("transfer.submit_delete", "POST", "/v0.10/delete"),
        ("transfer.task_wait", "GET", f"{TASK}/some-id"),
        ("transfer.create_tunnel", "POST", "/v2/tunnels"),
    ],
)
def test_a_fault_of_a_call_that_makes_several_requests(
    globus: Sandbox, transfer: Http, route: Any, method: str, path: str
) -> None:
    globus.faults.add(503, route=route)
    assert transfer("GET", "/v0.10/submission_id").status == 200
    assert transfer(method, path).status == 503


def test_a_name_stands_for_the_methods_of_every_version(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(503, route="transfer.update_bookmark", times=None)
    assert transfer("PUT", "/v0.10/bookmark/some-id").status == 503
    assert transfer("PATCH", "/v2/bookmarks/some-id").status == 503
    assert transfer("PUT", "/v2/bookmarks/some-id").status == 405


@pytest.mark.parametrize("service", TABLES)
def test_a_fault_may_be_of_each_call(service: str) -> None:
    for name in {route.name for table in TABLES[service] for route in table.routes} - {"get_jwk"}:
        found, routes = find_routes(f"{service}.{name}")
        assert found == service
        assert all(route.path.startswith("/") for route in routes), name


def test_a_call_whose_requests_are_alike_is_refused_as_a_route(globus: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"auth\.get_jwk' makes several requests"):
        globus.faults.add(503, route="auth.get_jwk")


def test_a_fault_ends_with_its_block(globus: Sandbox, transfer: Http) -> None:
    with globus.faults.add(503, times=None) as fault:
        assert [transfer("GET", TASKS).status for _ in range(3)] == [503] * 3
    assert transfer("GET", TASKS).status == 200
    assert fault.met == 3
    assert len(globus.faults) == 0


def test_probability_is_repeatable(globus: Sandbox, transfer: Http) -> None:
    def run(seed: int) -> list[int]:
        with globus.faults.add(503, probability=0.5, seed=seed, times=None):
            return [transfer("GET", TASKS).status for _ in range(20)]

    first = run(1)
    assert {*first} == {200, 503}
    assert run(1) == first
    assert run(2) != first


def test_the_next_fault_has_its_turn_when_one_does_not_happen(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(503, probability=1e-9, seed=0)
    globus.faults.add(429)
    assert [transfer("GET", TASKS).status for _ in range(2)] == [429, 200]


@pytest.mark.parametrize("length", [0, 1, 10])
def test_a_body_that_is_cut_off(globus: Sandbox, transfer: Http, length: int) -> None:
    globus.faults.add(cut_body=length)
    with pytest.raises(http.client.IncompleteRead) as caught:
        transfer("GET", TASKS)
    assert len(caught.value.partial) == length


def test_a_slow_body_is_whole(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(body_delay=0.01)
    started = time.perf_counter()
    assert transfer("GET", TASKS).document["DATA"] == []
    assert time.perf_counter() - started >= 0.05


def test_a_slow_body_ends_when_the_sandbox_closes() -> None:
    with Sandbox() as globus:
        globus.faults.add(503, body_delay=3600.0)
        connection = Http(globus.transfer_url).connect()
        connection.request("GET", TASKS)
        response = connection.getresponse()
        assert response.read(1)
        started = time.perf_counter()
    assert time.perf_counter() - started < 4
    response.close()
    connection.close()


def test_a_wrong_content_type(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(content_type="text/html")
    answer = transfer("GET", TASKS)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.document["DATA"] == []


def test_faults_that_no_request_met(globus: Sandbox, transfer: Http) -> None:
    globus.faults.add(503, times=2, method="GET")
    always = globus.faults.add(429, times=None, method="POST")
    with pytest.raises(AssertionError, match=r"2 faults were not met: .*status=503.*\n.*status=429"):
        globus.verify()
    transfer("GET", TASKS)
    transfer("GET", TASKS)
    assert globus.faults.pending() == [always]
    with pytest.raises(AssertionError, match=r"^1 fault was not met: "):
        globus.verify()
    assert transfer("POST", TASKS).status == 429
    globus.verify()


def test_broken_fault_answers_500_and_shows(
    globus: Sandbox, transfer: Http, capsys: pytest.CaptureFixture[str]
) -> None:
    globus.faults.add(503, body={"unserializable": object()})
    answer = transfer("GET", TASKS)
    assert answer.status == 500
    assert answer.document["code"] == "InternalServerError"
    assert "not JSON serializable" in capsys.readouterr().err
    assert globus.requests[-1].status == 500


@pytest.mark.parametrize("debug", ["0", "1"])
def test_broken_handler_answers_500_and_shows(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    debug: str,
) -> None:
    # In debug mode Flask lets errors through instead of logging them.
    monkeypatch.setenv("FLASK_DEBUG", debug)

    def fail(*args: object) -> None:
        raise LookupError("broken on purpose")

    monkeypatch.setattr("globus_transport.sandbox.tasks.TaskStore.owned_by", fail)
    with Sandbox() as globus:
        answer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)("GET", TASKS)
    assert answer.status == 500
    assert set(answer.document) == {"code", "message", "resource", "request_id"}
    assert "broken on purpose" not in answer.body.decode()
    assert "broken on purpose" in capsys.readouterr().err + caplog.text


def test_repr_of_a_fault_hides_what_it_carries(globus: Sandbox) -> None:
    fault = globus.faults.add(503, headers={"X": "secret"}, body="secret", path="/shown")
    assert "secret" not in repr(fault)
    assert "/shown" in repr(fault)
