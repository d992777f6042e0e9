"""Calls in threads that do not keep the program from ending: a bounded number at a time.

The threads of ``concurrent.futures`` are waited for at the end of a program, however long they take, and one that
nobody needs any more still counts.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from globus_transport.core.daemon_thread import NoThreadError

T = TypeVar("T")


class DaemonThreads:
    """Makes each call in a thread of its own.

    :param most: the most calls at a time; further ones wait for their turn, in order
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._running: set[Future[Any]] = set()
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()

    def start(self, function: Callable[..., T], *args: Any) -> Future[T]:
        """Call a function with the context variables of the caller.

        :return: its result, or a ``NoThreadError``. While the call waits, it can be cancelled
        """
        future: Future[T] = Future()
        with self._lock:
            self._waiting.append((future, partial(copy_context().run, function, *args)))
        self._start_waiting()
        return future

    def give_up(self, future: Future[Any]) -> None:
        """Let the next call begin: nobody needs the result of this one, whose thread may take long to end."""
        with self._lock:
            self._running.discard(future)
        self._start_waiting()

    def _start_waiting(self) -> None:
        with self._lock:
            while self._waiting and len(self._running) < self._most:
                future, call = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    self._running.add(future)
                    self._start_thread(future, call)

    def _start_thread(self, future: Future[Any], call: Callable[[], Any]) -> None:
        thread = threading.Thread(target=self._run, args=(future, call), name="globus_transport", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._running.discard(future)
            future.set_exception(NoThreadError(error))

    def _run(self, future: Future[Any], call: Callable[[], Any]) -> None:
        try:
            result = call()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            self.give_up(future)
