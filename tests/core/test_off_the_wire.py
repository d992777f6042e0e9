"""Bodies that a layer goes on without: let go before the next request, and no error if they break off."""

from __future__ import annotations

from typing import Any

import pytest

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.core.flow import Read
from globus_transport.exc.base import GlobusConnectionError, ReplyFormatError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.compression import CompressBodies
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.redirect import Redirect
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry import Retry
from tests.core.stepping import ORIGIN, FakeStream, World, get, in_both_worlds


class Twice(GlobusAuthorizer):
    def get_authorization_header(self) -> str:
        return "Bearer abc"

    def handle_missing_authorization(self) -> bool:
        return True


JSON = {"Content-Type": "application/json"}
AGAIN: list[tuple[Any, int, dict[str, Any]]] = [
    (Redirect, 302, {}),
    (lambda: Retry(RetryConfig(wait=lambda _state: 0.0)), 503, {}),
    (lambda: Retry(RetryConfig(wait=lambda _state: 0.0, retry=lambda state: state.attempt_number < 2)), 200, {}),
    (lambda: Twice().bound_to(ORIGIN), 401, {}),
    (lambda: CompressBodies(0), 415, {"body": b"{}" * 200, "headers": JSON}),
]


@in_both_worlds
@pytest.mark.parametrize("breaks_with", [None, GlobusConnectionError("gone"), ReplyFormatError("no gzip")])
@pytest.mark.parametrize(("make", "status", "fields"), AGAIN)
def test_it_is_let_go_before_the_next_request(
    world: World, make: Any, status: int, fields: dict[str, Any], breaks_with: Exception | None
) -> None:
    stream, wanted = world.stream(b"first", breaks_with=breaks_with), world.stream(b"data")
    terminal = world.terminal(Response(status, {"Location": "/other"}, stream=stream), Response(200, stream=wanted))
    sent_before: list[int] = []
    read = stream.read

    def noted(limit: int | None = None) -> Any:
        sent_before.append(len(terminal.requests))
        return read(limit)

    stream.read = noted  # type: ignore[method-assign]
    method = "PUT" if "body" in fields else "GET"
    assert world.send(Request(method, ORIGIN + "/thing", stream=True, **fields), [make()], terminal).stream is wanted
    assert sent_before == [1]
    assert wanted.closed == 0


def test_an_error_whose_body_breaks_off_is_still_that_error() -> None:
    class Refused(Exception):
        def __init__(self, response: Response) -> None:
            self.response = response

    flow = Errors(Refused)(get(stream=True))
    next(flow)
    response = Response(403, {"X": "1"}, stream=FakeStream())
    assert flow.send(response) == Read(response, 1 << 20)
    with pytest.raises(Refused) as caught:
        flow.throw(GlobusConnectionError("gone"))
    left = caught.value.response
    assert (left.status, left.body, left.stream, left.truncated) == (403, b"", None, True)
    assert left.headers["X"] == "1"
