"""Faults that a test injects into the sandbox's replies."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import translate
from types import TracebackType
from typing import Any, Literal, Self

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.routing.table import Declared
from globus_transport.sandbox.clock import MAX_SECONDS, check_seconds
from globus_transport.sandbox.json_bodies import check_text
from globus_transport.sandbox.route_names import TABLES, find_routes, path_pattern

FaultBody = str | bytes | Mapping[str, Any]


@attrs.define(eq=False)
class Fault:
    """A fault and the requests that it affects. As a context manager it ends with the block.

    The other fields are the parameters of ``Sandbox.faults.add``.

    :ivar times: how many more requests the fault affects; ``None`` for all
    :ivar met: how many requests it has affected
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
    body_delay: float
    cut_body: int | None
    content_type: str | None
    probability: float
    met: int = attrs.field(default=0, init=False)
    _requests: Sequence[tuple[str | None, re.Pattern[str]]] = attrs.field(repr=False)
    _random: random.Random = attrs.field(repr=False)
    _faults: Faults = attrs.field(repr=False)

    def matches(self, service: str, method: str, path: str) -> bool:
        """Whether the fault is for such a request.

        :param service: the service of a request
        :param method: the method of a request
        :param path: the path of a request
        """
        return (
            self.times != 0
            and self.service in (None, service)
            and any(
                wanted in (None, method) and pattern.fullmatch(path) is not None for wanted, pattern in self._requests
            )
        )

    def happens(self) -> bool:
        """Whether the fault affects this one of the requests that it is for. Counts those that it does."""
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        self.met += 1
        return True

    @property
    def is_pending(self) -> bool:
        """Whether a request is missing that the fault was set for."""
        return self.met == 0 if self.times is None else self.times > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._faults.remove(self)


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
        route: str | Declared | None = None,
        times: int | None = 1,
        probability: float = 1.0,
        seed: int | None = None,
        when: Literal["before", "after"] = "before",
        drop: bool = False,
        delay: float = 0.0,
        retry_date: float | None = None,
        body_delay: float = 0.0,
        cut_body: int | None = None,
        content_type: str | None = None,
    ) -> Fault:
        """Inject a fault into the replies to matching requests.

        ``with globus.faults.add(503, route=TransferClient.get_task, times=None):`` ends it with the block.

        :param status: the status of the reply that replaces the real one, from 200 to 599
        :param headers: headers of that reply, such as ``Retry-After``
        :param body: body of that reply; a mapping is sent as JSON, ``None`` as the service's own error document
        :param method: only requests with this method
        :param path: only requests whose path matches this pattern (``*`` matches slashes too)
        :param service: only requests to this service: ``auth``, ``transfer``, ``groups`` and so on
        :param route: only requests of this route, instead of a method, a path and a service:
            ``TransferClient.get_task`` or ``"transfer.get_task"``
        :param times: how many requests are affected; ``None`` for all until :meth:`clear`
        :param probability: of the fault for each matching request, above 0 and at most 1
        :param seed: of the random numbers for that, so that a run can be repeated
        :param when: with ``before`` the request is not carried out; with ``after`` it is, and only its reply is lost
        :param drop: close the connection without a reply
        :param delay: seconds to wait before that; without any other effect, the real reply is only late
        :param retry_date: send ``Retry-After`` as a date this many seconds after the sandbox's time of the reply
        :param body_delay: seconds between the pieces of the reply's body, which is sent in up to ten
        :param cut_body: close the connection after this many bytes of the reply's body
        :param content_type: the Content-Type of the reply, whatever its body is
        :raises ValueError: if the fault has no effect, or effects that exclude each other; or if a number is out of
            range, a header or the body cannot be sent, or a route or service is unknown
        """
        changes_body = body_delay > 0 or cut_body is not None or content_type is not None
        if status is not None and not 200 <= status <= 599:
            raise ValueError(f"status={status}: give a number from 200 to 599")
        if status is None and not drop and not delay and not changes_body:
            raise ValueError("A fault needs a status, drop=True, a delay, body_delay, cut_body or a content_type")
        if drop and (status is not None or changes_body):
            raise ValueError("drop=True leaves no reply, so that nothing else of one can be given")
        if times is not None and times < 1:
            raise ValueError(f"times={times}: give a number of requests greater than 0, or None for all")
        check_seconds("delay", delay)
        check_seconds("body_delay", body_delay)
        if retry_date is not None and not abs(retry_date) <= MAX_SECONDS:
            raise ValueError(f"retry_date={retry_date}: give at most {MAX_SECONDS} seconds, before or after the reply")
        try:
            Headers({**(headers or {}), "Content-Type": content_type or ""})
        except GlobusSDKUsageError as error:
            raise ValueError(f"headers or content_type: {error}") from error
        if isinstance(body, str):
            check_text("body", body)
        if not 0 < probability <= 1:
            raise ValueError(f"probability={probability}: give a number above 0 and at most 1")
        if cut_body is not None and cut_body < 0:
            raise ValueError(f"cut_body={cut_body}: give a number of bytes")
        if service is not None and service not in TABLES:
            raise ValueError(f"service={service!r}: there are {', '.join(TABLES)}")
        method = method.upper() if method else None
        requests = [(method, re.compile(translate(path)))]
        if route is not None:
            if method is not None or path != "*" or service is not None:
                raise ValueError("route= stands for a method, a path and a service; give it alone")
            service, routes = find_routes(route)
            method, path = routes[0].method, routes[0].path
            requests = [(found.method, path_pattern(found, service)) for found in routes]
        fault = Fault(
            status,
            headers or {},
            body,
            method,
            path,
            service,
            times,
            when,
            drop,
            delay,
            retry_date,
            body_delay,
            cut_body,
            content_type,
            probability,
            requests,
            random.Random(seed),
            self,
        )
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def remove(self, fault: Fault) -> None:
        """Remove a fault, if it is still there."""
        with self._lock:
            self._faults = [other for other in self._faults if other is not fault]

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """The fault that affects a request, and count it down; ``None`` if there is none."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(service, method, path) and fault.happens():
                    return fault
        return None

    def pending(self) -> list[Fault]:
        """The faults for which requests are missing: fewer came than ``times`` says, or none at all."""
        with self._lock:
            return [fault for fault in self._faults if fault.is_pending]

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(self._faults.copy())

    def __len__(self) -> int:
        with self._lock:
            return sum(fault.times != 0 for fault in self._faults)


def check_all_met(pending: Sequence[object]) -> None:
    """Check that no fault is left.

    :param pending: the faults that no request has met, each with a text that describes it
    :raises AssertionError: if there are any; the message lists them
    """
    if pending:
        were = "faults were" if len(pending) > 1 else "fault was"
        raise AssertionError("\n".join([f"{len(pending)} {were} not met: {pending[0]}", *map(str, pending[1:])]))
