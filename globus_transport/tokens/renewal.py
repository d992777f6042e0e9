"""One renewal at a time, across threads, tasks and event loops of one process.

Whoever first finds a token stale leads the renewal; the others wait for the leader's future and use
what it brought. Should the leader be cancelled or die, the next one takes over.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from globus_transport.errors import GlobusError, GlobusTimeoutError, NetworkError
from globus_transport.flow import Run, Shield, Steps, Wait

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")


class _Abandoned(GlobusError):
    """The leader ended without an outcome. Never leaves this module."""


class Renewal(Generic[T]):
    """Renews a value, once for everyone who finds it stale at the same time.

    :param fetch: gets the new value's source; blocking. It is not called again before its answer is stored
    :param store: is given what ``fetch`` returned, before anyone uses it; may be a coroutine function
    :param adopt: makes the value from it
    """

    def __init__(
        self,
        fetch: Callable[[], Any],
        store: Callable[[Any], Any] | None,
        adopt: Callable[[Any], T],
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._adopt = adopt
        self._answer: Any = None
        self._start_over()

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._grant_lock = threading.Lock()
        self._leader: Future[T] | None = None
        self._process = os.getpid()

    def renewed(self, current: Callable[[], T | None], deadline: float | None) -> Steps[T]:
        """A fresh value.

        :param current: gives the value if it is fresh by now, else ``None``
        :param deadline: on ``time.monotonic()``'s clock, for waiting on someone else's renewal
        :raises GlobusTimeoutError: if the deadline passed while waiting
        """
        # Not at the top: most programs end before a token has to be renewed.
        from concurrent.futures import Future

        if self._process != os.getpid():
            # The threads that would have released these locks are in the parent.
            self._start_over()
        while True:
            with self._lock:
                value = current()
                if value is not None:
                    return value
                future = self._leader
                leading = future is None
                if future is None:
                    future = self._leader = Future()
                    # Running from birth: a waiter that gives up must not cancel it for all.
                    future.set_running_or_notify_cancel()
            if leading:
                fresh: T = yield from self._shielded(self._lead(future), future)
                return fresh
            try:
                fresh = yield Wait(future, None if deadline is None else max(0.0, deadline - time.monotonic()))
                return fresh
            except _Abandoned:
                continue
            except TimeoutError as error:
                if not future.done():
                    raise GlobusTimeoutError("the deadline passed while another call was renewing the token") from error
                # It ended just now, or the error is the renewal's own.
                failure = future.exception()
                if failure is not None and not isinstance(failure, _Abandoned):
                    raise failure from failure.__cause__

    def _shielded(self, lead: Steps[T], future: Future[T]) -> Steps[T]:
        import inspect

        try:
            fresh: T = yield Shield(lead)
            return fresh
        finally:
            if inspect.getgeneratorstate(lead) == inspect.GEN_CREATED:
                # The caller, or the task that should run it, was cancelled before it began.
                lead.close()
                self._leader = None
                future.set_exception(_Abandoned())

    def _lead(self, future: Future[T]) -> Steps[T]:
        try:
            answer = yield Run(self._fetch_once)
            if self._store is not None:
                yield Run(self._store, answer)
            value = self._adopt(answer)
            self._answer = None
        except BaseException as error:
            if isinstance(error, NetworkError):
                # Repeating the call would repeat the grant.
                error.final = True
            self._leader = None
            future.set_exception(error if isinstance(error, Exception) else _Abandoned())
            raise
        self._leader = None
        future.set_result(value)
        return value

    def _fetch_once(self) -> Any:
        # This may go on in a worker thread after its flow was cancelled. The next leader then waits
        # here and finds the answer: a second grant with the old refresh token would be a reuse of it.
        with self._grant_lock:
            if self._answer is None:
                self._answer = self._fetch()
            return self._answer
