"""Sends a request again after a failure that may pass, when that is safe. tenacity decides; the stack waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs

from globus_transport.core.attempts import Attempts
from globus_transport.core.events import Attempt, Waiting
from globus_transport.core.flow import Flow, Sleep, read_bounded
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.retry.advice import advice_on
from globus_transport.middleware.retry.config import RetryConfig


def _always(_response: Response) -> bool:
    return True


class Retry:
    """Repeat a request after a network error or a transient status.

    It is sent again only if that is safe: by its method or its route it may be done twice, or the
    failure proves that the server never began (no connection, 429, 503 with ``Retry-After``). A body
    that can be sent once only is never sent again.

    :param config: see :class:`RetryConfig`
    :param may_pass: the service's say on a transient status; ``False`` makes it final
    """

    def __init__(self, config: RetryConfig | None = None, may_pass: Callable[[Response], bool] = _always) -> None:
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
                    _tell_attempt(request, error, sent)
            else:
                if request.notify is not None:
                    _tell_attempt(request, response, sent)
                if self._stands(response):
                    return response
                if response.status >= 400:
                    response = yield from read_bounded(response)
                outcome = response
            if attempts is None:
                attempts = advice_on(request, self.config, self.may_pass, started)
            pause = attempts.pause_after(outcome)
            if pause is None:
                if isinstance(outcome, Response):
                    return outcome
                try:
                    raise outcome
                finally:
                    del outcome  # its traceback holds this frame
            if isinstance(outcome, Response):
                yield from read_bounded(outcome, 0)
            if request.notify is not None:
                _tell_waiting(request, outcome, pause)
            yield Sleep(pause)
            request = attrs.evolve(request, attempt=request.attempt + 1)
            sent = time.monotonic()

    def _stands(self, response: Response) -> bool:
        # Then its body stays on the wire, whatever the layers above make of it.
        return self.config.retry is None and response.status not in self.config.transient_error_status_codes

    def __str__(self) -> str:
        config = self.config
        often = "as its stop object says" if config.stop else f"up to {config.max_retries} times"
        when = (
            "as its condition says"
            if config.retry
            else "after network errors and " + ", ".join(str(status) for status in config.transient_error_status_codes)
        )
        return f"{often}, {when}"


def _tell_attempt(request: Request, outcome: Response | Exception, sent: float) -> None:
    assert request.notify is not None
    request.notify(Attempt(request, outcome, time.monotonic() - sent))


def _tell_waiting(request: Request, outcome: Response | Exception, pause: float) -> None:
    assert request.notify is not None
    request.notify(Waiting(request, outcome, pause))
