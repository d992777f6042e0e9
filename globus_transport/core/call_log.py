"""The log of calls: the logger ``globus_transport.calls``, which a stack writes to at DEBUG, a line for each event.

Nothing is logged above DEBUG. A stack asks whether the logger is enabled once for each call, and does no other work for
the log if it is not. A line begins with the number of its call in this process, so that the lines of concurrent calls
can be told apart::

    [7] get_task: GET https://transfer.api.globus.org/v0.10/task/8a3c...
    [7] get_task: attempt 1: status 503 after 0.055 s
    [7] get_task: status 503; sending again in 1.000 s
    [7] get_task: attempt 2: status 200 after 0.012 s
    [7] get_task: status 200 after 1.068 s in all, 611 bytes, request id x9Qh1

No line holds a header or a body, and URLs are without credentials. Of a body only a task id is shown.
"""

from __future__ import annotations

import itertools
import logging
import re
import time
from collections.abc import Callable
from functools import partial

from globus_transport.core.events import Began, Ended, Event, Listener
from globus_transport.core.flow import Flow
from globus_transport.http.messages import Request, Response

LOGGER = logging.getLogger("globus_transport.calls")

_numbers = itertools.count(1)
_find_task_id = re.compile(rb'"task_id"\s*:\s*"([0-9A-Fa-f-]{36})"').search
#: Bytes of a body that are searched for a task id. The reply to a submission is short.
_SEARCHED = 4096
_LONGEST_ID = 100


#: Whether calls are logged. Asked for every request, so without a function of Python in between.
is_logging: Callable[[], bool] = partial(LOGGER.isEnabledFor, logging.DEBUG)


def log_call(request: Request) -> Flow:
    """A middleware that logs a call, for the top of a stack."""
    return report(request, _log_as(next(_numbers)))


def report(request: Request, listener: Listener) -> Flow:
    """Send a request, and call a listener with what happens to it, from its beginning to its end."""
    request = request.with_listener(listener if request.notify is None else _notify_both(request.notify, listener))
    listener(Began(request))
    started = time.monotonic()
    try:
        response: Response = yield request
    except BaseException as error:
        listener(Ended(request, error, time.monotonic() - started))
        raise
    listener(Ended(request, response, time.monotonic() - started))
    return response


def _notify_both(first: Listener, second: Listener) -> Listener:
    def notify(event: Event) -> None:
        first(event)
        second(event)

    return notify


def _log_as(number: int) -> Callable[[Event], None]:
    def log(event: Event) -> None:
        LOGGER.debug("[%d] %s", number, _line(event))

    return log


def _line(event: Event) -> str:
    if isinstance(event, Began):
        request = event.request
        call = f"{request.method} {request.url.redacted()}"
        return f"{request.route}: {call}" if request.route else call
    if isinstance(event, Ended):
        return ", ".join([str(event), *_facts(event.outcome)])
    return str(event)


def _facts(outcome: Response | BaseException) -> list[str]:
    if not isinstance(outcome, Response):
        status, code = (getattr(outcome, name, None) for name in ("http_status", "code"))
        facts = [f"status {status}"] if isinstance(status, int) else []
        facts += [f"code {_plain(code)}"] if isinstance(code, str) else []
        request_id = getattr(outcome, "request_id", None)
    else:
        facts = ["streamed" if outcome.stream is not None else f"{len(outcome.body)} bytes"]
        task = _find_task_id(outcome.body, 0, _SEARCHED)
        facts += [f"task id {task[1].decode()}"] if task else []
        request_id = outcome.headers.get("X-Request-ID")
    return [*facts, f"request id {_plain(request_id)}"] if isinstance(request_id, str) else facts


def _plain(text: str) -> str:
    """A text of the service in one line: it cannot pretend to be another line of the log."""
    return "".join(character if character.isprintable() else "?" for character in text[:_LONGEST_ID])
