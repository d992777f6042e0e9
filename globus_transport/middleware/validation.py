"""Calls functions of the program that check requests before they are sent, and responses before they are used."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from globus_transport.core.flow import Flow
from globus_transport.core.layers import describe, runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Validate:
    """Check requests and responses. A check raises an exception to end the call; its return value is ignored.

    The checks are called where the call runs, and must not block. The caller gets the exception unchanged; if it is a
    subclass of :exc:`~globus_transport.GlobusError`, code that catches this package's errors catches it too. A streamed
    response has its status and headers, but no body yet. Place the layer above the retry layer. Place it below if a
    :exc:`~globus_transport.NetworkError` from a check should cause another attempt.

    :param request: called with each request; if it raises, the request is not sent
    :param response: called with each response, but not if a layer below raised an exception for it
    :raises GlobusSDKUsageError: if there is no check, or one is a coroutine function, which would not be awaited
    """

    request: Callable[[Request], object] | None = None
    response: Callable[[Response], object] | None = None

    def __attrs_post_init__(self) -> None:
        if self.request is None and self.response is None:
            raise GlobusSDKUsageError("Validate() checks nothing; give request= or response=")
        for name, check in (("request", self.request), ("response", self.response)):
            if check is not None and (not callable(check) or runs_coroutine(check)):
                raise GlobusSDKUsageError(f"Validate({name}={check!r}): give a plain function of one argument")

    def __call__(self, request: Request) -> Flow:
        if self.request is not None:
            self.request(request)
        response: Response = yield request
        if self.response is not None:
            self.response(response)
        return response

    def __str__(self) -> str:
        checks = (("requests", self.request), ("responses", self.response))
        return ", ".join(f"{what} by {describe(check)}" for what, check in checks if check is not None)
