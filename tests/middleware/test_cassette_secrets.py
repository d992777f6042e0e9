"""No secret is in a cassette, wherever it was in the request, and the requests still find their responses."""

from __future__ import annotations

import base64
import gzip
import json
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from globus_transport import Cassette, CompressBodies, NotRecordedError, Request, Response, Stack
from globus_transport.core.layers import LayerLike
from tests.core.stepping import get, post, unhurried

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": 'multipart/form-data; boundary="-x y"'}
GZIP = {"Content-Encoding": "gzip"}
ANSWER = Response(200, JSON, b'{"ok":true}')

#: Both ends can be searched for, whatever is in the middle.
secrets = st.text(max_size=30).map(lambda text: f"s3cret{text}t3rces")


def recorded(path: Path, request: Request, response: Response, *above: LayerLike) -> str:
    """Record the call, and return all text of the file, including what is encoded as Base64."""
    Stack(lambda _: response, [*above, Cassette(path, "record")]).send(request)
    text = path.read_text("utf-8")
    (call,) = json.loads(text)["calls"]
    bodies = [call["request"]["body"] or {}, call["response"]["body"]]
    return text + "".join(base64.b64decode(body.get("base64", "")).decode("latin-1") for body in bodies)


def replayed(path: Path, request: Request, *above: LayerLike) -> Response:
    def unreachable(request: Request) -> Response:
        raise AssertionError(f"{request!r} was sent")

    return Stack(unreachable, [*above, Cassette(path, "replay")]).send(request)


def document(secret: str) -> bytes:
    return json.dumps({"client_secret": secret, "name": "shown"}).encode()


def quoted(text: str) -> str:
    return quote(text, safe="")


def url(secret: str) -> str:
    return f"https://app.example.org/?name=shown&access_token={quoted(secret)}"


def parts(secret: str, file: bytes = b"shown") -> bytes:
    return (
        b'---x y\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n' + secret.encode() + b"\r\n"
        b'---x y\r\nContent-Disposition: form-data; name="about"\r\nContent-Type: application/json\r\n\r\n'
        + document(secret)
        + b'\r\n---x y\r\nContent-Disposition: form-data; name="f"; filename="token"\r\n\r\n'
        + file
        + b"\r\n---x y--\r\n"
    )


REQUESTS: dict[str, Callable[[str], Request]] = {
    "gzip": lambda secret: post(body=gzip.compress(document(secret)), headers=JSON | GZIP),
    "gzip of a form": lambda secret: post(
        body=gzip.compress(urlencode({"code": secret, "a": "shown"}).encode()), headers=FORM | GZIP
    ),
    "zlib": lambda secret: post(body=zlib.compress(document(secret)), headers=JSON | {"Content-Encoding": "Deflate"}),
    "JSON with a BOM": lambda secret: post(body=b"\xef\xbb\xbf" + document(secret), headers=JSON),
    "JSON in UTF-16": lambda secret: post(body=document(secret).decode().encode("utf-16"), headers=JSON),
    "JSON that is called a form": lambda secret: post(body=document(secret), headers=FORM),
    "JSON lines": lambda secret: post(body=b'{"a": 1}\n' + document(secret) + b"\n[]\n"),
    "events": lambda secret: post(body=b"event: [shown]\ndata: " + document(secret) + b"\n\n"),
    "JSON that breaks off": lambda secret: post(body=b'{"shown": [' + document(secret) + b", "),
    "JSON in JSON": lambda secret: post(body=json.dumps({"a": document(secret).decode()}).encode()),
    "parts": lambda secret: post(body=parts(secret), headers=PARTS),
    "parts with bytes": lambda secret: post(body=parts(secret, b"shown\xff\r\n\r\n\x00"), headers=PARTS),
    "gzip of parts": lambda secret: post(body=gzip.compress(parts(secret)), headers=PARTS | GZIP),
    "a quoted URL in a query": lambda secret: get(f"/shown?a=b&next={quoted(url(secret))}&c=d"),
    "a quoted URL in a quoted URL": lambda secret: get(
        f"/shown?next={quoted('https://a.example.org/?next=' + quoted(url(secret)))}"
    ),
    "a URL as a query": lambda secret: get(f"/shown?{quoted(url(secret))}"),
    "a quoted URL in a form": lambda secret: post(body=urlencode({"next": url(secret)}).encode(), headers=FORM),
}


@pytest.mark.parametrize("place", REQUESTS)
@unhurried
@given(secret=secrets, other=secrets)
def test_no_secret_of_a_request_is_written(place: str, secret: str, other: str) -> None:
    request = REQUESTS[place]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cassette.json")
        text = recorded(path, request(secret), ANSWER)
        assert "s3cret" not in text
        assert "t3rces" not in text
        assert "shown" in text
        # The replaying program has other secrets, and perhaps another version of zlib.
        assert replayed(path, request(other)).body == ANSWER.body


RESPONSES: dict[str, Callable[[str], Response]] = {
    "a fragment": lambda secret: Response(302, {"Location": f"/shown#state=1&access_token={quoted(secret)}&b=c"}),
    "a route in a fragment": lambda secret: Response(302, {"Location": f"/shown#/route?code={quoted(secret)}"}),
    "a fragment in a text": lambda secret: Response(200, body=f"shown: /a#id_token={quoted(secret)} !".encode()),
    "a quoted URL in a header": lambda secret: Response(302, {"Location": f"/shown?next={quoted(url(secret))}"}),
    "JSON lines": lambda secret: Response(
        200, {"Content-Type": "application/x-ndjson"}, b'{"a":"shown"}\n' + document(secret)
    ),
    "JSON with a BOM": lambda secret: Response(200, JSON, b"\xef\xbb\xbf" + document(secret)),
    "parts": lambda secret: Response(200, PARTS, parts(secret)),
}


@pytest.mark.parametrize("place", RESPONSES)
@unhurried
@given(secret=secrets)
def test_no_secret_of_a_response_is_written(place: str, secret: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cassette.json")
        text = recorded(path, get(), RESPONSES[place](secret))
        assert "s3cret" not in text
        assert "t3rces" not in text
        assert "shown" in text
        assert replayed(path, get()).status == RESPONSES[place](secret).status


REPEATED: dict[str, Callable[[str], Response]] = {
    "JSON": lambda secret: Response(400, JSON, json.dumps({"detail": [f"not {secret}"], secret: 1}).encode()),
    "text": lambda secret: Response(400, body=f"not {secret}".encode()),
    "JSON lines": lambda secret: Response(400, body=json.dumps({"detail": secret}).encode() + b'\n{"a": 1}'),
    "bytes": lambda secret: Response(400, body=b"\xff" + secret.encode()),
    "a header": lambda secret: Response(400, {"X-Detail": f"not {quote(secret)}"}),
    "a quoted header": lambda secret: Response(400, {"X-Detail": f"not {quote_plus(secret)}"}),
    "the reason": lambda secret: Response(400, reason=f"not {secret}"),
}


def basic(secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'id:{secret}'.encode()).decode()}"}


@pytest.mark.parametrize("place", REPEATED)
@unhurried
@given(secret=secrets)
@example(secret='s3cret /+%"\\ät3rces')
def test_no_basic_secret_that_a_service_repeats_is_written(place: str, secret: str) -> None:
    response = REPEATED[place](secret)
    for spelling in (secret, quote_plus(secret)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "cassette.json")
            text = recorded(path, get(headers=basic(spelling)), response)
            assert "s3cret" not in text
            assert "t3rces" not in text
            assert replayed(path, get()).status == 400


def test_the_encoded_credential_is_not_written_either(tmp_path: Path) -> None:
    headers = basic("s3cret+/?s3cret")
    sent = headers["Authorization"].removeprefix("Basic ")
    body = json.dumps({"a": sent, "b": quoted(sent), "c": f"/?x={quoted(sent)}"}).encode()
    recorded(tmp_path / "c.json", get(headers=headers), Response(200, JSON, body))
    assert replayed(tmp_path / "c.json", get()).json() == {"a": "<hidden>", "b": "<hidden>", "c": "/?x=<hidden>"}


def test_the_longest_spelling_is_looked_for(tmp_path: Path) -> None:
    response = Response(200, body=b"s3crets3cret% s3crets3cret%25")
    recorded(tmp_path / "c.json", get(headers=basic("s3crets3cret%")), response)
    assert replayed(tmp_path / "c.json", get()).body == b"<hidden> <hidden>"


def test_a_secret_in_latin_1(tmp_path: Path) -> None:
    headers = {"Authorization": f"basic  {base64.b64encode('id:s3crät-s3crät'.encode('latin-1')).decode()}"}
    recorded(tmp_path / "c.json", get(headers=headers), Response(200, JSON, '["s3crät-s3crät"]'.encode()))
    assert replayed(tmp_path / "c.json", get()).json() == ["<hidden>"]


def test_a_secret_of_digits(tmp_path: Path) -> None:
    body = b'{"pin":12345678,"other":12345,"many":[912345678.5,true,null]}'
    recorded(tmp_path / "c.json", get(headers=basic("12345678")), Response(200, JSON, body))
    assert replayed(tmp_path / "c.json", get()).json() == {
        "pin": "<hidden>",
        "other": 12345,
        "many": ["9<hidden>.5", True, None],
    }


@pytest.mark.parametrize("sent", ["Basic aWQ6c2hvcnQ=", "Basic *", "Basic /w==", "Basic", ""])
def test_what_is_too_short_to_be_looked_for_or_no_credential(tmp_path: Path, sent: str) -> None:
    recorded(tmp_path / "c.json", get(headers={"Authorization": sent}), Response(200, body=b"short *"))
    assert replayed(tmp_path / "c.json", get()).body == b"short *"


def test_a_secret_is_no_word_of_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_transport.middleware.redaction.MOST_INFLATED", 10)
    request = post(body=gzip.compress(b"a" * 20), headers=GZIP | basic("longer_than"))
    assert '"longer_than": 10' in recorded(tmp_path / "c.json", request, ANSWER)


def test_compressed_above_the_cassette(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    names = [f"{number:06}" for number in range(4000)]

    def call(secret: str) -> Request:
        return post(body=json.dumps({"client_secret": secret, "names": names}).encode(), headers=JSON)

    recorded(path, call("s3cret"), ANSWER, CompressBodies())
    body = json.loads(path.read_text())["calls"][0]["request"]["body"]
    assert body == {"json": {"client_secret": "<hidden>", "names": names}}
    for above in ([CompressBodies(level=1)], [CompressBodies(level=9)], []):
        assert replayed(path, call("other"), *above).body == ANSWER.body
    names.pop()
    with pytest.raises(NotRecordedError, match="another body"):
        replayed(path, call("s3cret"), CompressBodies())


@pytest.mark.parametrize(
    ("body", "written"),
    [
        (gzip.compress(b"a") + gzip.compress(b"b"), {"text": "ab"}),
        (gzip.compress(b"a") + b"\0\0", {"text": "a"}),
        (gzip.compress(b""), {"text": ""}),
        (b'{"token":"s3cret"}', {"json": {"token": "<hidden>"}}),
        (gzip.compress(b"a")[:-1], None),
        (gzip.compress(b"a")[:-4] + b"abcd", None),
        (b"\xff", None),
    ],
    ids=["two members", "padding", "empty", "not compressed", "cut off", "wrong sum", "neither"],
)
def test_a_body_that_says_that_it_is_compressed(tmp_path: Path, body: bytes, written: Any) -> None:
    request = post(body=body, headers=GZIP)
    recorded(tmp_path / "c.json", request, ANSWER)
    (call,) = json.loads((tmp_path / "c.json").read_text())["calls"]
    assert call["request"]["body"] == (written or {"base64": base64.b64encode(body).decode()})
    assert replayed(tmp_path / "c.json", request).body == ANSWER.body


def test_a_body_that_is_too_long_to_be_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_transport.middleware.redaction.MOST_INFLATED", 1 << 20)
    long = post(body=gzip.compress(b"a" * (1 << 20)) + gzip.compress(bytes(1 << 26), 1), headers=GZIP)
    tracemalloc.start()
    try:
        recorded(tmp_path / "c.json", long, ANSWER)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 24
    (call,) = json.loads((tmp_path / "c.json").read_text())["calls"]
    assert call["request"]["body"] == {"longer_than": 1 << 20}
    assert replayed(tmp_path / "c.json", long).body == ANSWER.body
    with pytest.raises(NotRecordedError):
        replayed(tmp_path / "c.json", post(body=gzip.compress(b"a" * (1 << 20)), headers=GZIP))


@pytest.mark.parametrize(
    "request_",
    [
        get(headers={"X-My-Key": "s3cret-of-mine"}),
        get("/?mykey=s3cret-of-mine"),
        post(body=b'{"mykey": "s3cret-of-mine"}', headers=JSON),
        post(body=b"mykey=s3cret-of-mine", headers=FORM),
    ],
    ids=["header", "query", "JSON", "form"],
)
def test_a_secret_of_ones_own_that_a_service_repeats_is_not_written(tmp_path: Path, request_: Request) -> None:
    path = tmp_path / "cassette.json"
    layer = Cassette(path, "record", secrets=["X-My-Key", "mykey"])
    answer = Response(
        401, {"X-Note": "s3cret-of-mine"}, b"the key s3cret-of-mine is unknown", reason="no s3cret-of-mine"
    )
    Stack(lambda _: answer, [layer]).send(request_)
    assert "s3cret" not in path.read_text("utf-8")
