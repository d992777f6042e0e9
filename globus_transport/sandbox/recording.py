"""The log of the requests that reached a sandbox."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import overload

from werkzeug.datastructures import Headers


class ReceivedHeaders(Headers):
    """Request headers, looked up in any case; the repr has their names only, because some values are secrets."""

    def __repr__(self) -> str:
        return f"ReceivedHeaders({', '.join(self.keys())})"

    __str__ = __repr__


@dataclass(eq=False, slots=True)
class Received:
    """One request.

    ``service`` is ``auth`` or ``transfer``, ``path`` has no query and is not quoted, and ``time`` is the sandbox's, in
    seconds since 1970. ``status`` is None as long as there is no answer, and stays so if none was sent.
    """

    service: str
    method: str
    path: str
    query: dict[str, list[str]] = field(repr=False)
    headers: Headers = field(repr=False)
    time: float
    status: int | None = None


class RequestLog:
    """Requests in the order of their arrival. Bodies are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._received: list[Received] = []

    def add(self, received: Received) -> None:
        """Append a request."""
        with self._lock:
            self._received.append(received)

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._received.clear()

    def select(
        self, *, method: str | None = None, path: str | None = None, service: str | None = None
    ) -> list[Received]:
        """The requests that match everything given; ``path`` is a pattern such as ``/v0.10/task/*``."""
        return [
            one
            for one in self
            if (method is None or one.method == method.upper())
            and (path is None or fnmatchcase(one.path, path))
            and (service is None or one.service == service)
        ]

    def count(self, *, method: str | None = None, path: str | None = None, service: str | None = None) -> int:
        """How many requests match everything given, as for ``select``."""
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
