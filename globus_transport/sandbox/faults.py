"""Failures on purpose."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeAlias

FaultBody: TypeAlias = str | bytes | Mapping[str, Any]


@dataclass(slots=True)
class Fault:
    """What goes wrong with the requests that match. ``times`` counts down; None is for ever."""

    status: int | None
    headers: Mapping[str, str] = field(repr=False)
    body: FaultBody | None = field(repr=False)
    method: str | None
    path: str
    service: str | None
    times: int | None
    when: Literal["before", "after"]
    drop: bool
    delay: float
    retry_date: float | None

    def matches(self, service: str, method: str, path: str) -> bool:
        """Whether a request meets this fault."""
        return (
            self.times != 0
            and self.service in (None, service)
            and self.method in (None, method)
            and fnmatchcase(path, self.path)
        )


class Faults:
    """The faults that are still to happen. The first that matches a request happens to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        status: int | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: FaultBody | None = None,
        method: str | None = None,
        path: str = "*",
        service: Literal["auth", "transfer"] | None = None,
        times: int | None = 1,
        when: Literal["before", "after"] = "before",
        drop: bool = False,
        delay: float = 0.0,
        retry_date: float | None = None,
    ) -> Fault:
        """Let matching requests fail.

        :param status: Answer with this status instead.
        :param headers: Headers of that answer, such as ``Retry-After``.
        :param body: Body of that answer: a mapping goes out as JSON; None is an error document of the service.
        :param method: Only requests with this method.
        :param path: Only requests whose path matches this pattern (``*`` matches slashes too).
        :param service: Only requests to this service.
        :param times: How many requests fail; None for all until ``clear``.
        :param when: ``before`` fails at once; ``after`` first carries the request out, so that only its answer is lost.
        :param drop: Close the connection without an answer.
        :param delay: Seconds to wait before failing; with neither status nor drop the request is only slow.
        :param retry_date: Send ``Retry-After`` as a date, so many seconds after the sandbox's time at the failure.
        :raises ValueError: Nothing would go wrong, or ``status`` and ``drop`` are both given, or it is no final status.
        """
        if status is not None and not 200 <= status <= 599:
            raise ValueError("A status is a number from 200 to 599")
        if (status is not None) + drop > 1 or (status is None and not drop and not delay):
            raise ValueError("A fault needs a status, or drop, or a delay, and not both a status and drop")
        fault = Fault(
            status,
            headers or {},
            body,
            method.upper() if method else None,
            path,
            service,
            times,
            when,
            drop,
            delay,
            retry_date,
        )
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            self._faults.clear()

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """The fault that a request meets, which is then one closer to its end."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(service, method, path):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def __len__(self) -> int:
        with self._lock:
            return sum(fault.times != 0 for fault in self._faults)
