"""Stacks and authorizers survive copying to other processes, by pickle and by fork."""

from __future__ import annotations

import copy
import os
import pickle
import time
from typing import Any

import pytest

from globus_transport.authorizers.client_credentials import ClientCredentialsAuthorizer
from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.authorizers.renewal import SharedRenewal
from globus_transport.authorizers.renewing import RenewingAuthorizer
from globus_transport.core.driver import run_above
from globus_transport.core.flow import Flow, Start, Wait
from globus_transport.core.stack import Stack
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.deadline import Deadline
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.headers import DefaultHeaders
from globus_transport.middleware.redirect import Redirect
from globus_transport.middleware.retry.retry import Retry
from globus_transport.middleware.structured_logging import StructuredLogging
from tests.core.stepping import ORIGIN, FakeAuth, Reply, exit_code_of_child, get

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class ServiceError(Exception):
    pass


def log_calls(request: Request) -> Flow:
    response: Response = yield request
    return response


def echo(request: Request) -> Response:
    """A terminal that tells which credential it was sent."""
    return Response(200, {"Credential": request.headers["Authorization"]})


def unreachable(request: Request) -> Response:
    raise AssertionError(request)


def keep(reply: Reply) -> None:
    """An ``on_refresh`` that can be pickled."""


def refreshing(auth: FakeAuth, **more: Any) -> RefreshTokenAuthorizer[Reply]:
    return RefreshTokenAuthorizer("refresh-0", auth, **more)


def test_a_whole_stack_is_pickled_as_its_recipe() -> None:
    layers = [
        Errors(ServiceError),
        Deadline(5),
        Redirect(),
        Retry(),
        refreshing(FakeAuth(), on_refresh=keep).bound_to(ORIGIN),
        DefaultHeaders({"User-Agent": "me/1"}),
        StructuredLogging(),
        log_calls,
    ]
    stack = Stack(echo, layers)  # type: ignore[arg-type]
    same = pickle.loads(pickle.dumps(stack))
    assert str(same) == str(stack)
    assert same.send(get()).headers["Credential"] == "Bearer token-1"
    assert stack.send(get()).headers["Credential"] == "Bearer token-1"


@pytest.mark.parametrize(
    "authorizer",
    [
        RefreshTokenAuthorizer("refresh-0", FakeAuth(), access_token="token-0", expires_at=int(time.time()) + 3600),
        ClientCredentialsAuthorizer(FakeAuth(), "s", access_token="token-0", expires_at=int(time.time()) + 3600),
    ],
)
def test_a_copy_has_the_token_and_renews_by_itself(authorizer: RenewingAuthorizer[Reply]) -> None:
    for same in (pickle.loads(pickle.dumps(authorizer)), copy.deepcopy(authorizer)):
        assert same.get_authorization_header() == "Bearer token-0"
        assert same.expires_at == authorizer.expires_at
        same.handle_missing_authorization()
        assert same.get_authorization_header() == "Bearer token-1"
    assert authorizer.get_authorization_header() == "Bearer token-0"


def test_a_renewal_in_flight_is_not_copied() -> None:
    authorizer = refreshing(FakeAuth())
    flow = authorizer.authorize(get())
    assert isinstance(next(flow), Start)
    same = pickle.loads(pickle.dumps(authorizer))
    assert isinstance(next(authorizer.authorize(get())), Wait)
    assert same.get_authorization_header() == "Bearer token-1"
    flow.close()


@needs_fork
def test_a_child_does_not_wait_for_its_parents_renewal() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    flow = authorizer.authorize(get())
    assert isinstance(next(flow), Start)
    assert isinstance(flow.send(None), Wait)

    def in_the_child() -> int:
        assert authorizer.get_authorization_header() == "Bearer token-1"
        assert Stack(echo, [authorizer.bound_to(ORIGIN)]).send(get()).headers["Credential"] == "Bearer token-1"
        return len(auth.grants)

    assert exit_code_of_child(in_the_child) == 1
    assert not auth.grants
    # The parent's own goes on.
    assert isinstance(next(authorizer.authorize(get())), Wait)
    flow.close()


@needs_fork
def test_a_child_is_not_blocked_by_the_locks_of_its_parent() -> None:
    codes: list[int] = []

    def in_the_child() -> int:
        # It does not fork again.
        codes.extend([0, 0])
        renewal_of_the_child = renewal.get_fresh(lambda: None, None)
        return run_above(renewal_of_the_child, unreachable)

    def fork_under_the_lock() -> int | None:
        # This is called while the lock is held.
        if not codes:
            codes.append(exit_code_of_child(in_the_child))
        return None

    def fetch() -> int:
        # And this while the lock of the grant is held.
        if len(codes) == 1:
            codes.append(exit_code_of_child(in_the_child))
        return 7

    renewal: SharedRenewal[int] = SharedRenewal(fetch, lambda _: None, int, lambda: False)
    assert run_above(renewal.get_fresh(fork_under_the_lock, None), unreachable) == 7
    assert codes == [7, 7]


@needs_fork
def test_a_child_uses_the_token_that_was_there() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    assert authorizer.get_authorization_header() == "Bearer token-1"

    def in_the_child() -> int:
        assert authorizer.get_authorization_header() == "Bearer token-1"
        authorizer.handle_missing_authorization()
        assert authorizer.get_authorization_header() == "Bearer token-2"
        return 0

    assert exit_code_of_child(in_the_child) == 0
    assert authorizer.get_authorization_header() == "Bearer token-1"
