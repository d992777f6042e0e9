"""JSON by orjson: the same as by the standard library, whatever the document."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import ReplyFormatError
from globus_transport.http import json as json_documents
from globus_transport.http.messages import Response
from globus_transport.routing.json_body import encode_json
from tests.core.stepping import unhurried

BEYOND_64_BITS = 1 << 64


@pytest.fixture(params=["orjson", "the standard library"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra fast, and without it."""
    if request.param != "orjson":
        monkeypatch.setattr(json_documents, "orjson", None)


def written_without_orjson(document: Any) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_documents, "orjson", None)
        return json_documents.dumps(document)


def test_orjson_is_here_to_be_tested() -> None:
    assert json_documents.orjson is not None


def outcome(loads: Any, text: bytes) -> tuple[str, str]:
    # The repr tells 1 from 1.0, 0.0 from -0.0 and the order of keys.
    try:
        return "", repr(loads(text))
    except (ValueError, RecursionError) as error:
        return type(error).__name__, str(error)


TEXTS = [
    b"{}", b"[1, 2.5, -0, -0.0, 1e5, 1E400, 1e-400, true, null]", b'{"a": 1, "b": 2, "a": 3}', b'"\\ud800"',
    b'"\\ud83d\\ude00"', b"18446744073709551615", b"18446744073709551616", b"-9223372036854775808",
    b"-9223372036854775809", b"[1" + b"0" * 40 + b"]", b"9007199254740993.0", b"0.30000000000000004441",
    b"[NaN, Infinity, -Infinity]", b"nan", b"\xef\xbb\xbf{}", b"\xff\xfe1\x00", '"é€"'.encode(),
    '"é"'.encode("latin-1"), '{"a": "é"}'.encode("utf-16"), b'"\xed\xa0\x80"', b"", b" ", b"{", b"[1,]", b"{'a': 1}",
    b'{"a" 1}', b"1 2", b'"\x01"', b'"\x7f"', b"[" * 100_000, b"01", b"1.", b".5", b"+1", b"\x0c1",
    b" \t\r\n1 \t\r\n", b"<html>",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_document_is_read_the_same_way(text: bytes) -> None:
    assert outcome(json_documents.loads, text) == outcome(json.loads, text)


_numbers = st.one_of(
    st.integers(), st.integers(1 << 62, 1 << 65), st.integers(-(1 << 65), -(1 << 62)), st.floats(allow_nan=False)
)
_documents = st.recursive(
    st.one_of(st.none(), st.booleans(), _numbers, st.text(), st.characters(categories=["Cs"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=8,
)


@unhurried
@given(_documents, st.booleans())
def test_any_document_is_read_the_same_way(document: Any, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert outcome(json_documents.loads, text) == outcome(json.loads, text)


@unhurried
@given(st.one_of(st.binary(max_size=12), st.text('[]{}":,0123456789.eE+- \\ud8a\x00tfn', max_size=16).map(str.encode)))
def test_any_text_is_read_the_same_way(text: bytes) -> None:
    assert outcome(json_documents.loads, text) == outcome(json.loads, text)


@unhurried
@given(_documents)
def test_any_document_is_written_the_same_way(document: Any) -> None:
    try:
        expected = written_without_orjson(document)
    except ValueError:
        # An infinity, which no caller hands over.
        return
    written = json_documents.dumps(document)
    assert written.isascii()
    assert repr(json.loads(written)) == repr(json.loads(expected))


@pytest.mark.parametrize(
    "document",
    [{"a": "é", "b": BEYOND_64_BITS}, {"a": "\ud800"}, {"a": [1, "x", None, True, {"b": {}}]}, [], {"\b\x1f": "/"}],
)
def test_what_is_written_is_the_same_to_the_byte(reader: None, document: Any) -> None:
    assert encode_json(document) == json.dumps(document, separators=(",", ":")).encode()


def test_a_deep_document_is_written() -> None:
    document: Any = 1
    for _ in range(400):
        document = [document]
    assert json_documents.dumps(document) == b"[" * 400 + b"1" + b"]" * 400


def test_what_is_no_json_is_told_in_the_same_words(reader: None) -> None:
    with pytest.raises(ReplyFormatError, match=r"got 8 bytes \(no Content-Type\): Expecting value at line 2 column 3"):
        Response(200, body=b'[1,\n  }"').json()


def test_without_orjson() -> None:
    program = (
        "import sys; sys.modules['orjson'] = None\n"
        "from globus_transport import Response\n"
        "print(Response(200, body=b'[18446744073709551616]').json())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[18446744073709551616]\n"
