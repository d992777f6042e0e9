"""Faults that a test injects into the sandbox's replies."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

import attrs

FaultBody = str | bytes | Mapping[str, Any]


@attrs.define
class Fault:
    """A fault and the requests that it affects.

    The other fields are the parameters of ``Sandbox.faults.add``.

    :ivar times: how many more requests the fault affects; ``None`` for all
    """

    status: int | None
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: FaultBody | None = attrs.field(repr=False)
    method: str | None
    path: str
    service: str | None
    times: int | None
    when: Literal["before", "after"]
    drop: bool
    delay: float
    retry_date: float | None

    def matches(self, service: str, method: str, path: str) -> bool:
        """Whether the fault affects a request."""
        return (
            self.times != 0
            and self.service in (None, service)
            and self.method in (None, method)
            and fnmatchcase(path, self.path)
        )


class Faults:
    """The faults of one sandbox. The first fault that matches a request affects it."""

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
        service: str | None = None,
        times: int | None = 1,
        when: Literal["before", "after"] = "before",
        drop: bool = False,
        delay: float = 0.0,
        retry_date: float | None = None,
    ) -> Fault:
        """Inject a fault into the replies to matching requests.

        :param status: the status of the reply that replaces the real one, from 200 to 599
        :param headers: headers of that reply, such as ``Retry-After``
        :param body: body of that reply; a mapping is sent as JSON, ``None`` as the service's own error document
        :param method: only requests with this method
        :param path: only requests whose path matches this pattern (``*`` matches slashes too)
        :param service: only requests to this service: ``auth``, ``transfer``, ``groups`` and so on
        :param times: how many requests are affected; ``None`` for all until :meth:`clear`
        :param when: with ``before`` the request is not carried out; with ``after`` it is, and only its reply is lost
        :param drop: close the connection without a reply
        :param delay: seconds to wait before that; without ``status`` and ``drop``, the real reply is only late
        :param retry_date: send ``Retry-After`` as a date this many seconds after the sandbox's time of the reply
        :raises ValueError: if none of ``status``, ``drop`` and ``delay`` is given, if both ``status`` and ``drop`` are,
            or if ``status`` is out of range
        """
        if status is not None and not 200 <= status <= 599:
            raise ValueError(f"status={status}: give a number from 200 to 599")
        if (status is not None) + drop > 1 or (status is None and not drop and not delay):
            raise ValueError("A fault needs a status, drop=True or a delay; status and drop exclude each other")
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
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """The fault that affects a request, and count it down; ``None`` if there is none."""
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
