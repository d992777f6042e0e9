"""The dry run, stepped by hand and in both stacks."""

from __future__ import annotations

import gzip
import io
import logging
import pickle
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    DefaultHeaders,
    DryRun,
    GlobusSDKUsageError,
    Request,
    Response,
    Run,
    StreamBody,
)
from globus_transport.core.flow import Flow
from globus_transport.core.layers import LayerLike
from tests.core.stepping import ORIGIN, World, end_of, get, in_both_worlds, post

JSON = {"Content-Type": "application/json"}


def shown_by(layer: DryRun, request: Request) -> Response:
    """Carry out the steps of the flow, which must not send a request."""
    flow: Flow = layer(request)
    step = next(flow)
    assert isinstance(step, Run)
    return end_of(flow, step.function(*step.args))


def test_what_is_shown() -> None:
    shown: list[str] = []
    request = post(
        "/v1/things?token=s3cret&a=b",
        b'{"name":"\xc3\xa4","password":"s3cret"}',
        headers={"Authorization": "Bearer s3cret", **JSON},
    )
    response = shown_by(DryRun(shown.append), request)
    assert shown == [
        "Not sent (dry run): POST https://service.example.org/v1/things?token=<hidden>&a=b\n"
        "Authorization: <hidden>\n"
        "Content-Type: application/json\n"
        "\n"
        "{\n"
        '  "name": "ä",\n'
        '  "password": "<hidden>"\n'
        "}\n"
    ]
    assert response.status == 200
    assert response.json()["code"] == "DryRun"
    assert response.request is request


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_methods_pass(method: str) -> None:
    request = Request(method, ORIGIN)
    shown: list[str] = []
    flow = DryRun(shown.append)(request)
    assert next(flow) is request
    answer = Response(204)
    assert end_of(flow, answer) is answer
    assert not shown
    assert shown_by(DryRun(shown.append, pass_safe=False), request).status == 200
    assert shown == [f"Not sent (dry run): {method} {ORIGIN}/\n"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MERGE"])
def test_other_methods_never_pass(method: str) -> None:
    shown: list[str] = []
    shown_by(DryRun(shown.append), Request(method, ORIGIN, repeatable=True))
    assert shown[0].startswith(f"Not sent (dry run): {method} ")


def body_shown(body: bytes | StreamBody, content_type: str = "", **settings: Any) -> str:
    text = DryRun(**settings).text_of(Request("PUT", ORIGIN, {"Content-Type": content_type}, body))
    return text.partition("\n\n")[2].removesuffix("\n")


def test_bodies() -> None:
    form = "application/x-www-form-urlencoded"
    assert body_shown(b"a=b&client_secret=s3cret", form) == "a=b&client_secret=<hidden>"
    assert body_shown(b"plain", "text/plain") == "plain"
    assert body_shown(b"\xff\xfe") == "<2 bytes that are no text>"
    assert body_shown(b"x" * 12, body_limit=10) == "xxxxxxxxxx\n<2 characters more>"
    assert body_shown(b'{"mine":"s3cret"}', secrets=["mine"]) == '{\n  "mine": "<hidden>"\n}'
    assert body_shown(StreamBody.once([b"s3cret"], 6)) == "<a stream of 6 bytes>"
    assert body_shown(StreamBody.once([b"s3cret"])) == "<a stream of unknown length>"
    assert body_shown(b'["\\ud800"]') == '[\n  "\\ud800"\n]'
    assert body_shown(b"") == ""


def test_compressed_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(body: bytes) -> str:
        request = post(body=body, headers={"Content-Encoding": "gzip"})
        return DryRun().text_of(request).partition("\n\n")[2].removesuffix("\n")

    assert shown(gzip.compress(b'{"token":"s3cret"}')) == '{\n  "token": "<hidden>"\n}'
    assert shown(gzip.compress(b"\xff\xfe")) == "<2 bytes that are no text>"
    assert shown(gzip.compress(b"a")[:12]) == "<12 bytes that are no text>"
    monkeypatch.setattr("globus_transport.middleware.redaction.MOST_INFLATED", 3)
    assert shown(gzip.compress(b"four")) == "<more than 3 bytes>"


def test_streams_and_loggers(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    caplog.set_level(logging.INFO, "mine")
    for to in (stream, logging.getLogger("mine"), print):
        shown_by(DryRun(to), post("/100%d", b""))
    text = "Not sent (dry run): POST https://service.example.org/100%d\n"
    assert caplog.messages == [text]
    assert stream.getvalue() == capsys.readouterr().out == f"{text}\n"


def test_own_answers() -> None:
    shown: list[str] = []
    fixed = Response(202, JSON, b'{"task_id":"1"}')
    response = shown_by(DryRun(shown.append, answer=fixed), post())
    assert (response.status, response.json()) == (202, {"task_id": "1"})
    assert fixed.request is None

    def answer(request: Request) -> Response:
        return Response(201, body=request.method.encode())

    assert shown_by(DryRun(shown.append, answer=answer), post()).body == b"POST"


@in_both_worlds
def test_at_the_bottom_of_a_stack(world: World) -> None:
    shown: list[str] = []
    terminal = world.terminal(Response(200))
    layers: list[LayerLike] = [
        AccessTokenAuthorizer("s3cret").bound_to(ORIGIN),
        DefaultHeaders({"User-Agent": "me/1"}),
        DryRun(shown.append),
    ]
    assert world.send(post(), layers, terminal).json()["code"] == "DryRun"
    assert not terminal.requests
    assert "User-Agent: me/1\nAuthorization: <hidden>\n\n{}\n" in shown[0]
    world.send(get(), layers, terminal)
    assert [request.method for request in terminal.requests] == ["GET"]


@pytest.mark.parametrize("settings", [{"to": 5}, {"answer": 5}, {"secrets": "X-Key"}])
def test_wrong_settings(settings: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="give a"):
        DryRun(**settings)


def test_printing_and_pickling() -> None:
    layer = DryRun(pass_safe=False, secrets=["mine"])
    same = pickle.loads(pickle.dumps(layer))
    assert str(same) == str(layer) == "sends nothing; the rest is shown by print"
    assert same.redaction == layer.redaction
    assert str(DryRun(io.StringIO())) == "sends only what is safe; the rest is shown by a text stream"
    assert str(DryRun(logging.getLogger("mine"))).endswith("the logger 'mine'")
