"""Something for each origin: made when the origin is first met, and dropped again when there are too many."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 256


class ByOrigin(Generic[T]):
    """State for each origin, with the lock that guards it.

    :param make: makes the state of an origin
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._states: dict[str, T] = {}
        self.lock = threading.Lock()

    def get(self, origin: str) -> T:
        """The state of an origin."""
        state = self._states.get(origin)
        if state is None:
            with self.lock:
                if len(self._states) >= _MOST:
                    # Those that have it already go on with it.
                    self._states.pop(next(iter(self._states)))
                state = self._states.setdefault(origin, self._make())
        return state
