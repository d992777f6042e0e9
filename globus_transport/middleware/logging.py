"""Tells a logger what was sent and what came back. No header value or body is logged, and no secret in a URL."""

from __future__ import annotations

import logging
import time

import attrs

from globus_transport.core.flow import Flow
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Logging:
    """Log every request that passes this place of the stack.

    Outside the retry layer that is a line for each call; inside, one for each attempt.

    :param logger: by default the one named ``globus_transport``
    :param level: for requests that were answered; failures are logged as warnings
    """

    logger: logging.Logger = attrs.field(factory=lambda: logging.getLogger("globus_transport"))
    level: int = logging.DEBUG

    def __call__(self, request: Request) -> Flow:
        started = time.perf_counter()
        try:
            response: Response = yield request
        except Exception as error:
            self.logger.warning(
                "%s %s -> %s after %.3f s (attempt %d)",
                request.method,
                request.url.redacted(),
                type(error).__name__,
                time.perf_counter() - started,
                request.attempt,
            )
            raise
        if self.logger.isEnabledFor(self.level):
            self.logger.log(
                self.level,
                "%s %s -> %d in %.3f s (attempt %d)",
                request.method,
                request.url.redacted(),
                response.status,
                time.perf_counter() - started,
                request.attempt,
            )
        return response

    def __str__(self) -> str:
        return f"to the logger {self.logger.name!r} at level {logging.getLevelName(self.level)}"
