"""What is taken out of what is written down, and what stays."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import GlobusSDKUsageError, Headers
from globus_transport.middleware.redaction import Redaction, bytes_of
from globus_transport.url_secrets import HIDDEN, SECRET_FIELDS
from tests.core.stepping import unhurried

FORM = "application/x-www-form-urlencoded"
SECRET = "s3cret"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a/x", "https://a/x"),
        ("https://a/x?limit=5&a=b", "https://a/x?limit=5&a=b"),
        ("https://a/x?code=s3cret&state=1&sig=s3cret", "https://a/x?code=<hidden>&state=1&sig=<hidden>"),
        ("https://a/x?client%5Fsecret=s3cret&b", "https://a/x?client%5Fsecret=<hidden>&b"),
        ("https://a/x?ACCESS_TOKEN=s3cret#f", "https://a/x?ACCESS_TOKEN=<hidden>#f"),
        ("https://a/x?token=", "https://a/x?token="),
        ('<https://a/x?token=s3cret>; rel="next"', '<https://a/x?token=<hidden>>; rel="next"'),
        ("https://a/x?next=https://b/y?token=s3cret&c=d", "https://a/x?next=https://b/y?token=<hidden>&c=d"),
    ],
)
def test_urls(url: str, shown: str) -> None:
    assert Redaction().url(url) == shown


def test_headers() -> None:
    headers = Headers(
        [
            ("Authorization", SECRET),
            ("Accept", "a"),
            ("Set-Cookie", SECRET),
            ("X-Api-Key", SECRET),
            ("X-Auth-Token", SECRET),
            ("X-Mine", SECRET),
            ("Location", "https://a/?code=s3cret"),
        ]
    )
    shown = dict(Redaction.of(["x-MINE"]).headers(headers))
    assert SECRET not in repr(shown)
    assert (shown["Accept"], shown["Location"]) == ("a", "https://a/?code=<hidden>")
    assert dict(Redaction().headers(headers))["X-Mine"] == SECRET


def test_forms() -> None:
    body = b"grant_type=refresh_token&refresh_token=s3cret&client_secret=s3cret&code=s3cret&scope=a+b"
    assert Redaction().body(body, FORM) == {
        "form": "grant_type=refresh_token&refresh_token=<hidden>&client_secret=<hidden>&code=<hidden>&scope=a+b"
    }


def test_documents() -> None:
    document: dict[str, Any] = {
        "access_token": SECRET,
        "other_tokens": [{"Refresh_Token": SECRET, "scope": "b"}],
        "code": "ClientError.NotFound",
        "token": None,
        "password": "",
        "secret": {"deep": SECRET},
        "next": "https://a/?access_token=s3cret",
        "mine": 5,
    }
    shown = Redaction.of(["Mine"]).body(json.dumps(document).encode(), "application/json")["json"]
    assert shown == {
        "access_token": HIDDEN,
        "other_tokens": [{"Refresh_Token": HIDDEN, "scope": "b"}],
        "code": "ClientError.NotFound",
        "token": None,
        "password": "",
        "secret": HIDDEN,
        "next": "https://a/?access_token=<hidden>",
        "mine": HIDDEN,
    }


@pytest.mark.parametrize("name", sorted(SECRET_FIELDS))
def test_every_secret_field_everywhere(name: str) -> None:
    hidden = Redaction()
    assert SECRET not in hidden.url(f"https://a/?{name}={SECRET}")
    assert SECRET not in repr(hidden.body(f"{name}={SECRET}".encode(), FORM))
    assert SECRET not in repr(hidden.body(json.dumps([{name: SECRET}]).encode(), ""))


@pytest.mark.parametrize(
    "body",
    [b"", b"plain", b"{broken", b"\xff\x00", b'{"a":[1,2.5,null,"\xc3\xa4"]}', b"[" * 100_000, b'"text"'],
    ids=lambda body: repr(body[:10]),
)
def test_bodies_come_back(body: bytes) -> None:
    shown = Redaction().body(body, "")
    assert bytes_of(json.loads(json.dumps(shown))) == body


@unhurried
@given(st.binary() | st.text().map(str.encode))
def test_any_body_without_a_secret_comes_back(body: bytes) -> None:
    shown = Redaction().body(body, "text/plain")
    if "json" in shown:
        assert json.loads(bytes_of(shown)) == json.loads(body)
    elif b"?" not in body:
        assert bytes_of(shown) == body


def test_base64_is_what_it_says() -> None:
    assert Redaction().body(b"\xff", FORM) == {"base64": base64.b64encode(b"\xff").decode()}


@pytest.mark.parametrize("body", [{}, {"xml": "a"}, {"form": 5}, {"base64": "*"}])
def test_no_body(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"json, form|base64"):
        bytes_of(body)


@pytest.mark.parametrize("names", ["X-Key", [5], [b"x"]])
def test_names_are_a_list_of_texts(names: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="list of names"):
        Redaction.of(names)
