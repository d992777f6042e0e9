"""Objects that hold what belongs to one process: their copies and their forked children make their own."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import threading
import weakref
from collections.abc import Callable

import pytest

from globus_transport.core.process import PerProcess


class Counter(PerProcess):
    """Counts with a lock."""

    _process_state = ("_lock", "count")

    def __init__(self, step: int) -> None:
        self.step = step
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self) -> int:
        with self._lock:
            self.count += self.step
            return self.count


@pytest.mark.parametrize("make_copy", [copy.copy, copy.deepcopy, lambda counter: pickle.loads(pickle.dumps(counter))])
def test_a_copy_has_the_settings_and_its_own_state(make_copy: Callable[[Counter], Counter]) -> None:
    counter = Counter(2)
    counter.add()
    other = make_copy(counter)
    assert (other.step, other.count) == (2, 0)
    with counter._lock:
        assert other.add() == 2


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_does_not_wait_for_a_lock_of_its_parent() -> None:
    counter = Counter(1)
    counter.add()
    with counter._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if counter.add() == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert counter.add() == 2


def test_it_is_forgotten_with_its_last_reference() -> None:
    counter = Counter(1)
    reference = weakref.ref(counter)
    del counter
    gc.collect()
    assert reference() is None
