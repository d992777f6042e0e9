"""tenacity as an adviser: it decides after each outcome, and the flow that asked does the waiting.

tenacity is imported here and nowhere else, and only when something has failed: it takes 15 ms to load.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from globus_transport.http.messages import Response

if TYPE_CHECKING:
    import tenacity

Wait = Callable[["tenacity.RetryCallState"], float]
Stop = Callable[["tenacity.RetryCallState"], bool]
Condition = Callable[["tenacity.RetryCallState"], bool]


class Attempts:
    """tenacity's decisions for one call.

    :param stop, wait, retry: tenacity's objects, or functions of a ``RetryCallState``
    :param started: when the first attempt began, on ``time.monotonic()``'s clock
    """

    def __init__(self, *, stop: Stop, wait: Wait, retry: Condition, started: float) -> None:
        import tenacity

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
        self._state = tenacity.RetryCallState(retrying, fn=None, args=(), kwargs={})
        self._state.start_time = started

    def pause_after(self, outcome: Response | Exception) -> float | None:
        """Seconds to wait before the next attempt, or ``None`` if the outcome stands.

        :raises Exception: whatever a stop, wait or retry object raises
        """
        import tenacity

        trace = None
        if isinstance(outcome, Exception):
            trace = outcome.__traceback__
            self._state.set_exception((type(outcome), outcome, trace))
        else:
            self._state.set_result(outcome)
        try:
            decision = self._retrying.iter(self._state)
        except Exception as error:
            if error is outcome:
                # Without tenacity's own frames.
                error.__traceback__ = trace
                return None
            raise
        if not isinstance(decision, tenacity.DoSleep):
            return None
        self._state.prepare_for_next_attempt()
        return float(decision)


def _last_outcome(state: tenacity.RetryCallState) -> Any:
    assert state.outcome is not None
    return state.outcome.result()


def once_more_on(status: int) -> Attempts:
    """Advice to repeat a request once, without waiting, if the response has this status."""
    import tenacity

    return Attempts(
        stop=tenacity.stop_after_attempt(2),
        wait=tenacity.wait_none(),
        retry=tenacity.retry_if_result(lambda response: response.status == status),
        started=time.monotonic(),
    )


def stop_after(attempts: int) -> Stop:
    """Stop after so many attempts."""
    import tenacity

    return tenacity.stop_after_attempt(attempts)


def full_jitter(longest: float) -> Wait:
    """Wait a random time between 0 and 0.5 s, then 1 s, 2 s and so on, up to ``longest`` seconds."""
    import tenacity

    return tenacity.wait_random_exponential(multiplier=0.5, max=longest)
