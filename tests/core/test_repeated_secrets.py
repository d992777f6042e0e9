"""What a request carried is hidden in the error of a service that repeats it."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import traceback
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import (
    AccessTokenAuthorizer,
    AuthAPIError,
    BasicAuthorizer,
    ConfidentialAppAuthClient,
    GlobusAPIError,
    NativeAppAuthClient,
    Request,
    Response,
    TransferClient,
)
from globus_transport.http.repeated import hidden_in, hidden_in_bytes, secrets_of
from tests.core.stepping import unhurried

SECRET = 'RT/SEC"RET+1234567890'


def everything_of(error: GlobusAPIError) -> str:
    parts: list[Any] = [
        error, repr(error), error.args, error.message, error.messages, error.errors, error.raw_json, error.text,
        error.binary_content, list(error.headers.items()), error.http_reason, pickle.dumps(error), vars(error),
        "".join(traceback.format_exception(error)),
    ]  # fmt: skip
    return "\n".join(map(str, parts))


def repeats(request: Request) -> Response:
    """Says everything that was sent, in several spellings."""
    sent = (request.body or b"").decode() if isinstance(request.body, bytes) else ""
    credential = request.headers.get("Authorization", "")
    if credential.startswith("Basic "):
        credential += " " + base64.b64decode(credential[6:]).decode()
    text = f"{SECRET} is unknown; you sent {sent} to {request.url} with {credential} {quote_plus(SECRET)}"
    headers = {
        "Content-Type": "application/json",
        "WWW-Authenticate": f'Bearer error="{quote_plus(SECRET)} is unknown"',
    }
    return Response(400, headers, json.dumps({"error": "invalid_grant", "message": text}).encode(), None, text, request)


CALLS: dict[str, Callable[[], object]] = {
    "a refresh token": lambda: NativeAppAuthClient("id", terminal=repeats).oauth2_refresh_token(SECRET),
    "a token to revoke": lambda: NativeAppAuthClient("id", terminal=repeats).oauth2_revoke_token(SECRET),
    "a client's secret": lambda: ConfidentialAppAuthClient("id", SECRET, terminal=repeats).oauth2_token(
        {"grant_type": "client_credentials"}
    ),
    "an access token": lambda: TransferClient(authorizer=AccessTokenAuthorizer(SECRET), terminal=repeats).task_list(),
    "a password": lambda: TransferClient(authorizer=BasicAuthorizer("me", SECRET), terminal=repeats).task_list(),
    "a code in the query": lambda: TransferClient(terminal=repeats).get("/x", query_params={"code": SECRET}),
    "a member of a document": lambda: TransferClient(terminal=repeats).post("/x", data={"a": [{"secret_key": SECRET}]}),
}


@pytest.mark.parametrize("call", CALLS)
def test_it_is_in_no_part_of_the_error(call: str) -> None:
    with pytest.raises(GlobusAPIError) as raised:
        CALLS[call]()
    shown = everything_of(raised.value)
    for spelling in (SECRET, quote_plus(SECRET), json.dumps(SECRET)[1:-1], 'SEC"RET', "1234567890"):
        assert spelling not in shown
    assert "<hidden> is unknown" in str(raised.value)
    if isinstance(raised.value, AuthAPIError):
        assert raised.value.raw_json is not None


def test_the_rest_of_the_error_is_as_it_came() -> None:
    body = json.dumps({"code": "NotFound", "message": "no task 1234567890-abcdef, request id 42"}).encode()

    def terminal(request: Request) -> Response:
        return Response(404, {"Content-Type": "application/json", "X-Y": "z"}, body, None, "Not Found", request)

    client = TransferClient(authorizer=AccessTokenAuthorizer("a-secret-token"), terminal=terminal)
    with pytest.raises(GlobusAPIError) as raised:
        client.get_task("1234567890-abcdef")
    assert raised.value.binary_content == body
    assert raised.value.headers["X-Y"] == "z"


secrets = st.text(st.characters(codec="utf-8"), min_size=8, max_size=20).filter(
    lambda text: "hidden" not in text and text.strip() == text
)


@unhurried
@given(secrets, st.text(max_size=10), st.text(max_size=10))
def test_whatever_it_is_and_wherever(secret: str, before: str, after: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = Request("POST", "https://h.org", form, f"refresh_token={quote_plus(secret)}".encode())
    known = secrets_of(request)
    text = before + secret + after
    assert secret not in hidden_in(known, text)
    assert secret.encode() not in hidden_in_bytes(known, text.encode("utf-8", "surrogatepass"))
    in_json = json.dumps({"m": secret})
    assert json.loads(hidden_in(known, in_json)) == {"m": "<hidden>"}


def test_what_is_too_short_to_be_told_from_chance_stays() -> None:
    assert secrets_of(Request("GET", "https://h.org/?code=abc", {"Authorization": "Bearer t"})) == []


def test_large_and_streamed_bodies_are_not_searched() -> None:
    assert secrets_of(Request("POST", "https://h.org", body=b'{"token": "' + b"x" * (1 << 20) + b'"}')) == []


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(b'{"client_secret": "s3cret-of-the-app"}')),
        ({"Content-Encoding": "deflate"}, zlib.compress(b'{"client_secret": "s3cret-of-the-app"}')),
        # Its encoding is none.
        ({"Content-Encoding": "gzip"}, b'{"client_secret": "s3cret-of-the-app"}'),
        ({}, b'{"x": "%s", "client_secret": "s3cret-of-the-app"}' % bytes(200_000).replace(b"\0", b"x")),
        ({"X-Api-Key": "s3cret-of-the-app"}, None),
        ({"Cookie": "a=b; session=s3cret-of-the-app"}, None),
    ],
    ids=["gzip", "deflate", "no gzip", "long", "header", "cookie"],
)
def test_where_else_secrets_are(headers: dict[str, str], body: bytes | None) -> None:
    request = Request("POST", "https://h.org", headers, body)
    assert hidden_in(secrets_of(request), "no s3cret-of-the-app here") == "no <hidden> here"


def test_a_body_that_becomes_enormous_is_not_searched() -> None:
    bomb = gzip.compress(b'{"client_secret": "s3cret-of-the-app", "x": "' + bytes(50 << 20) + b'"}')
    assert secrets_of(Request("POST", "https://h.org", {"Content-Encoding": "gzip"}, bomb)) == []
