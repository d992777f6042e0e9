"""One renewal at a time, across threads, tasks and event loops of one process.

Whoever first finds a token stale leads the renewal: has it begun, and then waits for its future as the others do. It
needs no event loop to come to its end. Should it be given up before, the next one takes over.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import CoroutineType
from typing import Any, Generic, TypeVar

from globus_transport.core.flow import Run, Shield, Start, Steps, Wait
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusError, GlobusSDKUsageError, GlobusTimeoutError, NetworkError

T = TypeVar("T")


class _Abandoned(GlobusError):
    """The leader ended without an outcome. Never leaves this module."""


class SharedRenewal(PerProcess, Generic[T]):
    """Renews a value, once for everyone who finds it stale at the same time.

    :param fetch: gets the new value's source; blocking. It is not called again before its answer is stored
    :param store: gives the step that stores what ``fetch`` returned, before anyone uses it, if there is something to do
    :param adopt: makes the value from it
    :param store_awaits: whether that step is to be awaited, which the leader's event loop does
    """

    _process_state = ("_lock", "_grant_lock", "_leader")

    def __init__(
        self,
        fetch: Callable[[], Any],
        store: Callable[[Any], Run | None],
        adopt: Callable[[Any], T],
        store_awaits: Callable[[], bool],
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._adopt = adopt
        self._store_awaits = store_awaits
        self._answer: Any = None
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()
        self._grant_lock = threading.Lock()
        self._leader: Future[T] | None = None

    def renewed(self, current: Callable[[], T | None], deadline: float | None) -> Steps[T]:
        """A fresh value.

        :param current: gives the value if it is fresh by now, else ``None``
        :param deadline: on ``time.monotonic()``'s clock, for the wait. The renewal itself goes on after it: others wait
            for it, and its answer would be lost. Under threads, whoever leads it comes back when it is done
        :raises GlobusTimeoutError: if the deadline passed while waiting
        """
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
            if leading and self._store_awaits():
                yield from self._shielded(self._lead_in_the_loop(future), future)
            elif leading:
                yield from self._lead(future)
            try:
                fresh: T = yield Wait(future, None if deadline is None else max(0.0, deadline - time.monotonic()))
                return fresh
            except _Abandoned:
                continue
            except TimeoutError as error:
                if not future.done():
                    raise GlobusTimeoutError("the deadline passed while the token was being renewed") from error
                # It ended just now, or the error is the renewal's own.
                failure = future.exception()
                if failure is not None and not isinstance(failure, _Abandoned):
                    raise failure from failure.__cause__

    def _lead(self, future: Future[T]) -> Steps[None]:
        begun: list[bool] = []
        try:
            yield Start(self._renew, future, begun)
        except BaseException as error:
            if not begun:
                self._failed(future, error)
            raise

    def _renew(self, future: Future[T], begun: list[bool]) -> None:
        begun.append(True)
        try:
            answer = self._fetch_once()
            step = self._store(answer)
            if step is not None and isinstance(coroutine := step.function(*step.args), CoroutineType):
                coroutine.close()
                raise GlobusSDKUsageError(f"{step!r} returned a coroutine; give the coroutine function itself")
            self._done(future, answer)
        except BaseException as error:
            self._failed(future, error)
            if not isinstance(error, Exception):
                raise

    def _done(self, future: Future[T], answer: Any) -> None:
        value = self._adopt(answer)
        self._answer = self._leader = None
        future.set_result(value)

    def _failed(self, future: Future[T], error: BaseException) -> None:
        if isinstance(error, NetworkError):
            # Repeating the call would repeat the grant.
            error.final = True
        self._leader = None
        future.set_exception(error if isinstance(error, Exception) else _Abandoned())

    def _fetch_once(self) -> Any:
        # This may go on after its flow was cancelled. The next leader then waits here and finds the answer: a second
        # grant with the old refresh token would be a reuse of it.
        with self._grant_lock:
            if self._answer is None:
                self._answer = self._fetch()
            return self._answer

    def _lead_in_the_loop(self, future: Future[T]) -> Steps[None]:
        fetched: Future[Any] = Future()
        fetched.set_running_or_notify_cancel()
        try:
            yield Start(self._fetch_into, fetched)
            answer = yield Wait(fetched)
            step = self._store(answer)
            if step is not None:
                yield step
            self._done(future, answer)
        except BaseException as error:
            self._failed(future, error)
            if not isinstance(error, Exception):
                raise

    def _fetch_into(self, fetched: Future[Any]) -> None:
        try:
            fetched.set_result(self._fetch_once())
        except BaseException as error:
            fetched.set_exception(error)

    def _shielded(self, lead: Steps[None], future: Future[T]) -> Steps[None]:
        try:
            yield Shield(lead)
        finally:
            if inspect.getgeneratorstate(lead) == inspect.GEN_CREATED:
                # The caller, or the task that should run it, was cancelled before it began.
                lead.close()
                self._failed(future, _Abandoned())
