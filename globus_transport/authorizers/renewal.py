"""One renewal at a time, across the threads, tasks and event loops of one process.

The first caller that finds a token stale leads the renewal: it starts it, and then waits for its future as the other
callers do. The renewal needs no event loop to finish. If the leader ends before the renewal starts, for example because
its task is cancelled, the next caller leads.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from types import CoroutineType
from typing import Any, Generic, TypeVar

from globus_transport.core.flow import Run, Shield, Start, Steps, Wait
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusError, GlobusSDKUsageError, GlobusTimeoutError, NetworkError

T = TypeVar("T")


class _AbandonedError(GlobusError):
    """The leader ended without an outcome. Never leaves this module."""


class SharedRenewal(PerProcess, Generic[T]):
    """Renews a value, once for all callers that find it stale at the same time.

    :param fetch: gets an answer with the new value; blocking. It is not called again before its answer is stored
    :param store: returns the step that stores an answer before the value is used, or ``None`` if nothing is to be done
    :param adopt: makes the value from an answer
    :param store_awaits: whether the step returns a coroutine, which the leader's event loop then awaits
    """

    _process_state = ("_lock", "_grant_lock", "_in_flight")

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
        self._in_flight: Future[T] | None = None

    def get_fresh(self, get_current: Callable[[], T | None], deadline: float | None) -> Steps[T]:
        """Get a fresh value: the current one, or that of a renewal.

        :param get_current: returns the current value, or ``None`` if it is stale
        :param deadline: for the wait, on ``time.monotonic()``'s clock. The renewal goes on after it, because other
            callers wait for it and its answer would be lost. Under threads the leader returns when the renewal is done
        :raises GlobusTimeoutError: if the deadline passes during the wait
        """
        while True:
            with self._lock:
                value = get_current()
                if value is not None:
                    return value
                future = self._in_flight
                is_leader = future is None
                if future is None:
                    future = self._in_flight = Future()
                    # A running future cannot be cancelled by one waiter that gives up.
                    future.set_running_or_notify_cancel()
            if is_leader and self._store_awaits():
                yield from self._shield(self._lead_in_event_loop(future), future)
            elif is_leader:
                yield from self._lead(future)
            try:
                fresh: T = yield Wait(future, None if deadline is None else max(0.0, deadline - time.monotonic()))
                return fresh
            except _AbandonedError:
                continue
            except TimeoutError as error:
                if not future.done():
                    message = "the deadline passed while the token was being renewed"
                    raise GlobusTimeoutError(message, request_began=False) from error
                # The renewal ended at the last moment, or the TimeoutError is its own.
                failure = future.exception()
                if failure is not None and not isinstance(failure, _AbandonedError):
                    raise failure from failure.__cause__

    def _lead(self, future: Future[T]) -> Steps[None]:
        started = threading.Event()
        try:
            yield Start(self._renew, future, started)
        except BaseException as error:
            if not started.is_set():
                self._fail(future, error)
            raise

    def _renew(self, future: Future[T], started: threading.Event) -> None:
        started.set()
        fetched: Future[Any] = Future()
        try:
            # Apart from this thread, which a signal handler, Ctrl-C or gevent may interrupt: the server has replaced
            # the refresh token by then, and its answer must not be lost. Not a daemon, so that a program waits for it.
            threading.Thread(target=copy_context().run, args=(self._fetch_into, fetched), name="token grant").start()
            answer = fetched.result()
        except BaseException as error:
            if not (fetched.done() and fetched.exception() is error):
                self._fail(future, _AbandonedError())
                fetched.add_done_callback(self._store_late)
                raise
            self._fail(future, error)
            if not isinstance(error, Exception):
                raise
            return
        try:
            self._store_here(answer)
            self._succeed(future, answer)
        except BaseException as error:
            self._fail(future, error)
            if not isinstance(error, Exception):
                raise

    def _store_here(self, answer: Any) -> None:
        step = self._store(answer)
        if step is not None and isinstance(coroutine := step.function(*step.args), CoroutineType):
            coroutine.close()
            raise GlobusSDKUsageError(f"{step!r} returned a coroutine; give the coroutine function itself")

    def _store_late(self, fetched: Future[Any]) -> None:
        """Store the answer that a leader did not wait for, unless another one leads by now."""
        with self._lock:
            if fetched.exception() is not None or self._in_flight is not None or self._answer is not fetched.result():
                return
        try:
            self._store_here(self._answer)
        except Exception:
            # The answer is kept: the next caller stores it, or gets the exception.
            return
        self._adopt(self._answer)
        self._answer = None

    def _succeed(self, future: Future[T], answer: Any) -> None:
        value = self._adopt(answer)
        self._answer = self._in_flight = None
        future.set_result(value)

    def _fail(self, future: Future[T], error: BaseException) -> None:
        if isinstance(error, NetworkError):
            # If the retry layer repeated the call, it would repeat the grant.
            error.final = True
        self._in_flight = None
        future.set_exception(error if isinstance(error, Exception) else _AbandonedError())

    def _fetch_once(self) -> Any:
        # The fetch may go on after its flow was cancelled. The next leader then waits for this lock and finds the
        # answer. A second grant with the old refresh token would count as reuse of that token.
        with self._grant_lock:
            if self._answer is None:
                self._answer = self._fetch()
            return self._answer

    def _lead_in_event_loop(self, future: Future[T]) -> Steps[None]:
        fetched: Future[Any] = Future()
        fetched.set_running_or_notify_cancel()
        try:
            yield Start(self._fetch_into, fetched)
            answer = yield Wait(fetched)
            step = self._store(answer)
            if step is not None:
                yield step
            self._succeed(future, answer)
        except BaseException as error:
            self._fail(future, error)
            if not isinstance(error, Exception):
                raise

    def _fetch_into(self, fetched: Future[Any]) -> None:
        try:
            fetched.set_result(self._fetch_once())
        except BaseException as error:
            fetched.set_exception(error)

    def _shield(self, lead: Steps[None], future: Future[T]) -> Steps[None]:
        try:
            yield Shield(lead)
        finally:
            if inspect.getgeneratorstate(lead) == inspect.GEN_CREATED:
                # The caller, or the task that runs the shielded flow, was cancelled before the flow began.
                lead.close()
                self._fail(future, _AbandonedError())
