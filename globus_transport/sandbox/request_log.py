"""The log of the requests that a sandbox received."""

from __future__ import annotations

import threading
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
    """

    service: str
    method: str
    path: str
    query: dict[str, list[str]] = attrs.field(repr=False)
    headers: Headers = attrs.field(repr=False)
    time: float
    status: int | None = None


class RequestLog:
    """Requests in the order of their arrival, without their bodies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._received: list[Received] = []

    def add(self, received: Received) -> None:
        """Append a request."""
        with self._lock:
            self._received.append(received)

    def clear(self) -> None:
        """Remove all requests."""
        with self._lock:
            self._received.clear()

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
            return iter(self._received.copy())

    def __len__(self) -> int:
        return len(self._received)

    @overload
    def __getitem__(self, index: int) -> Received: ...
    @overload
    def __getitem__(self, index: slice) -> list[Received]: ...
    def __getitem__(self, index: int | slice) -> Received | list[Received]:
        with self._lock:
            return self._received[index]

    def __repr__(self) -> str:
        return f"RequestLog({list(self)!r})"
