"""An authorizer inside an HTTP library that sends by itself: it acts before a request, and after a 401 response.

In a stack, the driver runs an authorizer's flow from its begin to its end. Here the library sends the requests, so
the flow is run in pieces: each function below is a flow that ends where the library has to send something. It
yields the steps that come before that (waiting for a renewal, say), and returns the request to send.
"""

from __future__ import annotations

from typing import NoReturn, TypeVar

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.core import driver
from globus_transport.core.flow import Flow, Run, Steps
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError
from globus_transport.http.messages import Request, Response

T = TypeVar("T")


def bind_authorizer(authorizer: GlobusAuthorizer | BoundAuthorizer, urls: tuple[str, ...]) -> BoundAuthorizer:
    """The authorizer, bound to the origins of ``urls``. One that is bound already is returned as it is.

    :raises GlobusSDKUsageError: if the servers that may see the credential are not given, or are given twice
    """
    if isinstance(authorizer, BoundAuthorizer):
        if urls:
            raise GlobusSDKUsageError(
                f"the authorizer is bound already, to {', '.join(sorted(authorizer.origins))}; leave out the URLs"
            )
        return authorizer
    if not isinstance(authorizer, GlobusAuthorizer):
        raise GlobusSDKUsageError(
            f"authorizer: expected one such as AccessTokenAuthorizer(token), got a {type(authorizer).__name__}"
        )
    if not urls:
        raise GlobusSDKUsageError(
            f"give the URL of a server that may see the credential of {type(authorizer).__name__}, such as "
            '"https://transfer.api.globus.org"'
        )
    return authorizer.bound_to(*urls)


def first_request(authorizer: BoundAuthorizer, request: Request) -> Steps[Request]:
    """The request as the authorizer sends it first.

    :raises GlobusAPIError: if the service refuses to renew the token
    :raises NetworkError: if the renewal fails on the way
    :raises MiddlewareError: if the authorizer sends nothing
    """
    flow = authorizer(request)
    try:
        first = yield from _next_request(flow, None)
    finally:
        flow.close()
    if first is None:
        raise MiddlewareError(f"{authorizer} ended without sending anything")
    return first


class Reauthorization:
    """What an authorizer sends after a 401 response.

    :param refused: the request that the server refused, with the headers that it was sent with
    """

    def __init__(self, authorizer: BoundAuthorizer, refused: Request) -> None:
        self._refused = refused
        self._flow = authorizer(refused)
        self._is_started = False

    def next_request(self, response: Response) -> Steps[Request | None]:
        """The request to send after this response; ``None`` if the authorizer accepts the response."""
        if not self._is_started:
            self._is_started = True
            request = yield from _next_request(self._flow, None)
            if request is None or request.headers.get("Authorization") != self._refused.headers.get("Authorization"):
                # The token was renewed in the meantime, so the new one is tried first.
                return request
        return (yield from _next_request(self._flow, response))

    def close(self) -> None:
        """End the flow."""
        self._flow.close()


def discard_credential(authorizer: BoundAuthorizer, header: str) -> Steps[None]:
    """After a 401 that is not answered with another request: the next request has another credential, if possible.

    :param header: the Authorization header that the server refused
    """
    inner = authorizer.authorizer
    if not inner.can_replace_credential:
        return
    # Another call may have replaced it in the meantime.
    if inner.ready_header() in (None, header):
        yield Run(inner.handle_missing_authorization)


def run_steps(steps: Steps[T]) -> T:
    """Run the steps between two requests, and return the result. Blocks while a token is renewed."""
    return driver.run(steps, refuse_to_send, [])


def refuse_to_send(request: Request) -> NoReturn:
    """:raises MiddlewareError: always, since the HTTP library sends the requests"""
    raise MiddlewareError(
        f"the authorizer sends a request of its own ({request!r}) inside a shielded or hedged step, which is possible "
        "in a stack only; use an auth client for it"
    )


def _next_request(flow: Flow, response: Response | None) -> Steps[Request | None]:
    """Continue a flow up to its next request; ``None`` if the flow ends first.

    :param response: the response to its last request; ``None`` starts the flow
    """
    try:
        step = next(flow) if response is None else flow.send(response)
        while not isinstance(step, Request):
            try:
                result = yield step
            except BaseException as error:
                step = flow.throw(error)
            else:
                step = flow.send(result)
    except StopIteration:
        return None
    return step
