"""Authorizers that renew their token, stepped by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from globus_transport.authorizers.base import BoundAuthorizer
from globus_transport.authorizers.client_credentials import ClientCredentialsAuthorizer
from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.authorizers.renewing import RenewingAuthorizer
from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow, Read, Run, Shield, Sleep, Start, Step, Wait
from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError, MiddlewareError, ReplyFormatError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.messages import Request, Response
from tests.core.stepping import (
    ORIGIN,
    AsyncCanned,
    FakeAuth,
    FakeStream,
    Reply,
    World,
    end_of,
    get,
    in_both_worlds,
    post,
)

OK = Response(200)
REFUSED = Response(401)
SOON = 3600


def refreshing(auth: FakeAuth, **more: Any) -> RefreshTokenAuthorizer[Reply]:
    return RefreshTokenAuthorizer("refresh-0", auth, **more)


def with_token(auth: FakeAuth, **more: Any) -> RefreshTokenAuthorizer[Reply]:
    return refreshing(auth, access_token="token-0", expires_at=int(time.time()) + SOON, **more)


def do(step: Step) -> Any:
    """Carry out a step as a driver would; none of an authorizer's is a Sleep."""
    if isinstance(step, (Run, Start)):
        return step.function(*step.args)
    if isinstance(step, Wait):
        return step.future.result(0)
    assert isinstance(step, Shield)
    inner = step.flow
    try:
        inner_step = next(inner)
        while True:
            try:
                answer = do(inner_step)
            except Exception as error:
                inner_step = inner.throw(error)
            else:
                inner_step = inner.send(answer)
    except StopIteration as end:
        return end.value


def until_request(flow: Flow, step: Step) -> Request:
    """Carry out the flow's steps up to its next request."""
    while not isinstance(step, Request):
        assert not isinstance(step, Sleep)
        step = flow.send(do(step))
    return step


def header_of(authorizer: RenewingAuthorizer[Reply]) -> str:
    flow = authorizer.authorize(get())
    request = until_request(flow, next(flow))
    assert end_of(flow, OK) is OK
    return request.headers["Authorization"]


# Before a request.


def test_nothing_is_fetched_before_the_first_request() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    assert (authorizer.access_token, authorizer.expires_at) == (None, None)
    assert not auth.grants
    assert header_of(authorizer) == "Bearer token-1"
    assert header_of(authorizer) == "Bearer token-1"
    assert auth.grants == ["refresh-0"]
    assert authorizer.access_token == "token-1"


def test_a_token_to_begin_with_is_used() -> None:
    auth = FakeAuth()
    authorizer = with_token(auth)
    assert authorizer.access_token == "token-0"
    flow = authorizer.authorize(get())
    step = next(flow)
    assert isinstance(step, Request), "a fresh token costs no step"
    assert step.headers["Authorization"] == "Bearer token-0"
    assert end_of(flow, OK) is OK
    assert not auth.grants


@pytest.mark.parametrize("seconds", [-100, 0, 59])
def test_a_token_is_renewed_a_minute_before_it_expires(seconds: int) -> None:
    authorizer = refreshing(FakeAuth(), access_token="token-0", expires_at=int(time.time()) + seconds)
    assert header_of(authorizer) == "Bearer token-1"


def test_a_token_of_a_short_life_is_not_renewed_at_once() -> None:
    auth = FakeAuth(expires_at_seconds=int(time.time()) + 40, lifetime=40)
    authorizer = refreshing(auth)
    assert header_of(authorizer) == header_of(authorizer) == "Bearer token-1"
    assert authorizer.expires_at == auth.extra["expires_at_seconds"]


def test_renewal_again_when_the_new_token_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    authorizer = refreshing(FakeAuth(expires_at_seconds=int(time.time()) + SOON, lifetime=SOON))
    assert header_of(authorizer) == "Bearer token-1"
    later = time.time() + SOON - 30
    monkeypatch.setattr(time, "time", lambda: later)
    assert header_of(authorizer) == "Bearer token-2"


@pytest.mark.parametrize("more", [{"access_token": "t"}, {"expires_at": 5}])
def test_a_token_and_its_end_belong_together(more: dict[str, Any]) -> None:
    with pytest.raises(GlobusSDKUsageError, match="access_token and expires_at belong together"):
        refreshing(FakeAuth(), **more)
    with pytest.raises(GlobusSDKUsageError, match="access_token and expires_at belong together"):
        ClientCredentialsAuthorizer(FakeAuth(), "scope", **more)


@pytest.mark.parametrize("token", ["", None, 5])
def test_a_refresh_token_is_a_text(token: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="the refresh token is empty or not text"):
        RefreshTokenAuthorizer(token, FakeAuth())


@pytest.mark.parametrize(("scopes", "asked"), [("a b", "a b"), (["a", "b"], "a b"), (("a",), "a")])
def test_client_credentials(scopes: Any, asked: str) -> None:
    auth = FakeAuth()
    authorizer = ClientCredentialsAuthorizer(auth, scopes)
    assert header_of(authorizer) == "Bearer token-1"
    assert auth.grants == [asked]
    with pytest.raises(GlobusSDKUsageError, match="no scope is given"):
        ClientCredentialsAuthorizer(auth, [])


# After a 401.


def test_a_401_is_answered_by_one_renewal_and_one_more_request_with_no_sleep() -> None:
    auth = FakeAuth()
    flow = with_token(auth).bound_to(ORIGIN)(post(headers={"X": "1"}))
    first = next(flow)
    assert isinstance(first, Request)
    assert first.headers["Authorization"] == "Bearer token-0"
    # do() would refuse a Sleep.
    second = until_request(flow, flow.send(REFUSED))
    assert (second.headers["Authorization"], second.headers["X"], second.body) == ("Bearer token-1", "1", b"{}")
    assert end_of(flow, OK) is OK
    assert auth.grants == ["refresh-0"]


def test_a_second_401_stands() -> None:
    auth = FakeAuth()
    flow = with_token(auth).authorize(get())
    next(flow)
    until_request(flow, flow.send(REFUSED))
    last = Response(401)
    assert end_of(flow, last) is last
    assert len(auth.grants) == 1


@pytest.mark.parametrize("status", [400, 403, 407, 500])
def test_other_statuses_stand(status: int) -> None:
    auth = FakeAuth()
    flow = with_token(auth).authorize(get())
    next(flow)
    response = Response(status)
    assert end_of(flow, response) is response
    assert not auth.grants


def test_a_401_after_a_renewal_ahead_of_the_request_is_answered_too() -> None:
    auth = FakeAuth()
    flow = refreshing(auth).authorize(get())
    until_request(flow, next(flow))
    assert until_request(flow, flow.send(REFUSED)).headers["Authorization"] == "Bearer token-2"


def test_a_401_speaks_only_of_the_token_that_was_sent() -> None:
    auth = FakeAuth()
    authorizer = with_token(auth)
    slow, quick = authorizer.authorize(get("/slow")), authorizer.authorize(get("/quick"))
    next(slow)
    next(quick)
    until_request(quick, quick.send(REFUSED))
    assert end_of(quick, OK) is OK
    assert authorizer.access_token == "token-1"
    # The slow one was sent with the old token, too.
    step = slow.send(REFUSED)
    assert isinstance(step, Request), "the token that the quick one brought is used, not renewed"
    assert step.headers["Authorization"] == "Bearer token-1"
    assert end_of(slow, OK) is OK
    assert len(auth.grants) == 1
    assert header_of(authorizer) == "Bearer token-1"


def test_a_body_that_is_gone_is_not_sent_again_but_the_token_is_renewed() -> None:
    auth = FakeAuth()
    authorizer = with_token(auth)
    flow = authorizer.authorize(Request("PUT", ORIGIN, body=StreamBody.once([b"x"])))
    next(flow)
    assert end_of(flow, REFUSED) is REFUSED
    assert not auth.grants
    assert header_of(authorizer) == "Bearer token-1"


def test_a_streamed_401_is_read_before_the_next_request() -> None:
    flow = with_token(FakeAuth()).authorize(get(stream=True))
    next(flow)
    streamed = Response(401, stream=FakeStream(b"no"))
    step = flow.send(streamed)
    assert isinstance(step, Read)
    assert step.response is streamed


def test_a_refused_token_has_no_end() -> None:
    authorizer = with_token(FakeAuth())
    flow = authorizer.authorize(get())
    next(flow)
    flow.send(REFUSED)
    assert authorizer.expires_at is None
    assert authorizer.access_token == "token-0"


@in_both_worlds
def test_in_a_stack(world: World) -> None:
    auth = FakeAuth()
    terminal = world.terminal(Response(401, stream=world.stream(b"no")), OK)
    assert world.send(get(stream=True), [with_token(auth).bound_to(ORIGIN)], terminal) is OK
    headers = [request.headers["Authorization"] for request in terminal.requests]
    assert headers == ["Bearer token-0", "Bearer token-1"]


@in_both_worlds
def test_other_origins_cause_no_renewal(world: World) -> None:
    auth = FakeAuth()
    layer = refreshing(auth).bound_to(ORIGIN)
    terminal = world.terminal(REFUSED, REFUSED)
    assert world.send(Request("GET", "https://other.example/"), [layer], terminal) is REFUSED
    assert world.send(get(authorize=False), [layer], terminal) is REFUSED
    assert not auth.grants
    assert not any("Authorization" in request.headers for request in terminal.requests)


def test_unbound_it_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match="which servers may see its credential"):
        next(with_token(FakeAuth())(get()))


# What the reply brings.


def test_a_new_refresh_token_takes_the_place_of_the_old_one() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    auth.extra = {"refresh_token": "refresh-1"}
    header_of(authorizer)
    assert authorizer.refresh_token == "refresh-1"
    authorizer.handle_missing_authorization()
    auth.extra = {"refresh_token": "refresh-2"}
    header_of(authorizer)
    assert auth.grants == ["refresh-0", "refresh-1"]
    assert authorizer.refresh_token == "refresh-2"


@pytest.mark.parametrize("extra", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_a_reply_without_a_refresh_token_leaves_the_old_one(extra: dict[str, Any]) -> None:
    auth = FakeAuth(**extra)
    authorizer = refreshing(auth)
    for _ in range(2):
        header_of(authorizer)
        authorizer.handle_missing_authorization()
    assert auth.grants == ["refresh-0", "refresh-0"]


@pytest.mark.parametrize("servers", [{}, {"one": {"access_token": "s3cret"}, "two": {"access_token": "s3cret"}}])
def test_a_reply_is_for_one_resource_server(servers: dict[str, Any]) -> None:
    auth = FakeAuth()
    reply = Reply()
    reply.by_resource_server = servers
    auth._grant = lambda what: reply  # type: ignore[method-assign]
    with pytest.raises(ReplyFormatError, match="needs a token for one resource server") as refused:
        header_of(refreshing(auth))
    assert (", ".join(servers) or "none") in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_an_auth_client_of_the_other_world_is_refused() -> None:
    class AsyncAuth:
        def oauth2_refresh_token(self, refresh_token: str) -> Any:
            return 5

    with pytest.raises(GlobusSDKUsageError, match="answered with int, not a token reply; give it one that is not"):
        header_of(RefreshTokenAuthorizer("refresh-0", AsyncAuth()))


@pytest.mark.parametrize("token", ["", "s3cret\r\nX: 1", None])
def test_a_token_that_cannot_be_sent_is_refused(token: Any) -> None:
    authorizer = refreshing(FakeAuth(access_token=token, refresh_token="refresh-1"))
    with pytest.raises(GlobusSDKUsageError) as refused:
        header_of(authorizer)
    assert "s3cret" not in str(refused.value)
    assert authorizer.access_token is None
    assert authorizer.refresh_token == "refresh-1", "the old one may be dead, so the new one is kept in any case"


def test_a_renewal_that_fails_raises_its_own_error_and_the_next_call_tries_again() -> None:
    class AuthError(Exception):
        pass

    def fail_once(number: int) -> None:
        if number == 1:
            raise AuthError("refused")

    auth = FakeAuth(fail_once)
    authorizer = with_token(auth)
    flow = authorizer.authorize(get())
    next(flow)
    step = flow.send(REFUSED)
    with pytest.raises(AuthError, match="refused"):
        until_request(flow, step)
    assert authorizer.access_token == "token-0"
    assert header_of(authorizer) == "Bearer token-2"


# on_refresh.


def test_on_refresh_is_called_before_the_token_is_used() -> None:
    seen: list[tuple[str, str | None]] = []
    auth = FakeAuth(refresh_token="refresh-1")

    def store(reply: Reply) -> None:
        seen.append((reply.by_resource_server["service"]["access_token"], authorizer.access_token))

    authorizer = with_token(auth, on_refresh=store)
    authorizer.expires_at = None
    flow = authorizer.authorize(get())
    until_request(flow, next(flow))
    assert seen == [("token-1", "token-0")]
    assert header_of(authorizer) == "Bearer token-1"
    assert len(seen) == 1


def test_what_on_refresh_could_not_keep_is_handed_to_it_again() -> None:
    kept: list[str] = []
    replies: list[Reply] = []

    def store(reply: Reply) -> None:
        replies.append(reply)
        if len(replies) < 3:
            raise OSError("disk full")
        kept.append(reply.by_resource_server["service"]["access_token"])

    auth = FakeAuth(refresh_token="refresh-1")
    authorizer = refreshing(auth, on_refresh=store)
    for _ in range(2):
        with pytest.raises(OSError, match="disk full"):
            header_of(authorizer)
        assert authorizer.access_token is None, "a token that is not stored is not used"
    assert header_of(authorizer) == "Bearer token-1"
    assert kept == ["token-1"]
    assert replies[0] is replies[1] is replies[2]
    assert len(auth.grants) == 1, "a second grant would be a reuse of the old refresh token"


@in_both_worlds
def test_on_refresh_may_be_a_coroutine_function_under_asyncio(world: World) -> None:
    kept: list[Reply] = []

    async def store(reply: Reply) -> None:
        kept.append(reply)

    layer = refreshing(FakeAuth(), on_refresh=store).bound_to(ORIGIN)
    terminal = world.terminal(OK)
    if type(world).__name__ == "Asyncio":
        assert world.send(get(), [layer], terminal) is OK
        assert len(kept) == 1
    else:
        with pytest.raises(MiddlewareError, match="which only AsyncStack"):
            world.send(get(), [layer], terminal)


# What users of globus-sdk call.


def test_get_authorization_header_renews() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    assert authorizer.get_authorization_header() == "Bearer token-1"
    assert authorizer.get_authorization_header() == "Bearer token-1"
    assert len(auth.grants) == 1


def test_get_authorization_header_raises_what_the_renewal_raises() -> None:
    def fail(number: int) -> None:
        raise GlobusConnectionError("no network")

    with pytest.raises(GlobusConnectionError, match="no network"):
        refreshing(FakeAuth(fail)).get_authorization_header()


def test_ensure_valid_token() -> None:
    authorizer = refreshing(FakeAuth())
    authorizer.ensure_valid_token()
    assert authorizer.access_token == "token-1"


def test_handle_missing_authorization() -> None:
    authorizer = with_token(FakeAuth())
    assert authorizer.handle_missing_authorization() is True
    assert authorizer.expires_at is None
    assert authorizer.get_authorization_header() == "Bearer token-1"
    assert refreshing(FakeAuth()).handle_missing_authorization() is True


class Counting(RefreshTokenAuthorizer[Reply]):
    """Overrides what calls of globus-sdk's authorizers go through."""

    def __init__(self, auth: FakeAuth) -> None:
        super().__init__("refresh-0", auth, access_token="token-0", expires_at=int(time.time()) + SOON)
        self.calls: list[str] = []

    def get_authorization_header(self) -> str:
        self.calls.append("header")
        return super().get_authorization_header() + "-own"

    def ensure_valid_token(self) -> None:
        self.calls.append("valid")
        super().ensure_valid_token()

    def handle_missing_authorization(self) -> bool:
        self.calls.append("missing")
        return super().handle_missing_authorization()


@in_both_worlds
def test_what_a_subclass_overrides_is_called(world: World) -> None:
    authorizer = Counting(FakeAuth())
    terminal = world.terminal(REFUSED, OK)
    assert world.send(post(), [authorizer.bound_to(ORIGIN)], terminal) is OK
    headers = [request.headers["Authorization"] for request in terminal.requests]
    assert headers == ["Bearer token-0-own", "Bearer token-1-own"]
    assert authorizer.calls == ["header", "valid", "missing", "header", "valid"]
    assert authorizer.ready_header() is None


@pytest.mark.parametrize("method", ["get_authorization_header", "handle_missing_authorization"])
def test_two_calls_that_are_refused_with_one_token_renew_it_once(method: str) -> None:
    def call_through(self: Any) -> Any:
        return getattr(RefreshTokenAuthorizer, method)(self)

    auth = FakeAuth()
    kind = type("Own", (RefreshTokenAuthorizer,), {method: call_through})
    authorizer = kind("refresh-0", auth, access_token="token-0", expires_at=int(time.time()) + SOON)
    flows = [authorizer.authorize(get()) for _ in range(2)]
    for flow in flows:
        assert until_request(flow, next(flow)).headers["Authorization"] == "Bearer token-0"
    for flow in flows:
        assert until_request(flow, flow.send(REFUSED)).headers["Authorization"] == "Bearer token-1"
        assert end_of(flow, OK) is OK
    assert auth.grants == ["refresh-0"]


@pytest.mark.parametrize("method", ["get_authorization_header", "handle_missing_authorization"])
def test_a_subclass_keeps_an_on_refresh_for_asyncio(method: str) -> None:
    def call_through(self: Any) -> Any:
        return getattr(RefreshTokenAuthorizer, method)(self)

    stored: list[str] = []

    async def store(reply: Any) -> None:
        stored.extend(data["access_token"] for data in reply.by_resource_server.values())

    kind = type("Own", (RefreshTokenAuthorizer,), {method: call_through})
    authorizer = kind("refresh-0", FakeAuth(), on_refresh=store)
    terminal = AsyncCanned(REFUSED, OK)
    stack = AsyncStack(terminal, [authorizer.bound_to(ORIGIN)])
    assert asyncio.run(stack.send(post())) is OK
    assert stored == ["token-1", "token-2"]


@in_both_worlds
def test_ensure_valid_token_may_take_the_token_from_elsewhere(world: World) -> None:
    class Given(RefreshTokenAuthorizer[Reply]):
        def ensure_valid_token(self) -> None:
            if self.access_token is None:
                self.access_token = "given"

    auth = FakeAuth()
    terminal = world.terminal(OK)
    world.send(get(), [Given("refresh-0", auth).bound_to(ORIGIN)], terminal)
    assert terminal.requests[0].headers["Authorization"] == "Bearer given"
    assert not auth.grants


@pytest.mark.parametrize("target", [RenewingAuthorizer, RefreshTokenAuthorizer, "an object"])
@in_both_worlds
def test_what_a_test_replaces_is_called(world: World, target: Any) -> None:
    authorizer = with_token(FakeAuth())
    terminal = world.terminal(OK, OK)
    where = authorizer if target == "an object" else target
    with patch.object(where, "get_authorization_header", return_value="Bearer of-the-test"):
        world.send(get(), [authorizer.bound_to(ORIGIN)], terminal)
    world.send(get(), [authorizer.bound_to(ORIGIN)], terminal)
    headers = [request.headers["Authorization"] for request in terminal.requests]
    assert headers == ["Bearer of-the-test", "Bearer token-0"]


def test_a_subclass_may_choose_the_token_of_a_reply() -> None:
    class OfB(ClientCredentialsAuthorizer[Any]):
        def _get_token_response(self) -> Any:
            lasting = {"expires_at_seconds": int(time.time()) + SOON}
            return SimpleNamespace(
                by_resource_server={name: {"access_token": f"token-of-{name}", **lasting} for name in ("a", "b")}
            )

        def _extract_token_data(self, res: Any) -> Any:
            return res.by_resource_server["b"]

    assert OfB(FakeAuth(), ["scope"]).get_authorization_header() == "Bearer token-of-b"


def test_the_access_token_can_be_set() -> None:
    authorizer = with_token(FakeAuth())
    expires_at = authorizer.expires_at
    authorizer.access_token = "mine"
    assert header_of(authorizer) == "Bearer mine"
    assert authorizer.expires_at == expires_at
    authorizer.handle_missing_authorization()
    authorizer.access_token = "mine-too"
    assert (header_of(authorizer), authorizer.expires_at) == ("Bearer mine-too", None)
    authorizer.access_token = None
    assert header_of(authorizer) == "Bearer token-1"
    with pytest.raises(GlobusSDKUsageError, match="malformed"):
        authorizer.access_token = "two words"


def test_expires_at_can_be_set() -> None:
    auth = FakeAuth()
    authorizer = with_token(auth)
    authorizer.expires_at = later = int(time.time()) + 9999
    assert authorizer.expires_at == later
    assert header_of(authorizer) == "Bearer token-0"
    authorizer.expires_at = int(time.time())
    assert header_of(authorizer) == "Bearer token-1"
    authorizer.expires_at = None
    assert header_of(authorizer) == "Bearer token-2"
    # There is no token to which the time could belong.
    fresh = refreshing(auth)
    fresh.expires_at = 5
    assert fresh.expires_at is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: RefreshTokenAuthorizer("s3cret-1", FakeAuth(), access_token="s3cret-2", expires_at=5),
        lambda: ClientCredentialsAuthorizer(FakeAuth(), "scope", access_token="s3cret-2", expires_at=5),
    ],
)
def test_secrets_are_not_printed(make: Callable[[], RenewingAuthorizer[Reply]]) -> None:
    authorizer = make()
    bound = authorizer.bound_to(ORIGIN)
    assert isinstance(bound, BoundAuthorizer)
    for text in (str(authorizer), repr(authorizer), str(bound), repr(bound), repr(next(authorizer.authorize(get())))):
        assert "s3cret" not in text
    assert repr(authorizer) == f"<{type(authorizer).__name__}>"
