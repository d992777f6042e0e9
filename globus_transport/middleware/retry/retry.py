"""Sends a request again after a temporary failure, when that is safe. tenacity decides; the stack waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs

from globus_transport.core.attempts import Attempts
from globus_transport.core.events import Attempt, Waiting
from globus_transport.core.flow import Flow, Sleep, read_bounded
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.retry.advice import make_attempts
from globus_transport.middleware.retry.config import RetryConfig


class Retry:
    """Repeat a request after a network error or a transient status.

    A request is sent again only if that is safe: its method or its route allows repetition, or the failure proves that
    the server did not process it (no connection, 429, 503 with ``Retry-After``). A request whose body can be sent only
    once is never sent again.

    :param config: see :class:`RetryConfig`
    :param may_pass: whether the service considers a transient status temporary; ``False`` makes the response final. In
        the stack of a client it is by default that of the client's service
    """

    def __init__(self, config: RetryConfig | None = None, may_pass: Callable[[Response], bool] | None = None) -> None:
        self.config = RetryConfig() if config is None else config
        self.may_pass = may_pass

    def __call__(self, request: Request) -> Flow:
        started = time.monotonic()
        attempts: Attempts | None = None
        sent = started
        while True:
            outcome: Response | Exception
            try:
                response: Response = yield request
            except Exception as error:
                outcome = error
                if request.notify is not None:
                    _notify_attempt(request, error, sent)
            else:
                if request.notify is not None:
                    _notify_attempt(request, response, sent)
                if self._is_final(response):
                    return response
                if response.status >= 400:
                    response = yield from read_bounded(response)
                outcome = response
            if attempts is None:
                attempts = make_attempts(request, self.config, self.may_pass, started)
            pause = attempts.pause_after(outcome)
            if pause is None:
                if isinstance(outcome, Response):
                    return outcome
                try:
                    raise outcome
                finally:
                    # The traceback of the exception refers to this frame, which would make a reference cycle.
                    del outcome
            if isinstance(outcome, Response):
                yield from read_bounded(outcome, 0)
            if request.notify is not None:
                _notify_waiting(request, outcome, pause)
            yield Sleep(pause)
            request = attrs.evolve(request, attempt=request.attempt + 1)
            sent = time.monotonic()

    def _is_final(self, response: Response) -> bool:
        # Decided before the body is read, so that the layers above get a streamed body unread.
        config = self.config
        return config.retry is None and not config.checks and response.status not in config.transient_error_status_codes

    def __str__(self) -> str:
        config = self.config
        how_often = "as its stop object says" if config.stop else f"up to {config.max_retries} times"
        when = (
            "as its condition says"
            if config.retry
            else "after network errors and " + ", ".join(str(status) for status in config.transient_error_status_codes)
        )
        return f"{how_often}, {when}"


def _notify_attempt(request: Request, outcome: Response | Exception, sent: float) -> None:
    assert request.notify is not None
    request.notify(Attempt(request, outcome, time.monotonic() - sent))


def _notify_waiting(request: Request, outcome: Response | Exception, pause: float) -> None:
    assert request.notify is not None
    request.notify(Waiting(request, outcome, pause))
