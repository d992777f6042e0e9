"""Authorizers that renew nothing, custom authorizers, and the origins that they are bound to."""

from __future__ import annotations

import base64
import pickle
import threading
from typing import Any

import pytest

from globus_transport.authorizers.access_token import AccessTokenAuthorizer
from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer, StaticGlobusAuthorizer
from globus_transport.authorizers.basic import BasicAuthorizer
from globus_transport.authorizers.null import NullAuthorizer
from globus_transport.core.flow import Flow, Read, Run
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.redirect import Redirect
from tests.core.stepping import ORIGIN, FakeStream, World, end_of, get, in_both_worlds, post

OK = Response(200)
REFUSED = Response(401)


def sent(layer: Any, request: Request) -> str | None:
    """The Authorization header that goes down the stack; the answer comes back as it is."""
    flow: Flow = layer(request)
    step = next(flow)
    assert isinstance(step, Request)
    assert end_of(flow, OK) is OK
    assert len(step.headers.get_all("Authorization")) <= 1
    return step.headers.get("Authorization")


def basic(credentials: str) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


# The credentials.


def test_access_token() -> None:
    authorizer = AccessTokenAuthorizer("abc")
    assert authorizer.access_token == "abc"
    assert authorizer.get_authorization_header() == "Bearer abc"
    assert authorizer.handle_missing_authorization() is False
    assert sent(authorizer.bound_to(ORIGIN), get()) == "Bearer abc"


@pytest.mark.parametrize("token", ["", None, 5, b"abc", "a b", "Bearer s3cret", "s3cret\r\nX: 1", "s3cret\n", "s3crét"])
def test_what_is_no_token(token: Any) -> None:
    with pytest.raises(GlobusSDKUsageError) as refused:
        AccessTokenAuthorizer(token)
    assert "s3cr" not in f"{refused.value!r}"


def test_basic() -> None:
    authorizer = BasicAuthorizer("id", "s3cret:with:colons")
    assert (authorizer.username, authorizer.password) == ("id", "s3cret:with:colons")
    assert authorizer.get_authorization_header() == basic("id:s3cret:with:colons")
    assert authorizer.handle_missing_authorization() is False
    assert sent(authorizer.bound_to(ORIGIN), get()) == basic("id:s3cret:with:colons")
    # RFC 7617, section 2.1.
    assert BasicAuthorizer("test", "123£").get_authorization_header() == "Basic dGVzdDoxMjPCow=="


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("i:d", "s3cret"),
        ("id:s3cret", ""),
        (None, "s3cret"),
        ("id", None),
        (b"id", b"s3cret"),
        ("id", "s3cret\ud800"),
        ("\ud800", "s3cret"),
    ],
)
def test_what_is_no_basic_credential(username: Any, password: Any) -> None:
    with pytest.raises(GlobusSDKUsageError) as refused:
        BasicAuthorizer(username, password)
    error: BaseException | None = refused.value
    while error is not None:
        assert "s3cret" not in f"{error} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_null() -> None:
    authorizer = NullAuthorizer()
    assert authorizer.get_authorization_header() is None  # type: ignore[func-returns-value]
    assert authorizer.handle_missing_authorization() is False
    assert sent(authorizer.bound_to(ORIGIN), get()) is None
    assert sent(authorizer.bound_to(ORIGIN), get(headers={"authorization": "Bearer mine"})) is None


@pytest.mark.parametrize("authorizer", [AccessTokenAuthorizer("s3cret"), BasicAuthorizer("id", "s3cret")])
def test_secrets_are_not_printed(authorizer: GlobusAuthorizer) -> None:
    name = type(authorizer).__name__
    bound = authorizer.bound_to("https://b.org:443/x", "http://a.org")
    assert str(authorizer) == name
    assert repr(authorizer) == f"<{name}>"
    assert str(bound) == f"{name} for http://a.org, https://b.org only"
    assert "s3cret" not in repr(bound)


@pytest.mark.parametrize("authorizer", [AccessTokenAuthorizer("t"), BasicAuthorizer("a", "b"), NullAuthorizer()])
def test_pickling(authorizer: GlobusAuthorizer) -> None:
    same = pickle.loads(pickle.dumps(authorizer.bound_to(ORIGIN)))
    assert same.origins == {ORIGIN}
    assert same.authorizer.get_authorization_header() == authorizer.get_authorization_header()


def test_a_header_that_the_request_brings_gives_way() -> None:
    request = get(headers={"authorization": "Bearer mine", "X": "1"})
    assert sent(AccessTokenAuthorizer("theirs").bound_to(ORIGIN), request) == "Bearer theirs"
    assert request.headers["Authorization"] == "Bearer mine"


@pytest.mark.parametrize("authorizer", [AccessTokenAuthorizer("t"), BasicAuthorizer("a", "b"), NullAuthorizer()])
def test_a_401_stands(authorizer: GlobusAuthorizer) -> None:
    flow = authorizer.bound_to(ORIGIN)(get())
    next(flow)
    assert end_of(flow, REFUSED) is REFUSED


# The origins.

bound = AccessTokenAuthorizer("s3cret").bound_to("https://a.org/v0.10/", "https://B.org:8443")


@pytest.mark.parametrize(
    "url", ["https://a.org", "https://a.org/other", "https://A.ORG:443/x", "https://b.org:8443/", "https://a.org?q"]
)
def test_its_own_origins_see_the_credential(url: str) -> None:
    assert sent(bound, Request("GET", url)) == "Bearer s3cret"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.org/",
        "https://a.org:8443/",
        "https://b.org/",
        "https://www.a.org/",
        "https://a.org.evil.example/",
        "https://evil.example/https://a.org/",
        "https://evil.example/?https://a.org/",
        "https://evil.example/#@a.org/",
        "https://a.org.",
    ],
)
def test_no_other_origin_does(url: str) -> None:
    assert sent(bound, Request("GET", url)) is None
    # A header that the caller set stays.
    assert sent(bound, Request("GET", url, {"Authorization": "Bearer mine"})) == "Bearer mine"


def test_a_request_may_decline() -> None:
    assert sent(bound, Request("GET", "https://a.org", authorize=False)) is None


def test_unbound_it_is_refused() -> None:
    authorizer = AccessTokenAuthorizer("s3cret")
    with pytest.raises(GlobusSDKUsageError, match="which servers may see its credential") as refused:
        next(authorizer(get()))
    assert 'bound_to("https://service.example.org")' in str(refused.value)
    assert "s3cret" not in str(refused.value)


@in_both_worlds
def test_unbound_it_is_refused_in_a_stack_before_anything_is_sent(world: World) -> None:
    terminal = world.terminal(OK)
    with pytest.raises(GlobusSDKUsageError, match="which servers may see its credential"):
        world.send(get(), [AccessTokenAuthorizer("s3cret")], terminal)
    assert not terminal.requests


def test_bound_to_nothing_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match="needs the URL of a server"):
        NullAuthorizer().bound_to()
    with pytest.raises(GlobusSDKUsageError, match="not an absolute http"):
        NullAuthorizer().bound_to("a.org")


@in_both_worlds
def test_a_redirect_elsewhere_goes_without_it(world: World) -> None:
    terminal = world.terminal(
        Response(307, {"Location": "/here"}),
        Response(307, {"Location": "https://elsewhere.example/"}),
        Response(307, {"Location": "https://a.org/back"}),
        OK,
    )
    world.send(Request("GET", "https://a.org/"), [Redirect(), bound], terminal)
    headers = [request.headers.get("Authorization") for request in terminal.requests]
    assert headers == ["Bearer s3cret", "Bearer s3cret", None, "Bearer s3cret"]


# Custom authorizers.


class Own(GlobusAuthorizer):
    """Returns one header after the other, and whether another attempt makes sense."""

    def __init__(self, *headers: str | None, again: bool = True) -> None:
        self.headers = list(headers)
        self.again = again
        self.asked = 0

    def get_authorization_header(self) -> str | None:
        return self.headers.pop(0)

    def handle_missing_authorization(self) -> bool:
        self.asked += 1
        return self.again


def test_ones_own_is_asked_in_steps() -> None:
    own = Own("One 1", "Two 2")
    flow = own.bound_to(ORIGIN)(get())
    step = next(flow)
    assert isinstance(step, Run)
    step = flow.send(step.function(*step.args))
    assert isinstance(step, Request)
    assert step.headers["Authorization"] == "One 1"
    step = flow.send(REFUSED)
    assert isinstance(step, Run)
    assert step.function(*step.args) is True
    step = flow.send(True)
    assert isinstance(step, Run)
    step = flow.send(step.function(*step.args))
    assert isinstance(step, Request)
    assert step.headers["Authorization"] == "Two 2"
    assert end_of(flow, OK) is OK


@in_both_worlds
def test_a_second_401_stands(world: World) -> None:
    own, last = Own("One 1", "Two 2", "Three 3"), Response(401)
    terminal = world.terminal(REFUSED, last)
    assert world.send(post(), [own.bound_to(ORIGIN)], terminal) is last
    assert [request.headers["Authorization"] for request in terminal.requests] == ["One 1", "Two 2"]


@in_both_worlds
def test_a_401_stands_if_another_try_makes_no_sense(world: World) -> None:
    own = Own("One 1", again=False)
    assert world.send(get(), [own.bound_to(ORIGIN)], world.terminal(REFUSED)) is REFUSED
    assert own.asked == 1


@in_both_worlds
def test_a_body_that_is_gone_is_not_sent_again(world: World) -> None:
    request = Request("PUT", ORIGIN, body=StreamBody.once([b"x"]))
    terminal = world.terminal(REFUSED)
    assert world.send(request, [Own("One 1").bound_to(ORIGIN)], terminal) is REFUSED


@in_both_worlds
def test_no_header_at_all(world: World) -> None:
    terminal = world.terminal(OK)
    world.send(get(headers={"Authorization": "Bearer mine"}), [Own(None).bound_to(ORIGIN)], terminal)
    assert "Authorization" not in terminal.requests[0].headers


@in_both_worlds
def test_ones_own_may_block(world: World) -> None:
    threads: list[int] = []

    class Slow(GlobusAuthorizer):
        def get_authorization_header(self) -> str:
            threads.append(threading.get_ident())
            return "Slow 1"

    world.send(get(), [Slow().bound_to(ORIGIN)], world.terminal(OK))
    assert (threads == [threading.get_ident()]) == (type(world).__name__ == "Threads")


class Dated(StaticGlobusAuthorizer):
    """Makes the header anew each time, as a signature has it."""

    def __init__(self) -> None:
        self.made = 0

    def get_authorization_header(self) -> str:
        self.made += 1
        return f"Dated {self.made}"


def test_a_static_one_may_make_its_header_anew() -> None:
    layer = Dated().bound_to(ORIGIN)
    assert [sent(layer, get()) for _ in range(2)] == ["Dated 1", "Dated 2"]


class Rereading(AccessTokenAuthorizer):
    """Has another token after a 401."""

    def handle_missing_authorization(self) -> bool:
        vars(self).update(vars(AccessTokenAuthorizer("second")))
        return True


@in_both_worlds
def test_a_subclass_of_a_static_one_may_replace_the_token(world: World) -> None:
    terminal = world.terminal(REFUSED, OK)
    assert world.send(post(), [Rereading("first").bound_to(ORIGIN)], terminal) is OK
    assert [request.headers["Authorization"] for request in terminal.requests] == ["Bearer first", "Bearer second"]


def test_nobody_is_asked_for_another_token_that_cannot_have_one() -> None:
    flow = AccessTokenAuthorizer("only").bound_to(ORIGIN)(get())
    next(flow)
    assert end_of(flow, REFUSED) is REFUSED


def test_a_streamed_401_is_read_before_the_next_try() -> None:
    flow = Own("One 1", "Two 2").bound_to(ORIGIN)(get(stream=True))
    next(flow)
    flow.send("One 1")
    streamed = Response(401, stream=FakeStream(b"no"))
    flow.send(streamed)
    step = flow.send(True)
    assert isinstance(step, Read)
    assert step.response is streamed


def test_an_authorizer_says_what_it_sends() -> None:
    with pytest.raises(TypeError, match="get_authorization_header"):
        GlobusAuthorizer()  # type: ignore[abstract]
    assert isinstance(Own("x").bound_to(ORIGIN), BoundAuthorizer)
