"""Globus Timers: they start transfers by the sandbox's clock."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport.authorizers import AccessTokenAuthorizer
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.timers.timer import Schedule
from tests.sandbox.sandbox_http import TRANSFER_ALL

TIMER = "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer"
HOUR = 3600


class Copying:
    """A running sandbox with two collections, and clients of its user."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.source = sandbox.add_collection("Source")
        self.destination = sandbox.add_collection("Destination")
        (self.source.folder / "data.txt").write_text("data")
        self.timers = self.client(TIMER)
        token = sandbox.issue_token(TRANSFER_ALL).access_token
        authorizer = globus_sdk.AccessTokenAuthorizer(token)
        self.transfer = globus_sdk.TransferClient(authorizer=authorizer, base_url=sandbox.transfer_url)

    def client(self, scope: str, user: Identity | None = None) -> globus_sdk.TimersClient:
        authorizer = globus_sdk.AccessTokenAuthorizer(self.sandbox.issue_token(scope, user=user).access_token)
        return globus_sdk.TimersClient(authorizer=authorizer, base_url=self.sandbox.url_of("timer"))

    def iso(self, seconds: float) -> str:
        """The time in some seconds, by the sandbox's clock."""
        return dt.datetime.fromtimestamp(self.sandbox.clock.now() + seconds, dt.UTC).isoformat()

    def body(self, *paths: str) -> globus_sdk.TransferData:
        data = globus_sdk.TransferData(self.source.id, self.destination.id)
        for path in paths or ("/data.txt",):
            data.add_item(path, path)
        return data

    def create(self, schedule: Any, *, name: str = "Copy", client: globus_sdk.TimersClient | None = None) -> str:
        timer = globus_sdk.TransferTimer(name=name, schedule=schedule, body=self.body())
        return str((client or self.timers).create_timer(timer)["timer"]["job_id"])

    def hourly(self, **end: Any) -> dict[str, Any]:
        return {
            "type": "recurring",
            "interval_seconds": HOUR,
            "start": self.iso(HOUR),
            "end": end or None,
        }

    def labels(self) -> list[str]:
        """The labels of the tasks, the earliest first."""
        return [task["label"] for task in self.transfer.task_list()][::-1]


@pytest.fixture
def copying(globus: Sandbox) -> Iterator[Copying]:
    made = Copying(globus)
    yield made
    made.timers.close()
    made.transfer.close()


def code_of(call: Callable[..., object], *args: Any, **kwargs: Any) -> tuple[int, str | None]:
    with pytest.raises(globus_sdk.TimersAPIError) as caught:
        call(*args, **kwargs)
    return caught.value.http_status, caught.value.code


def seconds(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


def test_a_run_that_breaks_the_sandbox_is_a_failed_one_and_the_next_runs(
    copying: Copying, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    id = copying.create(copying.hourly())
    with monkeypatch.context() as broken:
        broken.setattr("globus_transport.sandbox.timers.runs.read_transfer", lambda *_: 1 / 0)
        copying.sandbox.clock.advance(HOUR)
    copying.sandbox.clock.advance(HOUR)
    assert copying.labels() == ["Copy, run 2"]
    job = copying.timers.get_job(id)
    assert (job["n_runs"], job["n_errors"]) == (2, 1)
    assert [result["status"] for result in job["results"]["data"]] == [202, 500]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_timer_runs_once_at_its_time(copying: Copying) -> None:
    created = copying.timers.create_timer(
        globus_sdk.TransferTimer(
            name="Once",
            schedule=globus_sdk.OnceTimerSchedule(datetime=copying.iso(HOUR)),
            body=copying.body(),
        )
    )
    timer = created["timer"]
    assert (created.http_status, timer["status"], timer["number_of_runs"]) == (201, "new", 0)
    assert (timer["timer_type"], timer["body"]["source_endpoint"]) == ("transfer", copying.source.id)
    assert timer["schedule"]["datetime"] == timer["next_run"]
    copying.sandbox.clock.advance(HOUR - 60)
    assert copying.labels() == []
    job = copying.timers.get_job(timer["job_id"])
    assert (job["status"], job["n_runs"], job["last_ran_at"], job["interval"]) == ("loaded", 0, None, None)
    copying.sandbox.clock.advance(60)
    assert copying.labels() == ["Once, run 1"]
    job = copying.timers.get_job(timer["job_id"])
    assert (job["status"], job["next_run"], job["n_runs"], job["n_errors"]) == ("ended", None, 1, 0)
    (result,) = job["results"]["data"]
    assert (result["status"], result["errors"]) == (202, None)
    task = copying.transfer.get_task(result["data"]["action_id"])
    assert task["owner_id"] == copying.sandbox.user.id
    copying.sandbox._state.tasks.join(copying.sandbox._state.tasks._by_id[task["task_id"]], 10)
    assert (copying.destination.folder / "data.txt").read_text() == "data"
    copying.sandbox.clock.advance(HOUR)
    assert len(copying.labels()) == 1


def test_a_timer_without_a_start_runs_before_the_reply(copying: Copying) -> None:
    copying.create(globus_sdk.OnceTimerSchedule())
    assert copying.labels() == ["Copy, run 1"]
    copying.create(globus_sdk.RecurringTimerSchedule(interval_seconds=HOUR))
    assert copying.labels() == ["Copy, run 1"] * 2
    copying.sandbox.clock.advance(HOUR)
    assert copying.labels() == ["Copy, run 1"] * 2 + ["Copy, run 2"]


def test_each_interval_that_an_advance_passes_has_its_run_in_order_with_its_time(copying: Copying) -> None:
    start = copying.sandbox.clock.now() + HOUR
    first = copying.create(copying.hourly(), name="First")
    copying.sandbox.clock.advance(60)
    copying.create(copying.hourly(), name="Second")
    copying.sandbox.clock.advance(3 * HOUR)
    expected = [f"{name}, run {run}" for run in (1, 2, 3) for name in ("First", "Second")]
    assert copying.labels() == expected
    times = [seconds(task["request_time"]) for task in copying.transfer.task_list()][::-1]
    for run in range(3):
        assert times[2 * run] == pytest.approx(start + run * HOUR, abs=2)
        assert times[2 * run + 1] == pytest.approx(start + run * HOUR + 60, abs=2)
    job = copying.timers.get_job(first)
    assert seconds(job["next_run"]) == pytest.approx(start + 3 * HOUR, abs=2)
    assert [seconds(result["ran_at"]) for result in job["results"]["data"]] == pytest.approx(
        [start + run * HOUR for run in (2, 1, 0)], abs=2
    )
    assert job["last_ran_at"] == job["results"]["data"][0]["ran_at"]


@pytest.mark.parametrize("words", [{"condition": "iterations", "iterations": 2}, {"count": 2}])
def test_a_timer_ends_after_a_number_of_runs(copying: Copying, words: dict[str, Any]) -> None:
    id = copying.create(copying.hourly(**words))
    copying.sandbox.clock.advance(HOUR)
    assert copying.timers.get_job(id)["status"] == "loaded"
    copying.sandbox.clock.advance(10 * HOUR)
    job = copying.timers.get_job(id)
    assert (job["status"], job["n_runs"], job["next_run"]) == ("ended", 2, None)
    assert job["stop_after"] == {"date": None, "n_runs": 2}


def test_a_timer_ends_at_a_time(copying: Copying) -> None:
    id = copying.create(copying.hourly(condition="time", datetime=copying.iso(2.5 * HOUR)))
    copying.sandbox.clock.advance(HOUR)
    assert copying.timers.get_job(id)["status"] == "loaded"
    copying.sandbox.clock.advance(10 * HOUR)
    job = copying.timers.get_job(id)
    assert (job["status"], job["n_runs"], job["activity"]) == ("ended", 2, None)
    assert job["stop_after"]["n_runs"] is None


def test_a_paused_timer_runs_once_when_it_is_resumed_and_then_as_scheduled(copying: Copying) -> None:
    id = copying.create(copying.hourly())
    assert id in copying.timers.pause_job(id)["message"]
    job = copying.timers.get_job(id)
    assert (job["status"], job["inactive_reason"]) == ("inactive", {"cause": "user", "detail": None})
    assert job["activity"] == {"code": "paused"}
    due = seconds(job["next_run"])
    copying.sandbox.clock.advance(3.5 * HOUR)
    assert copying.labels() == []
    copying.timers.resume_job(id)
    assert copying.labels() == ["Copy, run 1"]
    job = copying.timers.get_job(id)
    assert (job["status"], job["inactive_reason"], job["n_runs"]) == ("active", None, 1)
    assert job["activity"] == {"code": "awaiting_next_run"}
    assert seconds(job["next_run"]) == due + 3 * HOUR
    copying.timers.pause_job(id)
    copying.timers.resume_job(id)
    assert copying.labels() == ["Copy, run 1"]
    copying.sandbox.clock.advance(HOUR)
    assert copying.labels() == ["Copy, run 1", "Copy, run 2"]


def test_a_run_is_left_out_while_the_one_before_goes_on(copying: Copying) -> None:
    admin_pause = copying.sandbox._state.pause_rules.add(
        {
            "endpoint_id": copying.source.id,
            "identity_id": None,
            "message": "Maintenance",
            "pause_task_transfer_read": True,
        }
    )
    copying.sandbox._state.tasks.has_pause_rule = lambda task: bool(copying.sandbox._state.pause_rules.where())
    id = copying.create(copying.hourly(condition="iterations", iterations=2))
    copying.sandbox.clock.advance(3 * HOUR)
    assert copying.labels() == ["Copy, run 1"]
    assert copying.timers.get_job(id)["n_runs"] == 1
    copying.sandbox._state.pause_rules.remove(admin_pause["id"])
    copying.sandbox._state.tasks.wake()
    copying.sandbox.clock.advance(HOUR)
    assert copying.labels() == ["Copy, run 1", "Copy, run 2"]
    assert copying.timers.get_job(id)["status"] == "ended"


def test_a_run_that_fails_is_counted_and_the_next_one_tries_again(copying: Copying) -> None:
    id = copying.create(copying.hourly())
    copying.sandbox._state.delete_collection(copying.destination)
    copying.sandbox.clock.advance(2 * HOUR)
    job = copying.timers.get_job(id)
    assert (job["status"], job["n_runs"], job["n_errors"]) == ("loaded", 2, 2)
    (result, _) = job["results"]["data"]
    assert (result["status"], result["data"]) == (404, None)
    assert result["errors"]["error"]["code"] == "EndpointNotFound"


def test_a_run_has_the_rights_of_the_owner_of_the_timer(copying: Copying) -> None:
    sandbox = copying.sandbox
    guest = copying.transfer.create_shared_endpoint(
        {
            "DATA_TYPE": "shared_endpoint",
            "host_endpoint": copying.source.id,
            "host_path": "/",
            "display_name": "Shared",
        }
    )["id"]
    grace = sandbox.add_identity(Identity("grace@sandbox.example"))
    client = copying.client(TIMER, grace)
    copying.source = next(found for found in sandbox.collections if found.id == guest)
    id = copying.create(copying.hourly(), client=client)
    sandbox.clock.advance(HOUR)
    (result,) = client.get_job(id)["results"]["data"]
    assert result["errors"]["error"]["code"] == "EndpointPermissionDenied"
    group = sandbox.add_group(sandbox.user, grace)
    rule = {"principal_type": "group", "principal": group, "path": "/", "permissions": "r"}
    copying.transfer.add_endpoint_acl_rule(guest, {"DATA_TYPE": "access", **rule})
    sandbox.clock.advance(HOUR)
    assert client.get_job(id)["results"]["data"][0]["status"] == 202
    sandbox.groups.set_member(group, grace, status="removed")
    sandbox.clock.advance(HOUR)
    assert client.get_job(id)["results"]["data"][0]["status"] == 403
    client.close()


def test_a_missing_consent_is_refused_when_a_timer_is_created(copying: Copying) -> None:
    copying.sandbox.require_consent(copying.source)
    data_access = f"https://auth.globus.org/scopes/{copying.source.id}/data_access"
    with pytest.raises(globus_sdk.TimersAPIError) as caught:
        copying.create(copying.hourly())
    error = caught.value
    assert (error.http_status, error.code) == (403, "ConsentRequired")
    needed = f"{TIMER}[{TRANSFER_ALL}[*{data_access}]]"
    assert error.info.consent_required.required_scopes == [needed]
    assert error.info.authorization_parameters.session_message
    client = copying.client(needed)
    copying.create(copying.hourly(), client=client)
    copying.sandbox.clock.advance(HOUR)
    assert copying.labels() == ["Copy, run 1"]
    client.close()


def test_a_timer_that_lacks_a_consent_becomes_inactive_until_it_is_resumed_with_one(copying: Copying) -> None:
    id = copying.create(copying.hourly(condition="iterations", iterations=2))
    copying.sandbox.require_consent(copying.source)
    copying.sandbox.require_consent(copying.destination)
    copying.sandbox.clock.advance(HOUR)
    job = copying.timers.get_job(id)
    assert (job["status"], job["n_runs"], job["n_errors"]) == ("inactive", 0, 1)
    assert job["inactive_reason"]["cause"] == "globus_auth_requirements"
    detail = job["inactive_reason"]["detail"]
    assert detail["code"] == "ConsentRequired"
    (needed,) = detail["authorization_parameters"]["required_scopes"]
    copying.sandbox.clock.advance(5 * HOUR)
    assert copying.labels() == []
    copying.timers.pause_job(id)
    assert copying.timers.get_job(id)["inactive_reason"] == job["inactive_reason"]
    with copying.client(needed) as client:
        client.post(f"/jobs/{id}/resume", query_params={"update_credentials": "false"})
        assert client.get_job(id)["status"] == "inactive"
        client.resume_job(id, update_credentials=False)
        assert client.get_job(id)["status"] == "inactive"
        client.resume_job(id)
    assert copying.labels() == ["Copy, run 1"]
    copying.sandbox.clock.advance(HOUR)
    assert copying.labels() == ["Copy, run 1", "Copy, run 2"]
    assert copying.timers.get_job(id)["status"] == "ended"


def test_a_timer_that_its_owner_paused_gets_the_token_of_the_resumption_only_if_asked(copying: Copying) -> None:
    ids = [copying.create(copying.hourly(), name=name) for name in ("Kept", "New")]
    for id in ids:
        copying.timers.pause_job(id)
    copying.sandbox.require_consent(copying.source)
    copying.sandbox.clock.advance(HOUR)
    data_access = f"https://auth.globus.org/scopes/{copying.source.id}/data_access"
    with copying.client(f"{TIMER}[{TRANSFER_ALL}[*{data_access}]]") as client:
        client.resume_job(ids[0])
        client.resume_job(ids[1], update_credentials=True)
        assert [client.get_job(id)["status"] for id in ids] == ["inactive", "active"]
    assert copying.labels() == ["New, run 1"]


def test_a_job_that_started_long_ago_runs_once_at_once(copying: Copying) -> None:
    job = globus_sdk.TimerJob("https://actions.example.org/run", {}, copying.iso(-10.5 * HOUR), HOUR)
    found = copying.timers.get_job(copying.timers.create_job(job)["job_id"])
    assert found["n_runs"] == 1
    assert seconds(found["next_run"]) == pytest.approx(copying.sandbox.clock.now() + 0.5 * HOUR, abs=5)


def test_a_timer_that_lacks_a_login_becomes_inactive(copying: Copying) -> None:
    id = copying.create(copying.hourly())
    copying.sandbox.require_session(copying.destination, mfa=True, message="Log in again")
    copying.sandbox.clock.advance(HOUR)
    detail = copying.timers.get_job(id)["inactive_reason"]["detail"]
    assert detail["authorization_parameters"] == {"session_message": "Log in again", "session_required_mfa": True}
    copying.sandbox.lift_demands(copying.destination)
    copying.timers.resume_job(id)
    assert copying.labels() == ["Copy, run 1"]


def test_a_timer_is_renamed_listed_and_deleted(copying: Copying) -> None:
    id = copying.create(copying.hourly(), name="Nightly copy")
    other = copying.create(copying.hourly(condition="iterations", iterations=2), name="Other")
    assert copying.timers.update_job(id, {"name": "Daily copy"})["name"] == "Daily copy"

    def listed(**query: Any) -> list[str]:
        return [job["job_id"] for job in copying.timers.list_jobs(query_params=query)["jobs"]]

    assert listed() == [id, other]
    assert listed(filter_name="DAILY") == [id]
    assert listed(order="name desc") == [other, id]
    copying.sandbox.clock.advance(10 * HOUR)
    copying.timers.pause_job(id)
    assert listed(filter_status="ended") == listed(filter_stopped="true") == [other]
    assert listed(filter_status="active") == listed(filter_active="true") == []
    assert listed(filter_status="inactive,ended") == [id, other]
    assert listed(submitted_after=copying.iso(0)) == []
    assert listed(submitted_before=copying.iso(0)) == [id, other]
    assert code_of(copying.timers.list_jobs, query_params={"filter_status": "gone"})[0] == 422
    assert code_of(copying.timers.list_jobs, query_params={"order": "color"})[0] == 422
    assert code_of(copying.timers.resume_job, other) == (409, "CONFLICT")
    assert code_of(copying.timers.pause_job, other) == (409, "CONFLICT")
    assert copying.timers.delete_job(id)["status"] == "delete_in_progress"
    assert code_of(copying.timers.get_job, id) == (404, "NOT_FOUND")
    assert listed() == [other]


def test_results_come_in_pages(copying: Copying) -> None:
    id = copying.create(copying.hourly())
    copying.sandbox.clock.advance(5 * HOUR)
    found: list[str] = []
    token: str | None = "0"
    while token is not None:
        page = copying.timers.get_job(id, query_params={"page_size": 2, "results_pt": token})["results"]
        found += [result["data"]["label"] for result in page["data"]]
        token = page["page_next"]
    assert found == [f"Copy, run {run}" for run in (5, 4, 3, 2, 1)]
    assert copying.timers.get_job(id, query_params={"page_size": 5})["results"]["page_next"] is None
    (job,) = copying.timers.list_jobs(query_params={"result_count": 1})["jobs"]
    assert len(job["results"]["data"]) == 1


def test_others_do_not_see_a_timer(copying: Copying) -> None:
    id = copying.create(copying.hourly())
    with copying.client(TIMER, Identity("grace@sandbox.example")) as stranger:
        assert stranger.list_jobs()["jobs"] == []
        for call in (stranger.get_job, stranger.pause_job, stranger.resume_job, stranger.delete_job):
            assert code_of(call, id) == (404, "NOT_FOUND")
        assert code_of(stranger.update_job, id, {"name": "x"}) == (404, "NOT_FOUND")
    assert copying.timers.get_job(id)["name"] == "Copy"


def test_a_job_for_transfers_is_a_transfer_timer(copying: Copying) -> None:
    items = [{"source_path": "/data.txt", "destination_path": "/copy.txt", "recursive": False}]
    body = {
        "source_endpoint_id": copying.source.id,
        "destination_endpoint_id": copying.destination.id,
        "transfer_items": items,
        "label": "Nightly",
    }
    url = "https://actions.automate.globus.org/transfer/transfer/run"
    job = globus_sdk.TimerJob(url, {"body": body}, copying.iso(HOUR), HOUR, name="Job", stop_after_n=2)
    created = copying.timers.create_job(job)
    assert (created.http_status, created["status"], created["interval"]) == (201, "new", 3600.0)
    assert (created["callback_url"], created["callback_body"]) == (url, {"body": body})
    copying.sandbox.clock.advance(5 * HOUR)
    assert copying.labels() == ["Nightly, run 1", "Nightly, run 2"]
    assert copying.timers.get_job(created["job_id"])["status"] == "ended"


def test_a_job_for_transfers_has_only_the_fields_of_its_action_provider(copying: Copying) -> None:
    body = {
        "source_endpoint_id": copying.source.id,
        "destination_endpoint_id": copying.destination.id,
        "transfer_items": [{"source_path": "/data.txt", "destination_path": "/copy.txt"}],
        **dict.fromkeys(("source_endpoint", "destination_endpoint", "DATA"), 5),
    }
    url = "https://actions.automate.globus.org/transfer/transfer/run"
    id = copying.timers.create_job(globus_sdk.TimerJob(url, {"body": body}, copying.iso(HOUR), None))["job_id"]
    copying.sandbox.clock.advance(HOUR)
    assert copying.timers.get_job(id)["n_errors"] == 0


@pytest.mark.parametrize("more", [{}, {"date": None}, {"n_runs": None}, {"n_runs": 2}])
def test_a_job_ends_after_the_number_of_runs_beside_an_object_that_says_when(
    copying: Copying, more: dict[str, Any]
) -> None:
    job: dict[str, Any] = {"callback_url": "https://actions.example.org/run", "callback_body": {}}
    job |= {"start": copying.iso(HOUR), "interval": HOUR, "stop_after_n": 2, "stop_after": more}
    created = copying.timers.create_job(job)
    assert created["stop_after"] == {"date": None, "n_runs": 2}
    assert created["schedule"]["end"] == {"condition": "iterations", "iterations": 2}


def test_each_moment_of_a_schedule_is_later_than_the_one_before() -> None:
    # From 2038 on, a float has one binary digit less for the fraction of a second, so the moments are rounded.
    year_2038 = 2.0**31
    schedule = Schedule(start=year_2038 - HOUR + 2.0**-22, interval=HOUR)
    moment: float | None = schedule.start
    for run in range(3):
        assert moment is not None
        moment = schedule.tick_after(moment)
        assert moment == year_2038 + run * HOUR


def test_a_job_for_another_action_provider_fails(copying: Copying) -> None:
    job = globus_sdk.TimerJob("https://actions.example.org/run", {}, copying.iso(HOUR), None)
    id = copying.timers.create_job(job)["job_id"]
    copying.sandbox.clock.advance(HOUR)
    found = copying.timers.get_job(id)
    assert (found["status"], found["n_errors"]) == ("ended", 1)
    assert found["results"]["data"][0]["errors"]["error"]["code"] == "ACTION_PROVIDER_ERROR"


def test_the_client_of_this_package_does_the_same(copying: Copying) -> None:
    data = globus_transport.TransferData(copying.source.id, copying.destination.id)
    data.add_item("/data.txt", "/data.txt")
    end = {"condition": "iterations", "iterations": 3}
    start = dt.datetime.fromtimestamp(copying.sandbox.clock.now() + HOUR, dt.UTC)
    schedule = globus_transport.RecurringTimerSchedule(HOUR, start, end)
    authorizer = AccessTokenAuthorizer(copying.sandbox.issue_token(TIMER).access_token)
    with globus_transport.TimersClient(authorizer=authorizer, base_url=copying.sandbox.url_of("timer")) as client:
        timer = globus_transport.TransferTimer(name="Ours", schedule=schedule, body=data)
        id = client.create_timer(timer)["timer"]["job_id"]
        assert [job["job_id"] for job in client.list_jobs()] == [id]
        copying.sandbox.clock.advance(2 * HOUR)
        assert client.get_job(id)["n_runs"] == 2
        client.pause_job(id)
        client.resume_job(id, update_credentials=True)
        assert client.update_job(id, {"name": "New"})["name"] == "New"
        copying.sandbox.clock.advance(2 * HOUR)
        assert client.delete_job(id)["n_runs"] == 3
        with pytest.raises(globus_transport.TimersAPIError) as caught:
            client.get_job(id)
        assert caught.value.code == "NOT_FOUND"


def test_real_time_starts_a_run_too(copying: Copying) -> None:
    # A start in 0.05 s of real time. The store's condition is notified after each run, so nothing is polled.
    clock, store = copying.sandbox.clock, copying.sandbox._state.timers
    copying.create({"type": "once", "datetime": copying.iso(0.05)})
    with store._changed:
        assert store._changed.wait_for(lambda: store._next() is None, timeout=10)
    assert copying.labels() == ["Copy, run 1"]
    assert clock.now() > 0


def test_there_is_one_thread_while_a_timer_waits_and_none_otherwise(copying: Copying) -> None:
    def threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "sandbox timers"]

    earlier = threads()
    ids = [copying.create(copying.hourly()) for _ in range(2)]
    (thread,) = [found for found in threads() if found not in earlier]
    for id in ids:
        assert thread.is_alive()
        copying.timers.delete_job(id)
    thread.join(10)
    assert not thread.is_alive()
    copying.create(copying.hourly())
    (thread,) = [found for found in threads() if found not in earlier]
    copying.sandbox.close()
    assert not thread.is_alive()


def test_many_missed_runs_are_bounded(copying: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_transport.sandbox.timers.store.MAX_MISSED_RUNS", 3)
    id = copying.create(copying.hourly())
    copying.sandbox.clock.advance(20.5 * HOUR)
    job = copying.timers.get_job(id)
    assert job["n_runs"] == 3
    assert seconds(job["next_run"]) > copying.sandbox.clock.now()


def test_another_state_that_loads_all_of_it_reads_the_same(copying: Copying) -> None:
    copying.create(copying.hourly(), name="Waiting")
    copying.create(copying.hourly(condition="iterations", iterations=2), name="Ended")
    copying.timers.pause_job(copying.create(copying.hourly(), name="Paused"))
    copying.sandbox.clock.advance(2 * HOUR)
    with Sandbox() as other:
        restore(other._state, snapshot(copying.sandbox._state))
        token = other.issue_token(TIMER, user=copying.sandbox.user, client_id=copying.sandbox.native_client_id)
        authorizer = globus_sdk.AccessTokenAuthorizer(token.access_token)
        with globus_sdk.TimersClient(authorizer=authorizer, base_url=other.url_of("timer")) as client:
            jobs = client.list_jobs()["jobs"]
            assert jobs == copying.timers.list_jobs()["jobs"]
            assert [job["status"] for job in jobs] == ["loaded", "ended", "inactive"]
            assert [client.get_job(job["job_id"]).data for job in jobs] == jobs
        other._state.timers.load({"timers": []})
        assert other._state.timers.dump() == {"timers": []}


def test_a_sandbox_with_a_folder_goes_on_with_its_timers(tmp_path: Any) -> None:
    with Sandbox(tmp_path) as first:
        copying = Copying(first)
        id = copying.create(copying.hourly())
        copying.timers.close()
        copying.transfer.close()
    with Sandbox(tmp_path) as second:
        # No request has come yet, and several runs are missed by this advance.
        second.clock.advance(1.5 * HOUR)
        (timer,) = second._state.timers.owned_by(second.user.id)
        assert (timer.id, timer.n_runs) == (id, 1)
        assert timer.results[0]["status"] == 202


def test_missed_runs_of_a_restored_timer_are_one(copying: Copying) -> None:
    copying.create(copying.hourly())
    document = snapshot(copying.sandbox._state)
    with Sandbox() as other:
        other.clock.advance(5.5 * HOUR)
        restore(other._state, document)
        (timer,) = other._state.timers.owned_by(copying.sandbox.user.id)
        assert timer.next_run == pytest.approx(copying.sandbox.clock.now() + 5 * HOUR, abs=5)


FLOW_SCOPES = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/"


def flow_timer(copying: Copying, flow_id: str, schedule: Any, **body: Any) -> globus_sdk.FlowTimer:
    return globus_sdk.FlowTimer(flow_id=flow_id, name="Flow", schedule=schedule, body={"body": {"input": 1}, **body})


def consent_to_run(flow_id: str) -> str:
    return f"{TIMER}[https://auth.globus.org/scopes/{flow_id}/flow_{flow_id.replace('-', '_')}_user]"


def test_a_flow_timer_needs_the_consent_to_run_the_flow(copying: Copying) -> None:
    flow_id = str(uuid.uuid4())
    timer = flow_timer(copying, flow_id, globus_sdk.OnceTimerSchedule(datetime=copying.iso(HOUR)))
    with pytest.raises(globus_sdk.TimersAPIError) as caught:
        copying.timers.create_timer(timer)
    assert caught.value.info.consent_required.required_scopes == [consent_to_run(flow_id)]
    with copying.client(consent_to_run(flow_id)) as client:
        created = client.create_timer(timer)["timer"]
        assert (created["timer_type"], created["callback_body"]) == ("flow", {"body": {"input": 1}})
        assert created["callback_url"] == f"https://flows.automate.globus.org/flows/{flow_id}/run"
        assert f"{TIMER}[{created['scope']}]" == consent_to_run(flow_id)
        assert (created["results"], created["stop_after"]) == ([], {"date": None, "n_runs": 1})
        copying.sandbox.clock.advance(HOUR)
        job = client.get_job(created["job_id"])
    assert (job["status"], job["n_errors"]) == ("ended", 1)
    (result,) = job["results"]["data"]
    assert (result["status"], result["errors"]["error"]["code"]) == (404, "NOT_FOUND")


def test_a_job_for_a_flow_needs_the_consent_to_run_the_flow(copying: Copying) -> None:
    flow_id = str(uuid.uuid4())
    url = f"https://flows.automate.globus.org/flows/{flow_id.upper()}/run"
    with pytest.raises(globus_sdk.TimersAPIError) as caught:
        copying.timers.create_job(globus_sdk.TimerJob(url, {"body": {}}, copying.iso(HOUR), None))
    assert caught.value.info.consent_required.required_scopes == [consent_to_run(flow_id)]


@pytest.fixture
def flows(copying: Copying) -> Iterator[globus_sdk.FlowsClient]:
    token = copying.sandbox.issue_token(f"{FLOW_SCOPES}manage_flows {FLOW_SCOPES}run_status").access_token
    authorizer = globus_sdk.AccessTokenAuthorizer(token)
    with globus_sdk.FlowsClient(authorizer=authorizer, base_url=copying.sandbox.url_of("flows")) as client:
        yield client


def create_flow(flows: globus_sdk.FlowsClient, last: dict[str, Any]) -> str:
    definition = {"StartAt": "Last", "States": {"Last": {**last, "End": True}}}
    schema = {"type": "object", "properties": {"input": {"type": "integer"}}}
    return str(flows.create_flow("Flow", definition, schema)["id"])


def test_a_flow_timer_starts_runs_of_the_flow(copying: Copying, flows: globus_sdk.FlowsClient) -> None:
    flow_id = create_flow(flows, {"Type": "Pass"})
    with copying.client(consent_to_run(flow_id)) as client:
        timer = flow_timer(copying, flow_id, copying.hourly(), label="From a timer")
        id = client.create_timer(timer)["timer"]["job_id"]
        copying.sandbox.clock.advance(2 * HOUR)
        results = client.get_job(id)["results"]["data"]
    assert [result["status"] for result in results] == [202, 202]
    runs = {run["run_id"]: run for run in flows.list_runs(filter_flow_id=flow_id)["runs"]}
    assert {*runs} == {result["data"]["action_id"] for result in results}
    for run in runs.values():
        assert (run["label"], run["status"]) == ("From a timer", "SUCCEEDED")
        assert run["run_owner"] == f"urn:globus:auth:identity:{copying.sandbox.user.id}"


def test_a_run_of_a_flow_is_left_out_while_the_one_before_goes_on(
    copying: Copying, flows: globus_sdk.FlowsClient
) -> None:
    flow_id = create_flow(flows, {"Type": "Wait", "Seconds": 1.5 * HOUR})
    with copying.client(consent_to_run(flow_id)) as client:
        id = client.create_timer(flow_timer(copying, flow_id, copying.hourly()))["timer"]["job_id"]
        for expected in (1, 1, 2, 2):
            copying.sandbox.clock.advance(HOUR)
            assert client.get_job(id)["n_runs"] == expected


def test_a_run_of_a_flow_has_the_rights_of_the_owner_and_needs_a_fitting_input(
    copying: Copying, flows: globus_sdk.FlowsClient
) -> None:
    flow_id = create_flow(flows, {"Type": "Pass"})
    grace = copying.sandbox.add_identity(Identity("grace@sandbox.example"))

    def outcome(user: Identity | None, timer: globus_sdk.FlowTimer) -> int:
        with copying.client(consent_to_run(flow_id), user) as client:
            id = client.create_timer(timer)["timer"]["job_id"]
            (result,) = client.get_job(id)["results"]["data"]
            return int(result["status"])

    now = globus_sdk.OnceTimerSchedule()
    assert outcome(grace, flow_timer(copying, flow_id, now)) == 403
    flows.update_flow(flow_id, flow_starters=[f"urn:globus:auth:identity:{grace.id}"])
    assert outcome(grace, flow_timer(copying, flow_id, now)) == 202
    assert outcome(None, flow_timer(copying, flow_id, now, body={"input": "text"})) == 400
    assert outcome(None, flow_timer(copying, flow_id, now, label="")) == 422
