"""Middleware that tells what the layers above it did: written like anybody's own, and put in with ``stack.add``."""

from __future__ import annotations

import time
from collections.abc import Callable

from globus_transport.flow import Flow
from globus_transport.messages import Request, Response

Say = Callable[[str, str], None]


class RetryWitness:
    """Stands below the retry layer, so that it sees every attempt.

    :param say: is given the name of a layer, and what it did
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._failure = ""
        self._failed_at = 0.0

    def __call__(self, request: Request) -> Flow:
        if request.attempt > 1:
            waited = time.monotonic() - self._failed_at
            why = "" if request.method == "GET" else " (safe: it carries a submission id)"
            self._say("retry", f"{_call(request)}: {self._failure}; sent again after {waited:.2f} s{why}")
        try:
            response: Response = yield request
        except Exception as error:
            self._fail("the connection was dropped" if error.__cause__ is not None else str(error))
            raise
        if response.status >= 400:
            asked = response.headers.get("Retry-After")
            self._fail(f"status {response.status}" + (f", Retry-After {asked} s" if asked else ""))
        return response

    def _fail(self, failure: str) -> None:
        self._failure, self._failed_at = failure, time.monotonic()


class AuthorizerWitness:
    """Stands below the authorizer, so that it sees the request once with the old token and once with the new.

    :param say: is given the name of a layer, and what it did
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._refused_at: float | None = None

    def __call__(self, request: Request) -> Flow:
        if self._refused_at is not None:
            took = time.monotonic() - self._refused_at
            self._say("authorizer", f"{_call(request)}: status 401; sent again with that, {took * 1000:.0f} ms later")
            self._refused_at = None
        response: Response = yield request
        if response.status == 401:
            self._refused_at = time.monotonic()
        return response


def _call(request: Request) -> str:
    return request.route or f"{request.method} {request.url.redacted()}"
