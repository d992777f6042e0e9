"""The log of the requests that a sandbox received."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import overload

import attrs
from werkzeug.datastructures import Headers


class ReceivedHeaders(Headers):
    """Request headers. Names match in any case. The repr shows names only, because some values are secrets."""

    def __repr__(self) -> str:
        return f"ReceivedHeaders({', '.join(self.keys())})"

    __str__ = __repr__


@attrs.define(eq=False)
class Received:
    """A request that the sandbox received.

    :ivar service: its name: ``auth``, ``transfer``, ``groups`` and so on
    :ivar path: without the query, and with percent-encoding decoded
    :ivar time: of the sandbox's clock, in seconds since the epoch
    :ivar status: of the reply; ``None`` before the reply, or if the connection was closed without one
    :ivar number: of the request, counted from 1
    :ivar method: the HTTP method
    :ivar query: the values of each parameter
    :ivar headers: of the request
    """

    service: str
    method: str
    path: str
    query: dict[str, list[str]] = attrs.field(repr=False)
    headers: Headers = attrs.field(repr=False)
    time: float
    status: int | None = None
    number: int = attrs.field(default=0, init=False)


class RequestLog:
    """Requests in the order of their arrival, without their bodies. Of many, the last 10,000 are kept.

    :cvar LONGEST: how many requests are kept
    """

    LONGEST = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered = threading.Condition(self._lock)
        self._received: deque[Received] = deque(maxlen=self.LONGEST)
        self._in_order_of_answers: deque[Received] = deque(maxlen=self.LONGEST)
        self._arrived = 0
        self._answers = 0
        self._closed = False

    def add(self, received: Received) -> None:
        """Append a request."""
        with self._lock:
            self._arrived += 1
            received.number = self._arrived
            self._received.append(received)

    def answered(self, received: Received, status: int | None) -> None:
        """Note how a request was answered."""
        with self._lock:
            received.status = status
            self._in_order_of_answers.append(received)
            self._answers += 1
            self._answered.notify_all()

    def answers_since(self, seen: int) -> tuple[list[Received], int]:
        """The requests that were answered, in the order of their answers.

        :param seen: how many answers the caller has seen, which are left out
        :return: the requests, and how many answers the caller has seen with them
        """
        with self._lock:
            count = min(self._answers - seen, len(self._in_order_of_answers))
            return [self._in_order_of_answers[-back] for back in range(count, 0, -1)], self._answers

    def wait(self, seen: int, seconds: float) -> bool:
        """Wait until there are more answers than the caller has seen.

        :param seen: from :meth:`answers_since`
        :param seconds: at most
        :return: whether the sandbox still runs
        """
        with self._lock:
            self._answered.wait_for(lambda: self._closed or self._answers > seen, seconds)
            return not self._closed

    def close(self) -> None:
        """End all waiting."""
        with self._lock:
            self._closed = True
            self._answered.notify_all()

    def clear(self) -> None:
        """Remove all requests."""
        with self._lock:
            self._received.clear()
            self._in_order_of_answers.clear()

    def select(
        self, *, method: str | None = None, path: str | None = None, service: str | None = None
    ) -> list[Received]:
        """The requests that match all arguments.

        :param path: a pattern such as ``/v0.10/task/*``; ``*`` matches slashes too
        """
        return [
            request
            for request in self
            if (method is None or request.method == method.upper())
            and (path is None or fnmatchcase(request.path, path))
            and (service is None or request.service == service)
        ]

    def count(self, *, method: str | None = None, path: str | None = None, service: str | None = None) -> int:
        """The number of requests that :meth:`select` returns."""
        return len(self.select(method=method, path=path, service=service))

    def __iter__(self) -> Iterator[Received]:
        with self._lock:
            return iter(list(self._received))

    def __len__(self) -> int:
        return len(self._received)

    @overload
    def __getitem__(self, index: int) -> Received: ...
    @overload
    def __getitem__(self, index: slice) -> list[Received]: ...
    def __getitem__(self, index: int | slice) -> Received | list[Received]:
        with self._lock:
            return list(self._received)[index]

    def __repr__(self) -> str:
        return f"RequestLog({list(self)!r})"
