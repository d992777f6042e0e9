"""State that a layer keeps for each origin: made for the first request, and dropped when there are too many origins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_MAX_ORIGINS = 256


class ByOrigin(Generic[T]):
    """The state of each origin, and the lock that guards all of them.

    :param make: makes the state of a new origin
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._states: dict[str, T] = {}
        self.lock = threading.Lock()

    def get(self, origin: str) -> T:
        """Get the state of an origin; make it if there is none."""
        state = self._states.get(origin)
        if state is None:
            with self.lock:
                if len(self._states) >= _MAX_ORIGINS:
                    # Requests that already hold the dropped state continue with it.
                    self._states.pop(next(iter(self._states)))
                state = self._states.setdefault(origin, self._make())
        return state
