"""A middleware that logs slow calls."""

import logging
import time

from globus_transport import Flow, Request, send

log = logging.getLogger("my_app")


def log_slow_calls(request: Request) -> Flow:
    started = time.perf_counter()
    response = yield from send(request)
    if time.perf_counter() - started > 5:
        log.warning("%s took %.1f s", request.route, time.perf_counter() - started)
    return response
