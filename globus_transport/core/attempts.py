"""tenacity as an adviser: it decides after each outcome, and the flow that asked does the waiting.

Whoever needs it imports it after a failure: a program in which nothing fails does not load tenacity.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import tenacity
from tenacity import DoSleep, RetryCallState, retry_if_result, stop_after_attempt, wait_none

from globus_transport.http.messages import Response

Wait = Callable[[RetryCallState], float]
Stop = Callable[[RetryCallState], bool]
Condition = Callable[[RetryCallState], bool]


class Attempts:
    """One call's conversation with tenacity.

    :param stop, wait, retry: tenacity's objects, or functions of a ``RetryCallState``
    :param started: when the first attempt began, on ``time.monotonic()``'s clock
    """

    def __init__(self, *, stop: Stop, wait: Wait, retry: Condition, started: float) -> None:
        retrying: Any = tenacity.Retrying(
            stop=stop,
            wait=wait,
            retry=retry,
            # Otherwise results that stay bad would be wrapped into a RetryError.
            retry_error_callback=_last_outcome,
        )
        # tenacity keeps its state for each thread, but a call may go on in another thread.
        retrying._local = SimpleNamespace()
        retrying.begin()
        self._retrying: tenacity.Retrying = retrying
        self._state = RetryCallState(retrying, fn=None, args=(), kwargs={})
        self._state.start_time = started

    def pause_after(self, outcome: Response | Exception) -> float | None:
        """Seconds to wait before the next attempt, or ``None`` if the outcome stands.

        :raises Exception: whatever a stop, wait or retry object raises
        """
        if isinstance(outcome, Exception):
            self._state.set_exception((type(outcome), outcome, outcome.__traceback__))
        else:
            self._state.set_result(outcome)
        try:
            decision = self._retrying.iter(self._state)
        except Exception as error:
            if error is outcome:
                return None
            raise
        if not isinstance(decision, DoSleep):
            return None
        self._state.prepare_for_next_attempt()
        return float(decision)


def _last_outcome(state: RetryCallState) -> Any:
    assert state.outcome is not None
    return state.outcome.result()


def once_more_on(status: int) -> Attempts:
    """Advice to repeat a request once, without waiting, if the answer has this status."""
    return Attempts(
        stop=stop_after_attempt(2),
        wait=wait_none(),
        retry=retry_if_result(lambda response: response.status == status),
        started=time.monotonic(),
    )
