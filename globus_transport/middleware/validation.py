"""Asks functions of the program whether a request may be sent, and whether a response may be used."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from globus_transport.core.flow import Flow
from globus_transport.core.layers import describe, runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Validate:
    """Have requests and responses checked. A check returns if all is well, and raises if not; that ends the call.

    Both are called where the call runs, and must not block. What they raise reaches the caller as it is; a subclass
    of :exc:`~globus_transport.GlobusError` is caught where programs catch this package's own. The body of a streamed
    response is not there yet; its status and headers are. Stands above the retry layer, or below it if another attempt
    shall be made after a :exc:`~globus_transport.NetworkError` that a check raises.

    :param request: is given each request; if it raises, nothing is sent
    :param response: is given each response. What the layers below made an exception of does not come here
    :raises GlobusSDKUsageError: if there is no check, or one is a coroutine function, which nobody would await
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
