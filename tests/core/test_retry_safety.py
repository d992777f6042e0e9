"""A request is sent again only when that is safe."""

from __future__ import annotations

import pytest
import tenacity

from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    RedirectError,
)
from globus_transport.http.bodies import StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry import Retry
from tests.core.retrying import BUSY, LOST, NEVER_BEGUN, after, begin, is_repeated, pause, stands
from tests.core.stepping import get, post

FAILURES: list[tuple[str, Response | Exception]] = [
    ("lost", LOST),
    ("timeout", GlobusTimeoutError("slow")),
    ("500", Response(500)),
    ("502", Response(502)),
    ("503", BUSY),
    ("504", Response(504)),
]
PROOFS: list[tuple[str, Response | Exception]] = [
    ("refused", NEVER_BEGUN),
    ("no connection", GlobusConnectionTimeoutError("no answer")),
    ("429", Response(429)),
    ("429 with Retry-After", after(0, 429)),
    ("503 with Retry-After", after(0)),
]
failures = pytest.mark.parametrize("outcome", [outcome for _, outcome in FAILURES], ids=[name for name, _ in FAILURES])
proofs = pytest.mark.parametrize("outcome", [outcome for _, outcome in PROOFS], ids=[name for name, _ in PROOFS])
any_failure = pytest.mark.parametrize(
    "outcome", [outcome for _, outcome in FAILURES + PROOFS], ids=[name for name, _ in FAILURES + PROOFS]
)

SAFE = [
    ("GET", None),
    ("HEAD", None),
    ("OPTIONS", None),
    ("PUT", None),
    ("DELETE", None),
    ("POST", True),
    ("PATCH", True),
]
UNSAFE = [("POST", None), ("PATCH", None), ("GET", False), ("PUT", False), ("DELETE", False), ("LINK", None)]


def made(method: str, repeatable: bool | None, body: StreamBody | None = None) -> Request:
    return Request(method, "https://h.org/", body=body, repeatable=repeatable)


@any_failure
@pytest.mark.parametrize(("method", "repeatable"), SAFE)
def test_what_may_be_done_twice_is_sent_again(
    method: str, repeatable: bool | None, outcome: Response | Exception
) -> None:
    assert is_repeated(made(method, repeatable), outcome)


@failures
@pytest.mark.parametrize(("method", "repeatable"), UNSAFE)
def test_what_may_have_been_done_is_not_done_twice(
    method: str, repeatable: bool | None, outcome: Response | Exception
) -> None:
    assert not is_repeated(made(method, repeatable), outcome)


@proofs
@pytest.mark.parametrize(("method", "repeatable"), UNSAFE)
def test_what_was_never_begun_is_sent_again(
    method: str, repeatable: bool | None, outcome: Response | Exception
) -> None:
    assert is_repeated(made(method, repeatable), outcome)


@any_failure
@pytest.mark.parametrize(("method", "repeatable"), [("PUT", None), ("POST", None), ("POST", True)])
def test_a_body_that_is_gone_is_not_sent_again(
    method: str, repeatable: bool | None, outcome: Response | Exception
) -> None:
    assert not is_repeated(made(method, repeatable, StreamBody.once([b"x"])), outcome)


@any_failure
def test_a_body_that_can_be_made_again_is(outcome: Response | Exception) -> None:
    assert is_repeated(made("PUT", None, StreamBody(lambda: [b"x"], replayable=True)), outcome)


@failures
def test_a_condition_of_the_users_own_does_not_make_it_safe(outcome: Response | Exception) -> None:
    config = RetryConfig(retry=lambda state: True)
    assert not is_repeated(post(), outcome, config)
    assert is_repeated(get(), outcome, config)


@pytest.mark.parametrize("outcome", [Response(400), Response(401), Response(404), Response(501), Response(505)])
def test_other_statuses_do_not_pass(outcome: Response) -> None:
    assert not is_repeated(get(), outcome)


@pytest.mark.parametrize(
    "error", [ValueError(), RedirectError("loop"), OSError(), tenacity.RetryError(tenacity.Future(1))]
)
def test_other_exceptions_do_not_pass(error: Exception) -> None:
    assert not is_repeated(get(), error)


def test_own_transient_statuses() -> None:
    config = RetryConfig(transient_error_status_codes=(404,))
    assert is_repeated(get(), Response(404), config)
    assert not is_repeated(get(), BUSY, config)


def test_the_service_has_its_say() -> None:
    retry = Retry(may_pass=lambda response: response.body != b"final")
    assert stands(begin(retry, get()), Response(503, body=b"final"))
    pause(begin(retry, get()), Response(503, body=b"passing"))
