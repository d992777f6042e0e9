"""The documents that are sent to Globus Timers: timers, their schedules, and jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.field_checks import check_id, check_optional_ints, check_optional_texts
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import DateLike, Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload

# Of a TransferData for one task. Each run of a timer is a new task, and the service gives it its id.
_OF_ONE_SUBMISSION = frozenset({"submission_id", "skip_activation_check"})


class OnceTimerSchedule(GlobusPayload):
    """A timer that runs once.

    :param datetime: when it runs; by default at once. Without a time zone it is the local time of this computer
    :raises GlobusSDKUsageError: if it is neither a datetime nor text
    """

    def __init__(self, datetime: Maybe[DateLike] = MISSING) -> None:
        super().__init__()
        self._set_given({"type": "once", "datetime": _format_time("datetime", datetime)})


class RecurringTimerSchedule(GlobusPayload):
    """A timer that runs in intervals.

    :param interval_seconds: the time from one run to the next, in seconds
    :param start: when it runs first; by default at once. Without a time zone it is the local time of this computer
    :param end: when it ends: ``{"condition": "iterations", "iterations": 5}`` after a number of runs, or
        ``{"condition": "time", "datetime": time}`` at a time. By default it has no end
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        interval_seconds: int,
        start: Maybe[DateLike] = MISSING,
        end: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        super().__init__()
        self._set_given(
            {
                "type": "recurring",
                **check_optional_ints(interval_seconds=interval_seconds),
                "start": _format_time("start", start),
                "end": _format_end(end),
            }
        )


class TransferTimer(GlobusPayload):
    """A timer that starts transfers.

    :param name: the name of the timer
    :param schedule: when it runs: a :class:`OnceTimerSchedule` or :class:`RecurringTimerSchedule`, or a dict of the
        same form
    :param body: what each run transfers: a :class:`TransferData`, or a dict of the same form. The timer has a copy
        without its submission id, because each run is a new task
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(self, *, name: Maybe[str] = MISSING, schedule: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        super().__init__()
        transfer = _check_mapping("body", body)
        self._set_given(
            {
                "timer_type": "transfer",
                **check_optional_texts(name=name),
                "schedule": _check_mapping("schedule", schedule),
                "body": GlobusPayload({key: value for key, value in transfer.items() if key not in _OF_ONE_SUBMISSION}),
            }
        )


class FlowTimer(GlobusPayload):
    """A timer that starts runs of a flow.

    :param flow_id: the id of the flow
    :param name: the name of the timer
    :param schedule: when it runs: a :class:`OnceTimerSchedule` or :class:`RecurringTimerSchedule`, or a dict of the
        same form
    :param body: how each run starts: ``{"body": input}`` with the flow's input, and other parameters of a run
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        *,
        flow_id: UUIDLike,
        name: Maybe[str] = MISSING,
        schedule: Mapping[str, Any],
        body: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self._set_given(
            {
                "timer_type": "flow",
                "flow_id": check_id("flow_id", flow_id),
                **check_optional_texts(name=name),
                "schedule": _check_mapping("schedule", schedule),
                "body": _check_mapping("body", body),
            }
        )


class TimerJob(GlobusPayload):
    """A timer that calls an action provider. For transfers and flows use :class:`TransferTimer` and :class:`FlowTimer`.

    :param callback_url: the URL of the action provider that each run calls
    :param callback_body: the document that it is sent
    :param start: when it runs first. Without a time zone it is UTC
    :param interval: the time from one run to the next, in seconds; ``None`` if it runs once
    :param name: the name of the timer
    :param stop_after: no run starts after this time
    :param stop_after_n: how often it runs
    :param scope: the scope of the token for the action provider, if Timers does not know it
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        callback_url: str,
        callback_body: Mapping[str, Any],
        start: DateLike,
        interval: Union[dt.timedelta, int, None],
        *,
        name: str | None = None,
        stop_after: Union[DateLike, None] = None,
        stop_after_n: int | None = None,
        scope: str | None = None,
    ) -> None:
        super().__init__()
        if isinstance(interval, dt.timedelta):
            interval = int(interval.total_seconds())
        self.update(
            {
                **check_optional_texts(callback_url=callback_url),
                "callback_body": _check_mapping("callback_body", callback_body),
                "start": _format_job_time("start", start),
                **check_optional_ints(interval=interval),
            }
        )
        optional = {
            **check_optional_texts(name=name, scope=scope),
            **check_optional_ints(stop_after_n=stop_after_n),
            "stop_after": None if stop_after is None else _format_job_time("stop_after", stop_after),
        }
        self.update({field: value for field, value in optional.items() if value is not None})


def _format_end(end: Any) -> Any:
    if end is None or end is MISSING:
        return end
    conditions = _check_mapping("end", end)
    return {
        key: _format_time("end", value) if isinstance(value, dt.datetime) else value
        for key, value in conditions.items()
    }


def _format_time(name: str, value: Any) -> Any:
    """A time of a schedule: ISO 8601, to the second, with a time zone."""
    if isinstance(value, dt.datetime):
        zoned = value.astimezone(dt.UTC) if value.tzinfo is None else value
        return zoned.isoformat(timespec="seconds")
    return value if value is None or value is MISSING else _check_time_text(name, value)


def _format_job_time(name: str, value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else _check_time_text(name, value)


def _check_time_text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise GlobusSDKUsageError(f"{name}: expected a datetime or text, got {value!r}")
    return value


def _check_mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise GlobusSDKUsageError(f"{name}: expected a mapping, got a {type(value).__name__}")
    return value
