"""A retry layer stepped by hand."""

from __future__ import annotations

from typing import Any

import pytest

from globus_transport.core.flow import Flow, Sleep
from globus_transport.exc.base import (
    GlobusConnectionError,
)
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry import Retry
from tests.core.stepping import end_of

OK = Response(200)
BUSY = Response(503)
LOST = GlobusConnectionError("lost")
NEVER_BEGUN = GlobusConnectionError("refused", request_began=False)


def after(seconds: object, status: int = 503) -> Response:
    return Response(status, {"Retry-After": str(seconds)})


def give(flow: Flow, outcome: Response | Exception) -> Any:
    return flow.throw(outcome) if isinstance(outcome, Exception) else flow.send(outcome)


def pause(flow: Flow, outcome: Response | Exception) -> float:
    """The seconds that the flow sleeps after this outcome."""
    step = give(flow, outcome)
    assert isinstance(step, Sleep)
    return step.seconds


def begin(retry: Retry, request: Request) -> Flow:
    flow = retry(request)
    assert next(flow) is request
    return flow


def stands(flow: Flow, outcome: Response | Exception) -> bool:
    """Whether the flow ends with this very outcome."""
    if isinstance(outcome, Response):
        return end_of(flow, outcome) is outcome
    with pytest.raises(type(outcome)) as raised:
        flow.throw(outcome)
    return raised.value is outcome


def is_repeated(request: Request, outcome: Response | Exception, config: RetryConfig | None = None) -> bool:
    flow = begin(Retry(config), request)
    step: object = None
    ended: object = None
    try:
        step = give(flow, outcome)
    except StopIteration as end:
        ended = end.value
    except Exception as error:
        ended = error
    if ended is not None:
        assert ended is outcome
        return False
    assert isinstance(step, Sleep)
    again = flow.send(None)
    assert isinstance(again, Request)
    assert (again.method, again.url, again.body) == (request.method, request.url, request.body)
    return True
