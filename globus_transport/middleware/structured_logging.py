"""Logs requests with their facts as fields of the record. No header value or body is logged, and no secret in a URL.

A record has these attributes, which a JSON formatter writes as members:

- ``event``: one of the names below;
- ``http_method``, ``http_url`` (credentials hidden), ``http_route`` (the operation, or ``None``);
- ``http_status`` (``None`` if there was no response) and ``http_error`` (the exception's class, or ``None``);
- ``http_seconds``, and ``http_attempt``: the number of the attempt that was answered, counted from 1. Above the
  ``retry`` layer it is 1 for a call that ended with an exception;
- ``http_request_id``: the service's identifier of the request, or ``None``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Final

from globus_transport.core.flow import Flow
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.redaction import Redaction

#: The status is below 400.
ANSWERED: Final = "http.call.answered"
#: The status is 400 or above, whether a layer below raised an exception for it or not.
REFUSED: Final = "http.call.refused"
#: There is no response: a network error, or any other exception of a layer below.
FAILED: Final = "http.call.failed"
#: The caller stopped waiting: its task was cancelled, or the program ends.
ABANDONED: Final = "http.call.abandoned"

LEVELS: Final[Mapping[str, int]] = {
    ANSWERED: logging.DEBUG,
    REFUSED: logging.WARNING,
    FAILED: logging.WARNING,
    ABANDONED: logging.INFO,
}


class StructuredLogging:
    """Log one record for each request that passes this layer, with its facts as fields.

    The message is one readable line, so that a plain formatter prints it too. The fields are listed in
    :mod:`globus_transport.middleware.structured_logging`. On top of the stack there is a record for each call, below
    the retry layer one for each attempt.

    :param logger: by default the one named ``globus_transport``
    :param levels: levels that replace those of :data:`LEVELS`, by event: ``{REFUSED: logging.ERROR}``
    :param request_id_header: the response header that holds the service's identifier of the request
    :raises GlobusSDKUsageError: if ``levels`` has an unknown event, or a level that is not an integer
    """

    def __init__(
        self,
        logger: logging.Logger | None = None,
        *,
        levels: Mapping[str, int] | None = None,
        request_id_header: str = "X-Request-ID",
    ) -> None:
        for event, level in (levels or {}).items():
            if event not in LEVELS:
                raise GlobusSDKUsageError(f"levels={{{event!r}: ...}} is no event; the events are: {', '.join(LEVELS)}")
            if not isinstance(level, int) or isinstance(level, bool):
                raise GlobusSDKUsageError(
                    f"levels={{{event!r}: {level!r}}}: give a number of the logging module, such as logging.INFO"
                )
        self.logger = logging.getLogger("globus_transport") if logger is None else logger
        self.levels = {**LEVELS, **(levels or {})}
        self.request_id_header = request_id_header

    def __call__(self, request: Request) -> Flow:
        started = time.perf_counter()
        try:
            response: Response = yield request
        except BaseException as error:
            self._log_error(request, error, started)
            raise
        event = ANSWERED if response.status < 400 else REFUSED
        if self.logger.isEnabledFor(self.levels[event]):
            sent = response.request or request
            request_id = response.headers.get(self.request_id_header)
            self._log(event, request, started, response.status, None, sent.attempt, request_id)
        return response

    def _log_error(self, request: Request, error: BaseException, started: float) -> None:
        status = getattr(error, "http_status", None)
        event = FAILED if status is None else REFUSED
        if not isinstance(error, Exception):
            event = ABANDONED
        if self.logger.isEnabledFor(self.levels[event]):
            request_id = getattr(error, "request_id", None)
            self._log(event, request, started, status, type(error).__name__, request.attempt, request_id)

    def _log(
        self,
        event: str,
        request: Request,
        started: float,
        status: int | None,
        error: str | None,
        attempt: int,
        request_id: str | None,
    ) -> None:
        seconds = time.perf_counter() - started
        url = Redaction().redact_url(request.url)
        self.logger.log(
            self.levels[event],
            "%s %s -> %s in %.3f s",
            request.method,
            url,
            error if status is None else status,
            seconds,
            extra={
                "event": event,
                "http_method": request.method,
                "http_url": url,
                "http_route": request.route,
                "http_status": status,
                "http_error": error,
                "http_seconds": round(seconds, 6),
                "http_attempt": attempt,
                "http_request_id": request_id,
            },
        )

    def __str__(self) -> str:
        levels = ", ".join(
            f"{event.rpartition('.')[2]} {logging.getLevelName(level)}" for event, level in self.levels.items()
        )
        return f"to the logger {self.logger.name!r}: {levels}"
