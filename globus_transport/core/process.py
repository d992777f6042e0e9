"""What belongs to one process: locks, threads, connections. It is not pickled, and a forked child makes its own."""

from __future__ import annotations

import os
from typing import Any, ClassVar
from weakref import WeakSet


class PerProcess:
    """Base of objects that hold something that belongs to one process.

    A subclass makes it in :meth:`_make_process_state`, lists the attributes in ``_process_state``, and calls
    :meth:`_enter_process` at the end of its ``__init__``. Everything else is its recipe: a copy that is unpickled
    elsewhere, or made by ``copy``, has the same settings, and begins with new locks and no connections. So does the
    object itself in a forked child, where a thread that held a lock, or reads from a connection, does not exist.
    """

    #: Names of the attributes that :meth:`_make_process_state` sets.
    _process_state: ClassVar[tuple[str, ...]] = ()

    def _make_process_state(self) -> None:
        """Set every attribute that ``_process_state`` lists."""
        raise NotImplementedError

    def _enter_process(self) -> None:
        self._make_process_state()
        _objects.add(self)

    def _after_fork(self) -> None:
        """Called in a forked child. By default everything is made again."""
        self._make_process_state()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in self._process_state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._enter_process()


_objects: WeakSet[PerProcess] = WeakSet()


def _after_fork_in_child() -> None:
    for holder in list(_objects):
        holder._after_fork()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
