"""Redirects: which are followed, as what, and what stays behind."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from globus_transport.exc.base import RedirectError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.redirect import Redirect
from tests.core.stepping import ORIGIN, World, end_of, get, in_both_worlds, post


def to(location: str, status: int = 302) -> Response:
    return Response(status, {"Location": location})


def hop(request: Request, answer: Response) -> Request:
    """Where a redirect leads."""
    flow = Redirect()(request)
    assert next(flow) is request
    step = flow.send(answer)
    assert isinstance(step, Request)
    response = Response(200)
    assert end_of(flow, response) is response
    return step


def is_final(request: Request, answer: Response) -> bool:
    flow = Redirect()(request)
    next(flow)
    return end_of(flow, answer) is answer


@pytest.mark.parametrize("status", [200, 201, 204, 300, 304, 305, 306, 399, 400])
def test_other_statuses_stand(status: int) -> None:
    assert is_final(get(), to("/other", status))


def test_a_request_may_decline() -> None:
    assert is_final(get(follow_redirects=False), to("/other"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_goes_on_as_it_was(method: str, status: int) -> None:
    request = Request(method, ORIGIN + "/a/b", {"Accept": "*/*"}, deadline=5.0, route="r", extensions={"mine": 1})
    moved = hop(request, to("../c?d=1", status))
    assert moved.url == ORIGIN + "/c?d=1"
    assert moved.url.origin == ORIGIN
    for field in attrs.fields(Request):
        if field.name not in ("url", "headers"):
            assert getattr(moved, field.name) == getattr(request, field.name), field.name
    assert moved.headers.pairs == request.headers.pairs


@pytest.mark.parametrize(
    ("method", "status"),
    [("POST", 301), ("POST", 302), *[(method, 303) for method in ("POST", "PUT", "PATCH", "DELETE")]],
)
def test_writing_becomes_reading(method: str, status: int) -> None:
    headers = {"Content-Type": "application/json", "content-length": "2", "Content-Encoding": "gzip", "Accept": "*/*"}
    moved = hop(Request(method, ORIGIN, headers, b"{}", repeatable=False), to("/new", status))
    assert (moved.method, moved.body, moved.repeatable) == ("GET", None, None)
    assert moved.headers.pairs == (("Accept", "*/*"),)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_than_post_stay(method: str, status: int) -> None:
    """RFC 9110, sections 15.4.2 and 15.4.3. The 200 of a GET would be taken for the success of the DELETE."""
    request = Request(method, ORIGIN, {"Content-Type": "a/b"}, b"{}", repeatable=False)
    moved = hop(request, to("/new", status))
    assert (moved.method, moved.body, moved.repeatable, moved.headers) == (method, b"{}", False, request.headers)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/data/run 7.json", "/data/run%207.json"),
        (" /data?a=b c ", "/data?a=b%20c"),
        ("/gr\u00fcn", "/gr%C3%BCn"),
        ("/gr\u00fcn".encode().decode("latin-1"), "/gr%C3%BCn"),
        ("/\u041e\u0442", "/%D0%9E%D1%82"),
        ("/%7Ea%20b", "/%7Ea%20b"),
    ],
)
def test_what_a_url_cannot_have_is_percent_encoded(location: str, target: str) -> None:
    moved = hop(get(), Response(302, Headers.received([("Location", location)])))
    assert moved.url.target == target


@pytest.mark.parametrize("status", [307, 308])
def test_307_and_308_keep_method_and_body(status: int) -> None:
    moved = hop(post(body=b"{}", headers={"Content-Type": "application/json"}, repeatable=True), to("/new", status))
    assert (moved.method, moved.body, moved.repeatable) == ("POST", b"{}", True)
    assert moved.headers["Content-Type"] == "application/json"


def test_a_body_that_is_gone_is_not_sent_again() -> None:
    flow = Redirect()(Request("PUT", ORIGIN, body=StreamBody.once([b"x"])))
    next(flow)
    with pytest.raises(RedirectError, match="its body can be sent only once"):
        flow.send(to("/new", 307))
    assert hop(Request("PUT", ORIGIN, body=StreamBody.once([b"x"])), to("/new", 303)).body is None


CREDENTIALS = {"Authorization": "Bearer s3cret", "cookie": "s3cret", "Host": "h", "Accept": "*/*"}


@pytest.mark.parametrize("location", ["/other", ORIGIN + ":443/other", ORIGIN.upper() + "/other"])
def test_credentials_of_the_caller_stay_with_their_origin(location: str) -> None:
    assert hop(get(headers=CREDENTIALS), to(location)).headers.pairs == tuple(CREDENTIALS.items())


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://service.example.org/thing",
        ORIGIN + ":8443/thing",
        ORIGIN + ".evil.example/",
    ],
)
@pytest.mark.parametrize("status", [302, 307])
def test_credentials_of_the_caller_do_not_leave_it(location: str, status: int) -> None:
    assert hop(get(headers=CREDENTIALS), to(location, status)).headers.pairs == (("Accept", "*/*"),)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_does_not_go_to_another_origin(method: str) -> None:
    flow = Redirect()(Request(method, ORIGIN, body=b"refresh_token=s3cret", repeatable=True))
    next(flow)
    with pytest.raises(RedirectError, match="another origin; a body does not go there"):
        flow.send(to("https://evil.example/", 307))
    assert hop(Request(method, ORIGIN, body=b"x"), to("https://other.example/", 303)).body is None
    assert hop(Request("DELETE", ORIGIN), to("https://other.example/", 307)).method == "DELETE"


@pytest.mark.parametrize("answer", [Response(302), to("")])
def test_no_location(answer: Response) -> None:
    flow = Redirect()(get("/x?code=s3cret"))
    next(flow)
    with pytest.raises(RedirectError, match="status 302 without a Location header") as raised:
        flow.send(answer)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    "location",
    [
        "ftp://h.org/",
        "mailto:s3cret@h.org",
        "http://[::1",
        "http://h.org:s3cret@/",
        "http:127.0.0.1:80/s3cret",
        "http:\\\\host\\s3cret",
        "/\\host/s3cret",
        "https:/one",
        "javascript:1",
        "http://b\u00fccher.example/s3cret",
    ],
)
def test_locations_that_are_no_place(location: str) -> None:
    flow = Redirect()(get())
    next(flow)
    with pytest.raises(RedirectError, match="to a place that is no http") as raised:
        flow.send(Response(302, Headers.received([("Location", location)])))
    error: BaseException | None = raised.value
    while error is not None:
        assert "s3cret" not in f"{error} {error!r}"
        error = error.__cause__


def test_a_loop_ends() -> None:
    flow = Redirect(limit=3)(get())
    step: Any = next(flow)
    for _ in range(3):
        step = flow.send(to("/again"))
        assert isinstance(step, Request)
    with pytest.raises(RedirectError, match="more than 3 redirects"):
        flow.send(to("/again"))


def test_twenty_hops_are_followed() -> None:
    flow = Redirect()(get())
    next(flow)
    for number in range(20):
        flow.send(to(f"/{number}"))
    response = Response(200)
    assert end_of(flow, response) is response


@in_both_worlds
def test_the_redirects_own_body_is_let_go(world: World) -> None:
    stream, wanted = world.stream(b"moved"), world.stream(b"data")
    terminal = world.terminal(
        Response(302, {"Location": "/other"}, stream=stream),
        Response(200, stream=wanted),
    )
    assert world.send(get(stream=True), [Redirect()], terminal).stream is wanted
    assert (stream.closed, wanted.closed) == (1, 0)
    assert [request.url.target for request in terminal.requests] == ["/thing", "/other"]
