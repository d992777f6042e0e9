"""What is hidden in what is logged or recorded, and what stays."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import GlobusSDKUsageError, Headers
from globus_transport.http.secrets import HIDDEN, SECRET_FIELDS
from globus_transport.middleware.redaction import Redaction, encode_body
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
        ("https://a/cb#access_token=s3cret&state=1", "https://a/cb#access_token=<hidden>&state=1"),
        ("https://a/?a=b#/route?code=s3cret#x", "https://a/?a=b#/route?code=<hidden>#x"),
        (
            "https://a/?next=https%3A%2F%2Fb%2F%3Fcode%3Ds3cret%26c=d",
            "https://a/?next=https%3A%2F%2Fb%2F%3Fcode%3D<hidden>%26c%3Dd",
        ),
        ("https://a/?next=%2Fb%23id_token%3Ds3cret", "https://a/?next=%2Fb%23id_token%3D<hidden>"),
        ("https://a/?next=\ud800%3Fcode%3Ds3cret", "https://a/?next=%3F%3Fcode%3D<hidden>"),
        ("https://a/?%2Fb%3Fcode%3Ds3cret", "https://a/?%2Fb%3Fcode%3D<hidden>"),
        ("https://a/?a%3db=%2f%e4+%20%3Dc", "https://a/?a%3db=%2f%e4+%20%3Dc"),
        ("a #5 is token=shown? yes & code=shown", "a #5 is token=shown? yes & code=shown"),
    ],
)
def test_urls(url: str, shown: str) -> None:
    assert Redaction().redact_url(url) == shown


@pytest.mark.parametrize("depth", [1, 2, 4, 6, 9, 50])
def test_urls_in_urls(depth: int) -> None:
    url = "https://a/?token=s3cret"
    for _ in range(depth):
        url = f"https://a/?shown=1&next={quote(url, safe='')}"
        if len(url) > 100_000:
            break
    assert SECRET not in Redaction().redact_url(url)
    assert Redaction().redact_url(url).count("shown") == min(depth, 6)
    assert SECRET not in Redaction().redact_url(f"https://a/?next={'%25' * depth}3Ftoken=s3cret")


@pytest.mark.parametrize("piece", ["?a=", "?a=&", "%25", "#", "=", "?%3Fa%3D", "25"])
def test_a_long_url_ends(piece: str) -> None:
    assert SECRET not in Redaction().redact_url(f"https://a/?a=%{piece * 5_000}&token=s3cret")


@unhurried
@given(st.lists(st.sampled_from(["?", "#", "&", "=", "%3F", "%3D", "%26", "%253D", "code", "a", "s3cret", "<hidden>"])))
def test_what_is_hidden_stays_as_it_is(pieces: list[str]) -> None:
    once = Redaction().redact_url("".join(pieces))
    assert Redaction().redact_url(once) == once


@unhurried
@given(st.text(st.characters()))
def test_any_text_can_be_read(text: str) -> None:
    shown = Redaction().redact_url(f"/?a=%3Fcode%3Ds3cret{text}")
    assert shown.startswith("/?a=%3Fcode%3D<hidden>")


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
    shown = dict(Redaction.from_names(["x-MINE"]).redact_headers(headers))
    assert SECRET not in repr(shown)
    assert (shown["Accept"], shown["Location"]) == ("a", "https://a/?code=<hidden>")
    assert dict(Redaction().redact_headers(headers))["X-Mine"] == SECRET


def test_forms() -> None:
    body = b"grant_type=refresh_token&refresh_token=s3cret&client_secret=s3cret&code=s3cret&scope=a+b"
    assert Redaction().describe_body(body, FORM) == {
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
    shown = Redaction.from_names(["Mine"]).describe_body(json.dumps(document).encode(), "application/json")["json"]
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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"token": "s3cret"}\n{ "a" : 1.50}\n', '{"token": "<hidden>"}\n{ "a" : 1.50}\n'),
        ('data: {"a": {"secret" :{"deep": "s3cret"}, "b": 5}}', 'data: {"a": {"secret" :"<hidden>", "b": 5}}'),
        ('data: {"secret": {"token": "s3cret"}, "b": 5}', 'data: {"secret": "<hidden>", "b": 5}'),
        ('[info] {"a": [{\n"Token":\n"s3cret"},', '[info] {"a": [{\n"Token":\n"<hidden>"},'),
        ('{"a": {"token": "s3cret"}} and /?code=s3cret', '{"a": {"token": "<hidden>"}} and /?code=<hidden>'),
        ('{"token": null} {"token": "", "secret":true {"', '{"token": null} {"token": "", "secret":true {"'),
        ('{"mine": 5, "a": ["token", "secret"], "token":', '{"mine": "<hidden>", "a": ["token", "secret"], "token":'),
        ('{"token": "a\\\\\\"s3cret\\\\", "b": "c"},', '{"token": "<hidden>", "b": "c"},'),
        (
            r'{"a": "{\"token\": \"s3cret\\\"s3cret\\\\\", \"b\": \"\\\\\"}"},',
            r'{"a": "{\"token\": \"<hidden>\", \"b\": \"\\\\\"}"},',
        ),
        ('"token": "s3cret', '"token": "<hidden>"'),
        ('"token": s3cret', '"token": "<hidden>"'),
        ('"a": "\\\\", "token": s3cret]', '"a": "\\\\", "token": "<hidden>"]'),
        ('"token": {"a": s3cret}, s3cret', '"token": "<hidden>"'),
        ('"token": ' + "[" * 100_000 + "s3cret", '"token": "<hidden>"'),
        ('{"a":' * 10_000 + '{"token":"s3cret"}', '{"a":' * 10_000 + '{"token":"<hidden>"}'),
    ],
    ids=range(15),
)
def test_texts_with_documents(text: str, shown: str) -> None:
    assert Redaction.from_names(["Mine"]).describe_body(text.encode(), "application/x-ndjson") == {"text": shown}


@pytest.mark.parametrize(
    "piece", ['{"a": ', "\\", '"', '\\"', '"a" ', '"token": {', '"token": "', ' "token"', '{"a" x\n']
)
def test_a_long_text_ends(piece: str) -> None:
    text = f'{piece * 100_000}\n{{"token": "s3cret"}}'
    assert "s3cret" not in Redaction().redact_text(text)


@unhurried
@given(st.text(), st.integers(0, 4), st.booleans())
def test_a_document_in_a_text_in_a_document(secret: str, depth: int, is_ascii: bool) -> None:
    def written(value: str) -> str:
        text = json.dumps({"a": "\\", "token": value, "b": '"'}, ensure_ascii=is_ascii)
        for _ in range(depth):
            text = json.dumps(text, ensure_ascii=is_ascii)
        return f"{text},"

    assert Redaction().redact_text(written(f"s3cret{secret}")) == written(HIDDEN)


def test_documents_in_documents() -> None:
    document = json.dumps({"a": json.dumps({"token": SECRET}), "b": '{"c": "d"}'}).encode()
    assert Redaction().describe_body(document, "")["json"] == {"a": '{"token": "<hidden>"}', "b": '{"c": "d"}'}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be"])
def test_documents_in_every_encoding(encoding: str) -> None:
    body = '{"a":"ä","token":"s3cret"}'.encode(encoding)
    assert Redaction().describe_body(body, "application/json") == {"json": {"a": "ä", "token": HIDDEN}}


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("boundary", ["x", '"x y.*"', "x; charset=utf-8"])
def test_forms_in_parts(end: str, boundary: str) -> None:
    lines = [
        "before",
        "--X",
        'Content-Disposition: form-data; name="Mine"',
        "",
        "s3cret",
        "--Xs3cret",
        "",
        "--X  ",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Location: /?token=s3cret",
        "content-disposition: form-data; filename=token; name=a",
        "",
        "code=s3cret&b=c",
        "--X",
        "",
        "no headers, /?code=s3cret",
        "--X",
        "Content-Disposition: form-data; name*=utf-8''code",
        "",
        "s3cret",
        "--X",
        'Content-Disposition: form-data; name="token"',
        "",
        "",
        "--X",
        "no content",
        "--X--",
        "after",
    ]
    body = end.join(lines).replace("X", boundary.partition(";")[0].strip('"'))
    shown = end.join([*lines[:4], HIDDEN, *lines[7:]]).replace("X", boundary.partition(";")[0].strip('"'))
    redacted = Redaction.from_names(["mine"]).describe_body(body.encode(), f"Multipart/Form-Data; boundary={boundary}")
    assert redacted == {"text": shown.replace("s3cret", HIDDEN)}


@unhurried
@given(st.lists(st.binary(max_size=20)), st.text(max_size=20))
def test_parts_without_a_secret_come_back(contents: list[bytes], kind: str) -> None:
    head = b"\r\n--b-o-u-n-d-a-r-y\r\nContent-Disposition: form-data; name=x\r\n\r\n"
    body = head + head.join(b"\xff" + content for content in contents) + b"\r\n--b-o-u-n-d-a-r-y--\r\n"
    for content_type in ("multipart/form-data; boundary=b-o-u-n-d-a-r-y", f"multipart/form-data; boundary={kind}"):
        assert encode_body(Redaction().describe_body(body, content_type)) == body


@pytest.mark.parametrize("name", sorted(SECRET_FIELDS))
def test_every_secret_field_everywhere(name: str) -> None:
    redaction = Redaction()
    assert SECRET not in redaction.redact_url(f"https://a/?{name}={SECRET}")
    assert SECRET not in repr(redaction.describe_body(f"{name}={SECRET}".encode(), FORM))
    assert SECRET not in repr(redaction.describe_body(json.dumps([{name: SECRET}]).encode(), ""))
    part = f"--x\r\nContent-Disposition: form-data; name={name}\r\n\r\n{SECRET}\r\n--x--"
    assert SECRET not in repr(redaction.describe_body(part.encode(), "multipart/form-data; boundary=x"))


@pytest.mark.parametrize(
    "body",
    [b"", b"plain", b"{broken", b"\xff\x00", b'{"a":[1,2.5,null,"\xc3\xa4"]}', b"[" * 100_000, b'"text"'],
    ids=lambda body: repr(body[:10]),
)
def test_bodies_come_back(body: bytes) -> None:
    shown = Redaction().describe_body(body, "")
    assert encode_body(json.loads(json.dumps(shown))) == body


@unhurried
@given(st.binary() | st.text().map(str.encode))
def test_any_body_without_a_secret_comes_back(body: bytes) -> None:
    shown = Redaction().describe_body(body, "text/plain")
    if "json" in shown:
        assert json.loads(encode_body(shown)) == json.loads(body)
    elif b"?" not in body:
        assert encode_body(shown) == body


def test_base64_is_what_it_says() -> None:
    assert Redaction().describe_body(b"\xff", FORM) == {"base64": base64.b64encode(b"\xff").decode()}


@pytest.mark.parametrize("body", [{}, {"xml": "a"}, {"form": 5}, {"base64": "*"}])
def test_no_body(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"json, form|base64"):
        encode_body(body)


@pytest.mark.parametrize("names", ["X-Key", [5], [b"x"]])
def test_names_are_a_list_of_texts(names: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="list of names"):
        Redaction.from_names(names)
