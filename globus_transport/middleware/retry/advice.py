"""Decides whether a request is sent again after a failure, and when: the conditions for tenacity, and what is safe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from globus_transport.core.attempts import Attempts, full_jitter, stop_after
from globus_transport.exc.base import NetworkError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware import retry
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry_after import retry_after

if TYPE_CHECKING:
    import tenacity

    from globus_transport.middleware.retry.checks import RetryContext


def make_attempts(
    request: Request, config: RetryConfig, may_pass: Callable[[Response], bool] | None, started: float
) -> Attempts:
    """Make tenacity's state for one call that has failed.

    :param may_pass: whether the service considers a transient status temporary; ``None`` if it always does
    :param started: when the first attempt began, on ``time.monotonic()``'s clock
    """
    stop = config.stop or stop_after(config.max_retries + 1)
    checks = _Checks(config)
    wait = config.wait or checks.wait

    def is_transient(state: tenacity.RetryCallState) -> bool:
        assert state.outcome is not None
        if state.outcome.failed:
            return isinstance(state.outcome.exception(), NetworkError)
        response: Response = state.outcome.result()
        if response.status in config.transient_error_status_codes:
            return may_pass is None or may_pass(response)
        return _is_safe(request, state) and checks.should_retry(state)

    should_retry = config.retry or is_transient

    def should_stop(state: tenacity.RetryCallState) -> bool:
        if stop(state) or _requested_wait(state) > config.max_retry_after:
            return True
        if request.deadline is not None and time.monotonic() + state.upcoming_sleep >= request.deadline:
            return True
        return config.budget is not None and not config.budget.take()

    return Attempts(
        stop=should_stop,
        wait=lambda state: max(wait(state), _requested_wait(state)),
        retry=lambda state: should_retry(state) and _is_safe(request, state),
        started=started,
    )


class _Checks:
    """The checks of one call, and the pauses that they, or ``backoff``, ask for."""

    def __init__(self, config: RetryConfig) -> None:
        self._config = config
        self._runner = retry.checks.RetryCheckRunner(config.checks)
        self._full_jitter = full_jitter(config.max_sleep)
        self._context: RetryContext | None = None

    def should_retry(self, state: tenacity.RetryCallState) -> bool:
        """Whether a check asks for another attempt."""
        self._context = self._context_of(state)
        return self._runner.should_retry(self._context)

    def wait(self, state: tenacity.RetryCallState) -> float:
        """The pause before the next attempt, in seconds."""
        context, self._context = self._context or self._context_of(state), None
        if context.backoff is not None:
            return min(context.backoff, self._config.max_sleep)
        if self._config.backoff is not None:
            return min(self._config.backoff(context), self._config.max_sleep)
        return self._full_jitter(state)

    def _context_of(self, state: tenacity.RetryCallState) -> RetryContext:
        assert state.outcome is not None
        caller = retry.checks.RequestCallerInfo(self._config)
        attempt = state.attempt_number - 1
        error = state.outcome.exception()
        if isinstance(error, Exception):
            return retry.checks.RetryContext(attempt, caller_info=caller, exception=error)
        response = retry.checks.CheckedResponse(state.outcome.result())
        return retry.checks.RetryContext(attempt, caller_info=caller, response=response)


def _requested_wait(state: tenacity.RetryCallState) -> float:
    assert state.outcome is not None
    if state.outcome.failed:
        return 0.0
    return retry_after(state.outcome.result()) or 0.0


def _is_safe(request: Request, state: tenacity.RetryCallState) -> bool:
    assert state.outcome is not None
    error = state.outcome.exception() if state.outcome.failed else None
    if not request.can_replay or (isinstance(error, NetworkError) and error.final):
        return False
    if error is not None:
        return request.may_repeat or (isinstance(error, NetworkError) and not error.request_began)
    response: Response = state.outcome.result()
    if response.status == 504 and request.only_if_cached:
        # No cache has it, nor will have it soon.
        return False
    if request.may_repeat:
        return True
    return response.status == 429 or (response.status == 503 and retry_after(response) is not None)
