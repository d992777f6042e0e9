"""A WSGI application as a terminal."""

import asyncio
import gzip
import io
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import flask
import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError, ReplyFormatError
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.wsgi import WSGITerminal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

App = Callable[[dict[str, Any], "StartResponse"], Iterable[bytes]]
PLAIN = [("Content-Type", "text/plain")]


def get(url: str = "http://app.example.org/", **settings: Any) -> Request:
    return Request("GET", url, **settings)


def stream_of(response: Response) -> ByteStream:
    assert isinstance(response.stream, ByteStream)
    return response.stream


def environ_of(request: Request, **settings: Any) -> dict[str, Any]:
    """The environ that an application gets for the request; ``"body"`` is its whole input."""
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        seen.update(environ)
        seen["body"] = environ["wsgi.input"].read()
        start_response("200 OK", PLAIN)
        return [b""]

    WSGITerminal(app, **settings)(request)
    return seen


class Closing:
    """An iterable that records whether it was closed."""

    def __init__(self, *parts: Any, error: BaseException | None = None) -> None:
        self.parts = parts
        self.error = error
        self.given = 0
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        for part in self.parts:
            self.given += 1
            yield part
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.closed += 1


def answering(body: Iterable[bytes], status: str = "200 OK", *headers: tuple[str, str]) -> App:
    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response(status, list(headers))
        return body

    return app


# The environ.


def test_the_environ_is_complete() -> None:
    headers = [
        ("Accept", "a"),
        ("X-Two", "1"),
        ("Content-Type", "text/x; charset=utf-8"),
        ("x-two", "2"),
        ("Cookie", "a=b"),
        ("Cookie", "c=d"),
        ("Content-Length", "999"),
    ]
    environ = environ_of(Request("POST", "http://app.example.org:8080/a%20b%2F%C3%A4?q=%20&r", headers, b"body"))
    assert environ.pop("body") == b"body"
    assert environ.pop("wsgi.errors") is sys.stderr
    assert environ.pop("wsgi.input")
    assert environ == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a b/\xc3\xa4",
        "QUERY_STRING": "q=%20&r",
        "SERVER_NAME": "app.example.org",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "text/x; charset=utf-8",
        "CONTENT_LENGTH": "4",
        "HTTP_HOST": "app.example.org:8080",
        "HTTP_ACCEPT": "a",
        "HTTP_X_TWO": "1,2",
        "HTTP_COOKIE": "a=b; c=d",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }


@pytest.mark.parametrize(
    ("url", "name", "port", "host"),
    [
        ("http://h.org", "h.org", "80", "h.org"),
        ("https://h.org", "h.org", "443", "h.org"),
        ("https://h.org:80/", "h.org", "80", "h.org:80"),
        ("http://[::1]/", "[::1]", "80", "[::1]"),
        ("http://[::1]:81/", "[::1]", "81", "[::1]:81"),
    ],
)
def test_the_server_that_it_seems_to_be(url: str, name: str, port: str, host: str) -> None:
    environ = environ_of(get(url), remote_addr="10.1.2.3")
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"], environ["HTTP_HOST"]) == (name, port, host)
    assert environ["wsgi.url_scheme"] == url.partition(":")[0]
    assert environ["REMOTE_ADDR"] == "10.1.2.3"
    assert environ_of(get(url, headers={"Host": "other"}))["HTTP_HOST"] == "other"


def test_a_request_without_a_body() -> None:
    environ = environ_of(get())
    assert (environ["body"], environ.get("CONTENT_LENGTH"), environ.get("CONTENT_TYPE")) == (b"", None, None)
    assert environ_of(Request("POST", "http://h.org"))["CONTENT_LENGTH"] == "0"


def test_an_application_that_is_mounted_at_a_path() -> None:
    for path, rest in [("/base%20x/y", "/y"), ("/base%20x", ""), ("/base%20x/", "/")]:
        environ = environ_of(get(f"http://h.org{path}?q"), script_name="/base x")
        assert (environ["SCRIPT_NAME"], environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/base x", rest, "q")
    for path in ("/", "/base", "/base%20xy"):
        with pytest.raises(GlobusSDKUsageError, match="mounted at '/base x'"):
            environ_of(get(f"http://h.org{path}"), script_name="/base x")
    for wrong in ("/", "base", "/base/"):
        with pytest.raises(GlobusSDKUsageError, match="script_name"):
            WSGITerminal(answering([]), script_name=wrong)


# Request bodies.


@pytest.mark.parametrize("length", [None, 6])
def test_a_streamed_request_body_is_a_file(length: int | None) -> None:
    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        file = environ["wsgi.input"]
        return [b"|".join([file.read(1), file.readline(), *file.readlines(), file.read(), file.read(5)])]

    seen = environ_of(Request("PUT", "http://h.org", body=StreamBody.once([b"ab", b"", b"\ncde"], length)))
    assert seen["body"] == b"ab\ncde"
    assert seen.get("CONTENT_LENGTH") == (None if length is None else "6")
    assert seen.get("HTTP_TRANSFER_ENCODING") == ("chunked" if length is None else None)
    request = Request("PUT", "http://h.org", body=StreamBody.once(iter([b"ab", b"\nc", b"de\nf"])))
    assert WSGITerminal(app)(request).body == b"a|b\n|cde\n|f||"


def test_a_request_body_is_read_only_as_far_as_the_application_does() -> None:
    produced = []

    def produce() -> Iterator[bytes]:
        for number in range(100):
            produced.append(number)
            yield b"x" * io.DEFAULT_BUFFER_SIZE

    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        return [environ["wsgi.input"].read(10)]

    assert WSGITerminal(app)(Request("PUT", "http://h.org", body=StreamBody.once(produce()))).body == b"x" * 10
    assert len(produced) <= 2


def test_a_wrong_length_is_found_by_the_application_that_reads() -> None:
    for length in (2, 9):
        with pytest.raises(GlobusSDKUsageError, match=f"announced with {length} bytes"):
            environ_of(Request("PUT", "http://h.org", body=StreamBody.once([b"abc"], length)))


# Responses.


def test_an_ordinary_answer() -> None:
    app = answering([b"a", b"", b"b"], "201 Made It", ("X", "1"), ("x", "2"))
    response = WSGITerminal(app)(get())
    assert (response.status, response.reason, response.body) == (201, "Made It", b"ab")
    assert response.headers.pairs == (("X", "1"), ("x", "2"))
    assert response.request is not None


def test_start_response_may_come_with_the_first_iteration() -> None:
    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("202 Late", PLAIN)
        yield b"body"

    assert WSGITerminal(app)(get()).status == 202

    def without_body(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("202 Late", PLAIN)
        yield from ()

    assert WSGITerminal(without_body)(get()).status == 202


def test_what_is_written_stands_before_what_is_iterated() -> None:
    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        write = start_response("200 OK", PLAIN)
        write(b"one ")
        write(b"")
        write(b"two ")

        def rest() -> Iterator[bytes]:
            yield b"three "
            write(b"four ")
            yield b"five"
            write(b" six")

        return rest()

    assert WSGITerminal(app)(get()).body == b"one two three four five six"


def test_an_application_that_only_writes() -> None:
    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", PLAIN)(b"written")
        return []

    assert WSGITerminal(app)(get()).body == b"written"
    assert stream_of(WSGITerminal(app)(get(stream=True))).read() == b"written"


def test_an_error_handler_may_replace_the_head_before_anything_is_sent() -> None:
    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        yield b""
        try:
            raise LookupError("oh")
        except LookupError:
            start_response("500 Oh", [("X", "y")], sys.exc_info())
        yield b"sorry"

    response = WSGITerminal(app)(get())
    assert (response.status, response.headers.pairs, response.body) == (500, (("X", "y"),), b"sorry")


@pytest.mark.parametrize("written", [True, False])
def test_an_error_handler_that_is_too_late_gets_its_exception_back(written: bool) -> None:
    error = LookupError("oh")

    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        write = start_response("200 OK", PLAIN)
        if written:
            write(b"sent")
        else:
            yield b"sent"
        try:
            raise error
        except LookupError:
            start_response("500 Oh", PLAIN, sys.exc_info())
        yield b"never"

    with pytest.raises(LookupError) as caught:
        WSGITerminal(app)(get())
    assert caught.value is error


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "304 Not Modified"])
@pytest.mark.parametrize("stream", [True, False])
def test_answers_that_have_no_body(method: str, status: str, stream: bool) -> None:
    body = Closing(b"bo", b"dy")
    app = answering(body, status, ("Content-Length", "4"), ("Content-Encoding", "gzip" if status[0] == "3" else "x"))
    response = WSGITerminal(app)(Request(method, "http://h.org", stream=stream))
    expected = b"body" if (method, status) == ("GET", "200 OK") else b""
    assert (stream_of(response).read() if stream else response.body) == expected
    assert response.headers["Content-Length"] == "4"
    assert body.closed == 1


def test_a_compressed_answer_is_decoded() -> None:
    app = answering([gzip.compress(b"data" * 1000)], "200 OK", ("Content-Encoding", "gzip"))
    assert WSGITerminal(app)(get()).body == b"data" * 1000
    assert stream_of(WSGITerminal(app)(get(stream=True))).read(6) == b"datada"
    with pytest.raises(ReplyFormatError, match="not gzip"):
        WSGITerminal(answering([b"plain"], "200 OK", ("Content-Encoding", "gzip")))(get())


# Streams.


def test_a_streamed_answer_is_made_as_it_is_read() -> None:
    body = Closing(b"", b"one", b"", b"two", b"three")
    response = WSGITerminal(answering(body))(get(stream=True))
    assert (response.body, body.given, body.closed) == (b"", 2, 0)
    parts = iter(stream_of(response))
    assert [next(parts), body.given] == [b"one", 2]
    assert [next(parts), body.given] == [b"two", 4]
    assert list(parts) == [b"three"]
    assert body.closed == 1
    assert stream_of(response).read() == b""


def test_a_stream_that_is_closed_early_closes_the_body() -> None:
    body = Closing(b"one", b"two")
    response = WSGITerminal(answering(body))(get(stream=True))
    stream_of(response).close()
    stream_of(response).close()
    assert (body.given, body.closed) == (1, 1)
    with pytest.raises(GlobusSDKUsageError, match="closed before it was read"):
        stream_of(response).read()

    body = Closing(b"one", b"two", b"three")
    response = WSGITerminal(answering(body))(get(stream=True))
    assert stream_of(response).read(4) == b"onet"
    assert (body.given, body.closed) == (2, 1)


def test_a_stack_closes_what_a_layer_leaves_behind() -> None:
    body = Closing(b"one", b"two")

    def refuse(request: Request) -> Any:
        yield request
        return Response(500)

    assert Stack(WSGITerminal(answering(body)), [refuse]).send(get(stream=True)).status == 500
    assert body.closed == 1


# Applications that fail.


@pytest.mark.parametrize("where", ["call", "first", "later"])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("error", [LookupError("oh"), KeyboardInterrupt(), ReplyFormatError("of the application")])
def test_what_the_application_raises_the_caller_gets(where: str, stream: bool, error: BaseException) -> None:
    body = Closing(*([b"part"] if where == "later" else []), error=error)

    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        if where == "call":
            raise error
        start_response("200 OK", PLAIN)
        return body

    def call() -> None:
        stream_of(WSGITerminal(app)(get(stream=stream))).read()

    before = str(error)
    with pytest.raises(type(error)) as caught:
        call()
    assert caught.value is error
    assert str(error) == before
    assert body.closed == (where != "call")


def wrong_apps() -> dict[str, tuple[App, str]]:
    def twice(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [])
        start_response("200 OK", [])
        return []

    def never(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        return []

    def too_late(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        yield b"part"
        start_response("200 OK", [])

    def writes_text(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [])("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        return []

    any_body: Any = None
    return {
        "never": (never, "without calling start_response"),
        "too late": (too_late, "without calling start_response"),
        "twice": (twice, "start_response a second time"),
        "text": (answering(["text"]), "str as a part of its body"),  # type: ignore[list-item]
        "bare bytes": (answering(b"bytes"), "int as a part of its body"),  # type: ignore[arg-type]
        "None": (answering(any_body), "returned None"),
        "writes text": (writes_text, "str as a part of its body"),
        "status": (answering([], "OK"), "'OK' as its status"),
        "status number": (answering([], 200), "200 as its status"),  # type: ignore[arg-type]
        "short status": (answering([], "20 OK"), "'20 OK' as its status"),
        "status with a break": (answering([], "200 OK\r\nX: y"), "as its status"),
        "status bytes": (answering([], b"200 OK"), "as its status"),  # type: ignore[arg-type]
        "header break": (answering([], "200 OK", ("X", "a\r\nSet-Cookie: b")), "headers that cannot be sent"),
        "header number": (answering([], "200 OK", ("X", 1)), "headers that cannot be sent"),  # type: ignore[arg-type]
        "header triple": (answering([], "200 OK", ("X", "y", "z")), "headers that cannot"),  # type: ignore[arg-type]
    }


@pytest.mark.parametrize("name", wrong_apps())
@pytest.mark.parametrize("stream", [True, False])
def test_an_application_that_breaks_the_protocol(name: str, stream: bool) -> None:
    app, message = wrong_apps()[name]
    with pytest.raises(ReplyFormatError, match=f"the WSGI application .*{message}") as caught:
        stream_of(WSGITerminal(app)(get("http://h.org/?token=secret", stream=stream))).read()
    assert "secret" not in str(caught.value)
    assert str(caught.value).count("Request GET") == 1


def test_a_broken_answer_is_closed_too() -> None:
    body = Closing("text")
    with pytest.raises(ReplyFormatError):
        WSGITerminal(answering(body))(get())
    assert body.closed == 1


def test_nothing_is_called_after_the_deadline() -> None:
    with pytest.raises(GlobusTimeoutError) as caught:
        WSGITerminal(wrong_apps()["never"][0])(get(deadline=time.monotonic() - 1))
    assert not caught.value.request_began


# Other validators.


def validated(app: App) -> App:
    wrapped: App = validator(app)  # pyright: ignore[reportArgumentType]
    return wrapped


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "request_",
    [
        get("https://h.org/a%C3%A4/b?c=d", headers={"Accept": "x", "Cookie": "a=b"}),
        Request("HEAD", "http://h.org/"),
        Request("POST", "http://h.org/x", {"Content-Type": "text/plain"}, b"body"),
        Request("PUT", "http://[::1]:81/x/y", {"Content-Type": "text/plain"}, StreamBody.once([b"bo", b"dy"], 4)),
        Request("PATCH", "http://h.org/x", {"Content-Type": "text/plain"}, StreamBody.once([b"bo", b"dy"])),
        Request("DELETE", "http://h.org/x"),
    ],
    ids=lambda request: request.method,
)
def test_the_standard_librarys_validator_has_no_complaint(request_: Request, stream: bool) -> None:
    """The validator raises AssertionError during the call, and warns. Warnings are errors here."""

    def app(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read(4)
        environ["wsgi.errors"].write("")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["REQUEST_METHOD"].encode(), body]

    body = request_.body
    if isinstance(body, StreamBody):
        # Each test gets the same request, whose body can be sent once.
        request_ = Request(
            request_.method, request_.url, request_.headers, StreamBody.once([b"bo", b"dy"], body.length)
        )
    request_ = Request(request_.method, request_.url, request_.headers, request_.body, stream=stream)
    response = WSGITerminal(validated(app))(request_)
    received = stream_of(response).read() if stream else response.body
    expected = request_.method.encode() + (b"body" if request_.body else b"")
    assert received == (b"" if request_.method == "HEAD" else expected)


@pytest.fixture
def flask_app() -> flask.Flask:
    app = flask.Flask("tested")

    @app.route("/echo/<name>", methods=["POST"])
    def echo(name: str) -> flask.Response:
        seen = {"name": name, "args": flask.request.args, "json": flask.request.json, "url": flask.request.base_url}
        return flask.jsonify(seen)

    @app.put("/size")
    def size() -> str:
        return str(sum(map(len, iter(lambda: flask.request.stream.read(1000), b""))))

    @app.get("/stream")
    def stream() -> flask.Response:
        return flask.Response(b"%d " % number for number in range(5))

    @app.get("/fail")
    def fail() -> str:
        raise LookupError("oh")

    return app


def test_a_flask_application(flask_app: flask.Flask) -> None:
    with Stack(WSGITerminal(flask_app, script_name="/api")) as stack:
        document = b'{"a": [1]}'
        headers = {"Content-Type": "application/json"}
        response = stack.send(Request("POST", "https://h.org:444/api/echo/%C3%A4?q=1%202", headers, document))
        assert json.loads(response.body) == {
            "name": "\xe4",
            "args": {"q": "1 2"},
            "json": {"a": [1]},
            "url": "https://h.org:444/api/echo/\xe4",
        }
        for length in (None, 30_000):
            body = StreamBody.once([b"x" * 10_000] * 3, length)
            assert stack.send(Request("PUT", "http://h.org/api/size", body=body)).text == "30000"
        streamed = stack.send(get("http://h.org/api/stream", stream=True))
        assert list(stream_of(streamed)) == [b"0 ", b"1 ", b"2 ", b"3 ", b"4 "]
        assert stack.send(get("http://h.org/api/nothing")).status == 404
        flask_app.config["PROPAGATE_EXCEPTIONS"] = True
        with pytest.raises(LookupError, match="oh"):
            stack.send(get("http://h.org/api/fail"))
    assert "WSGI application Flask in this process, mounted at /api" in str(stack)


def test_under_asyncio() -> None:
    body = Closing(b"one", b"two", b"three")

    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(WSGITerminal(answering(body)))) as stack:
            assert (await stack.send(get())).body == b"onetwothree"
            stream = (await stack.send(get(stream=True))).stream
            assert isinstance(stream, AsyncByteStream)
            async for part in stream:
                assert part == b"one"
                break
            await stream.close()
            assert body.closed == 2

    asyncio.run(main())
