"""The cache, stepped by hand and in both stacks, on a clock that the test moves."""

from __future__ import annotations

import os
import pickle
import threading
from email.utils import formatdate
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    Cache,
    GlobusConnectionError,
    GlobusSDKUsageError,
    Request,
    Response,
    Run,
    Stack,
)
from globus_transport.core.flow import Flow
from globus_transport.core.layers import LayerLike
from globus_transport.middleware.cache import cache
from globus_transport.middleware.cache.cache import MemoryStore, Variants
from tests.core.stepping import (
    ORIGIN,
    Canned,
    World,
    end_of,
    exit_code_of_child,
    get,
    in_both_worlds,
    post,
)

MAX_AGE = {"Cache-Control": "max-age=60"}
ETAG = {"ETag": '"1"'}

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now

    def date(self, seconds: float = 0) -> str:
        return formatdate(self.now + seconds, usegmt=True)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(cache, "time", clock)
    return clock


def ok(headers: dict[str, str], body: bytes = b"body", request: Request | None = None) -> Response:
    return Response(200, headers, body, request=request)


def asks(layer: Cache, request: Request, answer: Response) -> tuple[Request, Response]:
    """The request that the layer sends, and the response that it makes of this answer."""
    flow = layer(request)
    sent = next(flow)
    assert isinstance(sent, Request)
    if answer.request is None:
        # Terminals set the request of their responses.
        object.__setattr__(answer, "request", sent)
    return sent, end_of(flow, answer)


def answers(layer: Cache, request: Request) -> Response | None:
    """The response from the cache; ``None`` if the layer sends a request."""
    flow: Flow = layer(request)
    try:
        step = next(flow)
    except StopIteration as end:
        response = end.value
        assert isinstance(response, Response)
        return response
    assert isinstance(step, Request)
    flow.close()
    return None


def filled(answer: Response, request: Request | None = None) -> Cache:
    layer = Cache()
    sent, got = asks(layer, request or get(), answer)
    assert sent is (request or sent)
    assert got is answer
    return layer


def test_a_fresh_answer_is_given_again(clock: Clock) -> None:
    layer = filled(ok({**MAX_AGE, "Content-Type": "text/plain"}))
    clock.now += 59.5
    request = get()
    response = answers(layer, request)
    assert response is not None
    assert (response.status, response.body, response.request) == (200, b"body", request)
    assert dict(response.headers) == {**MAX_AGE, "Content-Type": "text/plain", "Age": "59"}
    assert answers(layer, get("/other")) is None
    clock.now += 0.5
    assert answers(layer, get()) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "private, max-age=10"}, 10),
        ({"Cache-Control": "MAX-AGE=10, s-maxage=99"}, 10),
        ({"Cache-Control": 'max-age="10"'}, 10),
        ({"Cache-Control": "max-age=10", "Expires": "0"}, 10),
        ({"Cache-Control": 'x="a,no-store,b", max-age=10'}, 10),
        ({"Cache-Control": "max-age=99", "Age": "89"}, 10),
        ({"Cache-Control": "max-age=99", "Date": -89}, 10),
        ({"Cache-Control": "max-age=99", "Date": -80, "Age": "89"}, 10),
        ({"Cache-Control": "max-age=10", "Date": 500}, 10),
        ({"Cache-Control": "max-age=10", "Date": "yesterday"}, 10),
        ({"Cache-Control": "max-age=99999999999999999999999"}, 1 << 31),
        ({"Expires": 10}, 10),
        ({"Expires": 10, "Date": 0}, 10),
        ({"Expires": 5, "Date": -5}, 5),
    ],
)
def test_how_long_it_is_fresh(clock: Clock, headers: dict[str, Any], seconds: int) -> None:
    given = {name: clock.date(value) if isinstance(value, int) else value for name, value in headers.items()}
    layer = filled(ok(given))
    clock.now += seconds - 1
    assert answers(layer, get()) is not None
    clock.now += 1
    assert answers(layer, get()) is None


def test_the_time_that_the_answer_took_is_part_of_its_age(clock: Clock) -> None:
    layer = Cache()
    flow = layer(get())
    next(flow)
    clock.now += 50
    end_of(flow, ok({**MAX_AGE, "Age": "5"}, request=get()))
    clock.now += 4
    response = answers(layer, get())
    assert response is not None
    assert response.headers["Age"] == "59"
    clock.now += 1
    assert answers(layer, get()) is None


@pytest.mark.parametrize(
    "answer",
    [
        ok({}),
        ok({"Cache-Control": "no-store, max-age=60"}),
        ok({"Cache-Control": "max-age=0"}),
        ok({"Cache-Control": "max-age=-1"}),
        ok({"Cache-Control": "max-age=1.5"}),
        ok({"Cache-Control": "max-age"}),
        ok({"Cache-Control": "max-age=60, max-age=10"}),
        ok({"Cache-Control": "no-cache, max-age=60"}),
        ok({"Expires": "0"}),
        ok({**MAX_AGE, "Vary": "*"}),
        ok({**MAX_AGE, "Vary": "Accept, *"}),
        Response(206, MAX_AGE),
        Response(302, MAX_AGE),
        Response(401, MAX_AGE),
        Response(500, MAX_AGE),
        Response(200, MAX_AGE, truncated=True),
        Response(404, ETAG),
    ],
    ids=lambda answer: f"{answer.status} {dict(answer.headers)}",
)
def test_what_is_not_kept(answer: Response) -> None:
    layer = filled(answer)
    assert isinstance(layer.store, MemoryStore)
    assert len(layer.store) == 0


@pytest.mark.parametrize("status", [203, 204, 301, 404, 410])
def test_other_statuses_that_are_kept(status: int) -> None:
    response = answers(filled(Response(status, MAX_AGE)), get())
    assert response is not None
    assert response.status == status


@pytest.mark.parametrize(
    "request_",
    [
        get(headers={"Range": "bytes=0-5"}),
        get(headers={"If-None-Match": '"1"'}),
        get(headers={"If-Modified-Since": "x"}),
        get(headers={"Cache-Control": "no-store"}),
        get(stream=True),
        get(body=b"x"),
        Request("HEAD", f"{ORIGIN}/thing"),
        Request("OPTIONS", f"{ORIGIN}/thing"),
    ],
)
def test_requests_that_pass(request_: Request) -> None:
    layer = filled(ok(MAX_AGE), get())
    sent, _ = asks(layer, request_, ok({**MAX_AGE, "X-New": "1"}))
    assert sent is request_
    kept = answers(layer, get())
    assert kept is not None
    assert "X-New" not in kept.headers


@pytest.mark.parametrize(
    ("said", "headers", "after", "answered"),
    [
        ("no-cache", MAX_AGE, 0, False),
        ("max-age=0", MAX_AGE, 1, False),
        ("max-age=10", MAX_AGE, 10, True),
        ("max-age=10", MAX_AGE, 11, False),
        ("min-fresh=20", MAX_AGE, 40, True),
        ("min-fresh=20", MAX_AGE, 41, False),
        ("max-stale", MAX_AGE, 9999, True),
        ("max-stale=10", MAX_AGE, 70, True),
        ("max-stale=10", MAX_AGE, 71, False),
        ("max-stale", {"Cache-Control": "max-age=60, must-revalidate"}, 61, False),
        ("max-stale", {"Cache-Control": "max-age=60, must-revalidate"}, 59, True),
        ("max-stale", {"Cache-Control": "max-age=60, no-cache", **ETAG}, 0, False),
        ("max-stale, max-age=5", MAX_AGE, 61, False),
    ],
)
def test_what_a_caller_says(clock: Clock, said: str, headers: dict[str, str], after: int, answered: bool) -> None:
    layer = filled(ok(headers))
    clock.now += after
    assert (answers(layer, get(headers={"Cache-Control": said})) is not None) is answered


def test_an_old_pragma() -> None:
    assert answers(filled(ok(MAX_AGE)), get(headers={"Pragma": "no-cache"})) is None


def test_only_if_cached(clock: Clock) -> None:
    layer = filled(ok(MAX_AGE))
    request = get(headers={"Cache-Control": "only-if-cached"})
    response = answers(layer, request)
    assert response is not None
    assert response.status == 200
    clock.now += 60
    response = answers(layer, request)
    assert response is not None
    assert response.status == 504


def test_it_asks_whether_an_answer_is_still_good(clock: Clock) -> None:
    date = clock.date()
    old = {
        **ETAG,
        "Last-Modified": date,
        "Date": date,
        "Age": "3",
        "Content-Type": "text/plain",
        "Old": "1",
        "X": "1",
    }
    layer = filled(ok(old))
    clock.now += 100
    new = {**MAX_AGE, **ETAG, "Date": clock.date(), "Content-Length": "0", "Content-Type": "wrong", "X": "2"}
    sent, response = asks(layer, get(headers={"Accept": "a"}), Response(304, new))
    assert dict(sent.headers) == {"Accept": "a", "If-None-Match": '"1"', "If-Modified-Since": date}
    merged = {
        "Last-Modified": date,
        "Content-Type": "text/plain",
        "Old": "1",
        **MAX_AGE,
        **ETAG,
        "Date": clock.date(),
        "X": "2",
    }
    assert (response.status, response.body, dict(response.headers)) == (200, b"body", merged)
    # It is fresh from then on.
    clock.now += 59
    again = answers(layer, get())
    assert again is not None
    assert dict(again.headers) == {**merged, "Age": "59"}


def test_an_answer_that_is_no_longer_good_is_replaced(clock: Clock) -> None:
    layer = filled(ok({**MAX_AGE, **ETAG}))
    clock.now += 60
    new = ok({**MAX_AGE, "ETag": '"2"'}, b"new")
    sent, response = asks(layer, get(), new)
    assert sent.headers["If-None-Match"] == '"1"'
    assert response is new
    again = answers(layer, get())
    assert again is not None
    assert again.body == b"new"


def test_a_304_for_another_version_is_not_taken(clock: Clock) -> None:
    layer = filled(ok({**MAX_AGE, **ETAG}))
    clock.now += 60
    request = get()
    flow = layer(request)
    next(flow)
    assert flow.send(Response(304, {"ETag": '"2"'})) is request
    new = ok(MAX_AGE, b"new", request)
    assert end_of(flow, new) is new
    again = answers(layer, get())
    assert again is not None
    assert again.body == b"new"


@pytest.mark.parametrize(("kept", "told"), [('W/"1"', '"1"'), ('"1"', 'W/"1"'), ('W/"1"', 'W/"1"')])
def test_weak_tags(kept: str, told: str) -> None:
    layer = filled(ok({"ETag": kept}))
    sent, response = asks(layer, get(), Response(304, {"ETag": told}))
    assert sent.headers["If-None-Match"] == kept
    assert response.body == b"body"


def test_a_304_that_forbids_keeping_it(clock: Clock) -> None:
    layer = filled(ok({**MAX_AGE, **ETAG}))
    clock.now += 60
    _, response = asks(layer, get(), Response(304, {"Cache-Control": "no-store"}))
    assert response.body == b"body"
    sent, _ = asks(layer, get(), ok({}))
    assert "If-None-Match" not in sent.headers


@pytest.mark.parametrize(("status", "kept"), [(503, True), (429, True), (404, False), (403, False), (204, False)])
def test_what_a_failure_means_for_what_is_kept(clock: Clock, status: int, kept: bool) -> None:
    layer = filled(ok({**MAX_AGE, **ETAG}))
    clock.now += 60
    bad = Response(status)
    _, response = asks(layer, get(), bad)
    assert response is bad
    sent, _ = asks(layer, get(), bad)
    assert ("If-None-Match" in sent.headers) is kept


def test_vary() -> None:
    layer = Cache()
    varying = {**MAX_AGE, "Vary": "Accept, X-Lang"}
    for accept in ("a", "b"):
        asks(layer, get(headers={"Accept": accept}), ok(varying, accept.encode()))
    for accept in ("a", "b"):
        response = answers(layer, get(headers={"accept": accept}))
        assert response is not None
        assert response.body == accept.encode()
    assert answers(layer, get()) is None
    assert answers(layer, get(headers={"Accept": "a", "X-Lang": "de"})) is None
    assert answers(layer, get(headers={"Accept": "a", "X-Lang": ""})) is None


def test_no_more_than_some_variants() -> None:
    layer = Cache()
    for number in range(30):
        asks(layer, get(headers={"Accept": str(number)}), ok({**MAX_AGE, "Vary": "Accept"}))
    kept = [number for number in range(30) if answers(layer, get(headers={"Accept": str(number)}))]
    assert kept == list(range(14, 30))


@pytest.mark.parametrize("name", ["Authorization", "Cookie"])
def test_never_across_credentials(name: str) -> None:
    mine = get(headers={name: "s3cret"})
    layer = filled(ok({"Cache-Control": "public, max-age=60"}), mine)
    assert answers(layer, mine) is not None
    assert answers(layer, get(headers={name: "other"})) is None
    assert answers(layer, get()) is None
    assert answers(layer, get(headers={name: ""})) is None
    assert isinstance(layer.store, MemoryStore)
    assert "s3cret" not in repr(layer.store.get(mine.url))
    assert "s3cret" not in repr(vars(layer.store))


def test_credentials_of_other_names() -> None:
    layer = Cache(credentials=["X-Key"])
    asks(layer, get(headers={"X-Key": "a"}), ok(MAX_AGE))
    assert answers(layer, get(headers={"X-Key": "b"})) is None
    assert answers(layer, get(headers={"X-Key": "a"})) is not None


def test_vary_keeps_no_secret() -> None:
    mine = get(headers={"Authorization": "s3cret"})
    layer = filled(ok({**MAX_AGE, "Vary": "Authorization"}), mine)
    assert answers(layer, mine) is not None
    assert "s3cret" not in repr(layer.store.get(mine.url))


@in_both_worlds
def test_below_the_authorizer(world: World) -> None:
    terminal = world.terminal(ok(MAX_AGE, b"mine"), ok(MAX_AGE, b"theirs"))
    layer = Cache()
    mine: list[LayerLike] = [AccessTokenAuthorizer("mine").bound_to(ORIGIN), layer]
    theirs: list[LayerLike] = [AccessTokenAuthorizer("theirs").bound_to(ORIGIN), layer]
    bodies = [world.send(get(), layers, terminal).body for layers in (mine, theirs, mine, theirs)]
    assert bodies == [b"mine", b"theirs", b"mine", b"theirs"]
    assert len(terminal.requests) == 2


@in_both_worlds
def test_above_the_authorizer_it_refuses(world: World) -> None:
    sent = get(headers={"Authorization": "Bearer s3cret"})
    terminal = world.terminal(Response(200, MAX_AGE, request=sent))
    layer = Cache()
    with pytest.raises(GlobusSDKUsageError, match=r"below the authorizer: client.stack.add\(Cache\(\)\)") as raised:
        world.send(get(), [layer, AccessTokenAuthorizer("s3cret").bound_to(ORIGIN)], terminal)
    assert "s3cret" not in str(raised.value)
    assert answers(layer, get()) is None


def test_a_layer_below_that_changes_what_the_answer_varies_by() -> None:
    layer = Cache()
    for added, kept in (("b", False), ("a", True)):
        asks(
            layer,
            get(headers={"Accept": "a"}),
            Response(200, {**MAX_AGE, "Vary": "Accept"}, request=get(headers={"Accept": added})),
        )
        assert (answers(layer, get(headers={"Accept": "a"})) is not None) is kept
    asks(layer, get("/from"), Response(200, MAX_AGE, request=get("/to")))
    assert answers(layer, get("/from")) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MERGE"])
def test_a_change_drops_what_is_kept_for_everybody(method: str) -> None:
    mine, theirs = get(headers={"Authorization": "a"}), get(headers={"Authorization": "b"})
    layer = filled(ok(MAX_AGE), mine)
    asks(layer, theirs, ok(MAX_AGE))
    asks(layer, get("/other"), ok(MAX_AGE))
    sent, _ = asks(layer, Request(method, f"{ORIGIN}/thing"), Response(200))
    assert sent.method == method
    assert answers(layer, mine) is None
    assert answers(layer, theirs) is None
    assert answers(layer, get("/other")) is not None


def test_a_change_names_other_urls() -> None:
    layer = Cache()
    elsewhere = Request("GET", "https://elsewhere.example.org/a")
    urls = [get("/a"), get("/b"), get("/c"), elsewhere]
    for request in urls:
        asks(layer, request, ok(MAX_AGE))
    asks(layer, post("/x"), Response(201, {"Location": "/a", "Content-Location": f"{ORIGIN}/b"}))
    assert [answers(layer, request) is not None for request in urls] == [False, False, True, True]
    asks(layer, post("/x"), Response(201, {"Location": elsewhere.url, "Content-Location": "ftp://x"}))
    assert answers(layer, elsewhere) is not None
    asks(layer, post("/x"), Response(400, {"Location": "/c"}))
    assert answers(layer, get("/c")) is not None


def test_a_change_whose_answer_is_lost() -> None:
    layer = filled(ok(MAX_AGE))
    flow = layer(post())
    next(flow)
    with pytest.raises(GlobusConnectionError):
        flow.throw(GlobusConnectionError("lost"))
    assert answers(layer, get()) is None


def test_an_answer_that_a_change_overtook_is_not_kept() -> None:
    layer = Cache()
    slow = layer(get())
    next(slow)
    asks(layer, post(), Response(200))
    end_of(slow, ok(MAX_AGE))
    assert answers(layer, get()) is None


@in_both_worlds
def test_in_a_stack(world: World, clock: Clock) -> None:
    terminal = world.terminal(
        ok({**MAX_AGE, **ETAG}, request=get()), Response(304, MAX_AGE, request=get()), ok({}, b"new")
    )
    layer = Cache()
    assert [world.send(get(), [layer], terminal).body for _ in range(3)] == [b"body"] * 3
    clock.now += 60
    assert [world.send(get(), [layer], terminal).body for _ in range(3)] == [b"body"] * 3
    assert [request.headers.get("If-None-Match") for request in terminal.requests] == [None, '"1"']
    world.send(post(), [layer], terminal)
    assert len(terminal.requests) == 3


class SlowStore(MemoryStore):
    """A store whose methods must run where blocking is allowed."""

    blocking = True


def test_a_store_that_blocks() -> None:
    layer = Cache(SlowStore())
    flow = layer(get())
    steps: list[str] = []

    def perform(step: object) -> Any:
        steps.append(repr(step) if isinstance(step, Run) else "send")
        return step.function(*step.args) if isinstance(step, Run) else ok(MAX_AGE, request=get())

    answer = perform(next(flow))
    for _ in range(2):
        answer = perform(flow.send(answer))
    last = flow.send(answer)
    assert end_of(flow, perform(last)).status == 200
    assert steps == ["Run(MemoryStore.get)", "send", "Run(MemoryStore.get)", "Run(MemoryStore.put)"]
    assert Stack(Canned(), [layer]).send(get()).body == b"body"
    assert Stack(Canned(Response(204)), [layer]).send(post()).status == 204


def test_what_was_changed_while_it_was_being_kept_is_not_kept() -> None:
    layer = Cache(SlowStore())
    reading, changing = layer(get()), layer(post())

    def run(step: object) -> Any:
        assert isinstance(step, Run)
        return step.function(*step.args)

    reading.send(run(next(reading)))
    read = reading.send(ok(MAX_AGE, b"old", get()))
    changing.send(run(next(changing)))
    with pytest.raises(StopIteration):
        changing.send(run(changing.send(Response(200))))
    # The answer from before the change is put into the store after it.
    forget = reading.send(run(reading.send(run(read))))
    with pytest.raises(StopIteration):
        reading.send(run(forget))
    assert Stack(Canned(ok({}, b"new")), [layer]).send(get()).body == b"new"


def test_who_asked_is_not_known_if_neither_the_request_nor_the_terminal_tells() -> None:
    store = MemoryStore()
    for name in ("alice", "bob"):
        authorizer = AccessTokenAuthorizer(name).bound_to(ORIGIN)
        answer = Stack(Canned(ok(MAX_AGE, name.encode())), [Cache(store), authorizer]).send(get())
        assert answer.body == name.encode()
    # Below the authorizer the credential is seen.
    stack = Stack(Canned(ok(MAX_AGE)), [AccessTokenAuthorizer("alice").bound_to(ORIGIN), Cache()])
    assert [stack.send(get()).body for _ in range(2)] == [b"body"] * 2


def test_the_store_is_bounded() -> None:
    store = MemoryStore(max_bytes=100_000)
    layer = Cache(store)
    for number in range(20):
        asks(layer, get(f"/{number}"), ok(MAX_AGE, b"x" * 10_000))
        assert answers(layer, get("/0")) is not None
    assert store.size <= 100_000
    kept = [number for number in range(20) if answers(layer, get(f"/{number}"))]
    # What was used last stays.
    assert kept == [0, *range(12, 20)]
    asks(layer, get("/big"), ok(MAX_AGE, b"x" * 12_501))
    assert answers(layer, get("/big")) is None
    for number in range(20):
        asks(layer, post(f"/{number}"), Response(200))
    assert (store.size, len(store)) == (0, 0)


def test_many_threads_share_one(clock: Clock) -> None:
    store = MemoryStore(max_bytes=60_000)
    stack = Stack(lambda request: ok(MAX_AGE, request.url.encode()), [Cache(store)])
    wrong: list[Response] = []

    def calls(first: int) -> None:
        for number in range(300):
            request = get(f"/{(first * number) % 37}")
            response = stack.send(request)
            if response.body != request.url.encode():
                wrong.append(response)
            if number % 29 == 0:
                stack.send(post(f"/{number % 37}"))

    threads = [threading.Thread(target=calls, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    for number in range(37):
        stack.send(Request("DELETE", f"{ORIGIN}/{number}"))
    assert (store.size, len(store)) == (0, 0)


@needs_fork
def test_a_child_begins_with_an_empty_store() -> None:
    layer = filled(ok(MAX_AGE))
    store = layer.store
    assert isinstance(store, MemoryStore)
    store._lock.acquire()

    def in_the_child() -> int:
        assert answers(layer, get()) is None
        asks(layer, get(), ok(MAX_AGE))
        return 0 if answers(layer, get()) else 1

    assert exit_code_of_child(in_the_child) == 0
    store._lock.release()
    assert answers(layer, get()) is not None


@pytest.mark.parametrize("make", [lambda: Cache(credentials="Cookie"), lambda: MemoryStore(0)])
def test_wrong_settings(make: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="give a"):
        make()


def test_printing_and_pickling() -> None:
    layer = Cache(MemoryStore(1 << 20), credentials=["X-Key"])
    asks(layer, get(), ok(MAX_AGE))
    assert str(layer) == "answers to GETs, kept in memory, at most 1 MiB"
    same = pickle.loads(pickle.dumps(layer))
    assert (str(same), same.credentials) == (str(layer), layer.credentials)
    assert answers(same, get()) is None
    variants: Variants = layer.store.get(get().url)
    assert pickle.loads(pickle.dumps(variants)) == variants
