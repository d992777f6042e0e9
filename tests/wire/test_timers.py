"""Timers: both packages send the same documents, and refuse the documents of the other call."""

from __future__ import annotations

import datetime as dt
import inspect
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import (
    FlowTimer,
    GlobusSDKUsageError,
    OnceTimerSchedule,
    RecurringTimerSchedule,
    Request,
    Response,
    TimerJob,
    TimersAPIError,
    TimersClient,
    TransferData,
    TransferTimer,
)
from tests.wire.both_packages import Call, sent_by, sent_by_both
from tests.wire.meant_differences import VALUES
from tests.wire.recording_server import RecordingServer

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
NAIVE = dt.datetime(2031, 2, 3, 4, 5, 6, 789)
AWARE = NAIVE.replace(tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
TIMES = (NAIVE, AWARE, "2031-02-03", None)

PAYLOADS = ("TransferTimer", "FlowTimer", "OnceTimerSchedule", "RecurringTimerSchedule", "TimerJob")


@pytest.fixture(params=["America/Chicago", "UTC"], autouse=True)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer that is not in UTC, and one that is."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _transfer(package: Any) -> Any:
    data = package.TransferData("a", ID, label="ü", submission_id="s", sync_level="size")
    data.add_item("/a", "/b")
    return data


CALLS: dict[str, Call] = {
    "transfer": lambda client, sdk: client.create_timer(
        sdk.TransferTimer(schedule=sdk.OnceTimerSchedule(), body=_transfer(sdk))
    ),
    "transfer, all": lambda client, sdk: client.create_timer(
        timer=sdk.TransferTimer(
            name="ü",
            schedule=sdk.RecurringTimerSchedule(60, start=NAIVE, end={"condition": "iterations", "iterations": 3}),
            body={"DATA": [], "submission_id": "s", "skip_activation_check": True, "label": None},
        )
    ),
    "flow": lambda client, sdk: client.create_timer(
        sdk.FlowTimer(flow_id=ID, schedule=sdk.RecurringTimerSchedule(3600), body={"body": {"x": [ID]}})
    ),
    "flow, all": lambda client, sdk: client.create_timer(
        sdk.FlowTimer(
            flow_id="f",
            name="N",
            schedule=sdk.RecurringTimerSchedule(
                interval_seconds=5, start=AWARE, end={"condition": "time", "datetime": AWARE}
            ),
            body={},
        )
    ),
    "plain": lambda client, _: client.create_timer({"timer_type": "flow", "name": None}),
    "job": lambda client, sdk: client.create_job(sdk.TimerJob("https://a", {"body": {}}, NAIVE, None)),
    "job, all": lambda client, sdk: client.create_job(
        data=sdk.TimerJob(
            "https://a",
            {"x": ID},
            AWARE,
            dt.timedelta(minutes=1, milliseconds=500),
            name="ü",
            stop_after=AWARE,
            stop_after_n=3,
            scope="s",
        )
    ),
    "job, plain": lambda client, _: client.create_job({"callback_url": "https://a", "start": "now"}),
    "update": lambda client, _: client.update_job(ID, {"name": None, "x": [1]}),
    "pause": lambda client, _: client.pause_job(ID),
    "resume": lambda client, _: client.resume_job(ID),
    "resume, null": lambda client, _: client.resume_job(ID, update_credentials=None),
    "resume, no": lambda client, _: client.resume_job(ID, update_credentials=False),
    "resume, yes": lambda client, _: client.resume_job("j", update_credentials=True),
    "list": lambda client, _: client.list_jobs(query_params={"filter_active": True}),
    "get": lambda client, _: client.get_job(ID, query_params={"show_deleted": True}),
    "delete": lambda client, _: client.delete_job(job_id="j"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("TimersClient", CALLS[name], server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("value", TIMES)
def test_a_time(value: Any) -> None:
    assert _make_with_time(globus_transport, value) == _make_with_time(globus_sdk, value)


def _make_with_time(package: Any, value: Any) -> list[dict[str, Any]]:
    return [
        package.OnceTimerSchedule(value),
        package.RecurringTimerSchedule(5, value, {"condition": "time", "datetime": value}),
        package.RecurringTimerSchedule(5, value, None),
        package.TimerJob("u", {}, value or "now", 5, stop_after=value and AWARE),
    ]


def test_a_naive_time_is_the_computers() -> None:
    given = OnceTimerSchedule(NAIVE)["datetime"]
    assert dt.datetime.fromisoformat(given).timestamp() == int(NAIVE.timestamp())


def test_the_transfer_of_a_timer_is_a_copy_without_its_submission() -> None:
    data = _transfer(globus_transport)
    timer = TransferTimer(schedule={}, body=data)
    assert timer["body"] == {key: value for key, value in data.items() if key != "submission_id"}
    assert data["submission_id"] == "s"


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_signature(kind: str) -> None:
    theirs, ours = (inspect.signature(getattr(package, kind).__init__) for package in (_sdk(), globus_transport))
    assert [_shape(one) for one in ours.parameters.values()] == [_shape(one) for one in theirs.parameters.values()]


def _sdk() -> Any:
    return globus_sdk


def _shape(parameter: inspect.Parameter) -> tuple[str, str, str]:
    value = parameter.default
    left_out = value is globus_sdk.MISSING or value is globus_transport.MISSING
    return parameter.name, parameter.kind.name, "MISSING" if left_out else repr(value)


def _transfer_timer(**given: Any) -> Any:
    return TransferTimer(**{"schedule": {}, "body": {}, **given})


def _flow_timer(**given: Any) -> Any:
    return FlowTimer(**{"flow_id": "f", "schedule": {}, "body": {}, **given})


def _recurring(**given: Any) -> Any:
    return RecurringTimerSchedule(**{"interval_seconds": 5, **given})


def _job(**given: Any) -> Any:
    return TimerJob(**{"callback_url": "u", "callback_body": {}, "start": "now", "interval": 5, **given})


def _each(make: Callable[..., Any], names: Iterable[str], *values: Any) -> list[tuple[Callable[..., Any], str, Any]]:
    return [(make, name, value) for name in names for value in values]


WRONG: list[tuple[Callable[..., Any], str, Any]] = [
    *_each(_transfer_timer, ("schedule", "body"), None, "x", []),
    *_each(_flow_timer, ("schedule", "body", "flow_id"), None, 1, []),
    (_transfer_timer, "name", 1),
    (_flow_timer, "name", 1),
    (OnceTimerSchedule, "datetime", 5),
    (_recurring, "start", 5),
    (_recurring, "end", "2031-01-01"),
    (_recurring, "interval_seconds", "5"),
    (_recurring, "interval_seconds", dt.timedelta(1)),
    (_job, "callback_url", 1),
    (_job, "callback_body", "x"),
    (_job, "start", None),
    (_job, "interval", "5"),
    (_job, "stop_after", 5),
    (_job, "stop_after_n", True),
    (_job, "name", 1),
    (_job, "scope", []),
]


@pytest.mark.parametrize(("make", "name", "value"), WRONG)
def test_a_wrong_type_is_refused_by_name(make: Callable[..., Any], name: str, value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=rf"\b{name}\b"):
        make(**{name: value})


def test_each_call_takes_its_own_documents(server: RecordingServer) -> None:
    calls: list[Call] = [
        lambda client, sdk: client.create_timer(sdk.TimerJob("u", {}, "now", 5)),
        lambda client, sdk: client.create_job(sdk.TransferTimer(schedule={}, body={})),
    ]
    for call in calls:
        for package in (globus_sdk, globus_transport):
            with pytest.raises(package.GlobusSDKUsageError):
                call(package.TimersClient(base_url=server.url), package)
    assert server.take() == []
    with pytest.raises(GlobusSDKUsageError, match="timer: expected"):
        TimersClient(base_url=server.url).create_timer("x")  # type: ignore[arg-type]
    assert server.take() == []


def test_a_flow_timer_is_no_job(server: RecordingServer) -> None:
    theirs, ours, _ = VALUES["create_job(FlowTimer(...))"]
    timer = globus_sdk.FlowTimer(flow_id="f", schedule={}, body={})
    (sent,) = sent_by(globus_sdk, "TimersClient", lambda client, _: client.create_job(timer), server)
    assert f"{sent.method} {sent.path}" == theirs
    with pytest.raises(GlobusSDKUsageError, match="create_timer") as raised:
        TimersClient(base_url=server.url).create_job(_flow_timer())
    assert type(raised.value).__name__ == ours
    assert server.take() == []


def test_a_timer_on_the_wire(server: RecordingServer) -> None:
    data = TransferData("a", "b")
    data.add_item("/a", "/b")
    with TimersClient(base_url=server.url) as client:
        client.create_timer(TransferTimer(schedule=OnceTimerSchedule(AWARE), body=data))
    (sent,) = server.take()
    assert sent.body["timer"]["schedule"] == {"type": "once", "datetime": "2031-02-03T04:05:06+05:30"}
    assert sent.body["timer"]["body"]["DATA"][0]["source_path"] == "/a"


def _answering(status: int, document: bytes) -> Callable[[Request], Response]:
    return lambda request: Response(status, {"Content-Type": "application/json"}, document, request=request)


def test_the_list_of_timers_is_iterable() -> None:
    jobs = TimersClient(terminal=_answering(200, b'{"jobs": [{"job_id": "a"}, {"job_id": "b"}]}')).list_jobs()
    assert [job["job_id"] for job in jobs] == ["a", "b"]
    assert jobs["jobs"][0]["job_id"] == "a"


@pytest.mark.parametrize("name", ["pause_job", "resume_job", "create_job", "create_timer"])
def test_a_post_is_sent_once(name: str) -> None:
    sent: list[Request] = []

    def refuse(request: Request) -> Response:
        sent.append(request)
        return Response(502, request=request)

    client: Any = TimersClient(terminal=refuse)
    with pytest.raises(TimersAPIError):
        getattr(client, name)({} if name.startswith("create") else "j")
    assert len(sent) == 1
