"""What notebooks show (``_repr_html_``): small tables, with everything escaped and no secret in them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    GlobusAPIError,
    GlobusConnectionError,
    GlobusHTTPResponse,
    Request,
    Response,
    Stack,
    TransferClient,
    TransferData,
)
from globus_transport.services.auth import OAuthTokenResponse
from tests.core.stepping import FakeStream

JSON = {"Content-Type": "application/json"}


class _Reader(HTMLParser):
    """Reads the cells of a table, and refuses tags that are not closed, or that this package does not write."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.folded: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert all(name == "style" for name, _ in attrs)
        assert tag in {"table", "caption", "b", "tr", "th", "td", "details", "summary", "pre"}
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "details" in self.open and "summary" not in self.open:
            self.folded.append(data)
        elif "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def read(shown: Any) -> _Reader:
    reader = _Reader()
    reader.feed(shown._repr_html_())
    reader.close()
    assert reader.open == []
    return reader


def reply(document: Any) -> GlobusHTTPResponse:
    return GlobusHTTPResponse(Response(200, JSON, json.dumps(document).encode()))


def never(_request: Request) -> Response:
    raise AssertionError("nothing is sent")


@pytest.fixture
def client() -> TransferClient:
    return TransferClient(authorizer=AccessTokenAuthorizer("s3cret"), terminal=never)


def test_a_stack_lists_its_layers(client: TransferClient) -> None:
    rows = read(client.stack).rows
    assert [row[0] for row in rows] == [*(layer.name for layer in client.stack.layers), "terminal"]
    assert rows[3][1].startswith("up to 5 times")
    assert "s3cret" not in client.stack._repr_html_()


def test_a_layer_may_describe_itself_with_any_text() -> None:
    class Odd:
        def __call__(self, request: Request) -> Request:
            return request

        def __str__(self) -> str:
            return "<script>1 && 2</script>"

    assert read(Stack(never, [("<b>", Odd())])).rows[0] == ["<b>", "<script>1 && 2</script>"]


def test_routes_are_a_table_that_is_folded_if_it_is_long(client: TransferClient) -> None:
    assert client.routes._repr_html_().startswith("<details><summary>")
    few = type(client.routes)(client.routes[:3])
    rows = read(few).rows
    assert rows[0] == ["method", "path", "name", "notes"]
    assert [row[2] for row in rows[1:]] == [route.name for route in few]


@pytest.mark.parametrize("of", [TransferClient, "client"])
def test_a_route_shows_its_call(of: Any, client: TransferClient) -> None:
    shown = read((client if of == "client" else of).task_list)
    rows = dict(shown.rows)
    assert rows["call"].startswith("task_list(*, limit=MISSING, offset=MISSING,")
    assert rows["request"] == "GET /v0.10/task_list"
    assert rows["notes"] == "pages by limit, offset"
    assert rows["help"] == "List the user's tasks, newest first."
    assert ":param limit:" in "".join(shown.folded)


def test_an_operation_shows_its_call() -> None:
    assert dict(read(TransferClient.task_wait).rows)["call"].startswith("task_wait(task_id, *, timeout=10")


def test_a_reply_shows_its_members() -> None:
    shown = read(reply({"name": "<i>&", "size": 5, "none": None, "DATA": [{"a": "<u>"}], "empty": {}}))
    assert shown.rows == [
        ["name", "<i>&"],
        ["size", "5"],
        ["none", "null"],
        ["DATA", "1 item"],
        ["empty", "{}"],
    ]
    assert json.loads("".join(shown.folded)) == [{"a": "<u>"}]


def test_a_document_to_send_shows_the_fields_that_were_given() -> None:
    data = TransferData("source", "destination", additional_fields={"of": {1}, "token": "s3cret"})
    data.add_item("/<a>", "/b")
    data.add_filter_rule("*.tmp")
    shown = read(data)
    rows = dict(shown.rows)
    assert rows["source_endpoint"] == "source"
    assert (rows["of"], rows["token"], rows["DATA"]) == ('"{1}"', "<hidden>", "1 item")
    assert "label" not in rows
    assert "MISSING" not in data._repr_html_()
    assert '"source_path": "/<a>"' in "".join(shown.folded)


def test_a_large_document_to_send_is_cut() -> None:
    data = TransferData("source", "destination")
    for number in range(10_000):
        data.add_item(f"/{number}", f"/{number}")
    assert len(data._repr_html_()) < 50_000


def test_a_reply_hides_credentials() -> None:
    shown = reply({"token": "s3cret", "url": "https://x.org/?sig=s3cret", "in": {"password": "s3cret"}})._repr_html_()
    assert "s3cret" not in shown
    assert shown.count("&lt;hidden&gt;") == 3
    tokens = {"access_token": "s3cret", "resource_server": "x.org", "scope": "a"}
    assert read(OAuthTokenResponse(Response(200, JSON, json.dumps(tokens).encode()))).rows == [["", "tokens for x.org"]]


@pytest.mark.parametrize(
    "document",
    [
        [{"x": "y" * 100}] * 100_000,
        {"DATA": [{"x": "y" * 100}] * 100_000},
        {str(number): number for number in range(100_000)},
        "x" * 10_000_000,
    ],
    ids=["list", "page", "members", "text"],
)
def test_a_long_reply_is_cut(document: Any) -> None:
    shown = reply(document)._repr_html_()
    assert len(shown) < 50_000
    assert "..." in shown


def test_a_reply_without_a_document_says_what_it_is() -> None:
    assert read(GlobusHTTPResponse(Response(204))).rows == [["", "0 bytes"]]
    assert read(GlobusHTTPResponse(Response(200, JSON, b"{"))).rows == [["", "1 bytes"]]
    assert read(GlobusHTTPResponse(Response(200, stream=FakeStream(b"x")))).rows == [["", "a stream"]]
    assert read(reply([1, 2])).rows == [["0", "1"], ["1", "2"]]
    assert read(reply("text")).rows == [["", "text"]]


def test_an_error_of_a_service_shows_what_it_knows() -> None:
    request = Request("GET", "https://x.org/a?token=s3cret-0123456789").with_header(
        "Authorization", "Bearer s3cret-0123456789"
    )
    body = {"code": "NoSuch", "message": "<b> not found for s3cret-0123456789", "request_id": "r1", "password": "p4ss"}
    error = GlobusAPIError(Response(404, JSON, json.dumps(body).encode(), reason="Not Found", request=request))
    shown = read(error)
    rows = dict(shown.rows)
    assert rows["status"] == "404 Not Found"
    assert rows["code"] == "NoSuch"
    assert rows["message"].startswith("<b> not found")
    assert rows["request id"] == "r1"
    assert rows["request"] == "GET https://x.org/a?token=<hidden>"
    assert "s3cret-0123456789" not in error._repr_html_()
    assert "p4ss" not in error._repr_html_()
    assert '"code": "NoSuch"' in "".join(shown.folded)


def test_other_errors_show_their_message() -> None:
    error = GlobusConnectionError("<nobody> answers", request_began=False)
    assert read(error).rows == [["message", "<nobody> answers"], ["request", "did not reach the server"]]
