"""JSON by orjson: the same as by the standard library, whatever the document."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import config, fast_json, json_text, standard_json
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Response
from globus_transport.routing.json_body import encode_json
from tests.core.stepping import unhurried

BEYOND_64_BITS = 1 << 64


@pytest.fixture
def choice(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Whatever a test chooses is forgotten after it."""
    monkeypatch.setattr(json_text, "_ways", (json_text._first_loads, json_text._first_dumps))
    monkeypatch.setattr(json_text, "_bytes_so_far", 0)
    return monkeypatch


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
    assert outcome(fast_json.loads, text) == outcome(json.loads, text)


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
    assert outcome(fast_json.loads, text) == outcome(json.loads, text)


@unhurried
@given(st.one_of(st.binary(max_size=12), st.text('[]{}":,0123456789.eE+- \\ud8a\x00tfn', max_size=16).map(str.encode)))
def test_any_text_is_read_the_same_way(text: bytes) -> None:
    assert outcome(fast_json.loads, text) == outcome(json.loads, text)


@unhurried
@given(_documents)
def test_any_document_is_written_the_same_way(document: Any) -> None:
    try:
        expected = standard_json.dumps(document)
    except ValueError:
        # An infinity, which no caller hands over.
        return
    written = fast_json.dumps(document)
    assert written.isascii()
    assert repr(json.loads(written)) == repr(json.loads(expected))


@pytest.mark.parametrize(
    "document",
    [{"a": "é", "b": BEYOND_64_BITS}, {"a": "\ud800"}, {"a": [1, "x", None, True, {"b": {}}]}, [], {"\b\x1f": "/"}],
)
def test_what_is_written_is_the_same_to_the_byte(choice: pytest.MonkeyPatch, document: Any) -> None:
    json_text.use_fast(True)
    by_orjson = encode_json(document)
    json_text.use_fast(False)
    assert by_orjson == encode_json(document) == json.dumps(document, separators=(",", ":")).encode()


def test_a_deep_document_is_written() -> None:
    document: Any = 1
    for _ in range(400):
        document = [document]
    assert fast_json.dumps(document) == b"[" * 400 + b"1" + b"]" * 400


@pytest.mark.parametrize("fast", [True, False])
def test_what_is_no_json_is_told_in_the_same_words(choice: pytest.MonkeyPatch, fast: bool) -> None:
    json_text.use_fast(fast)
    with pytest.raises(ReplyFormatError, match=r"got 8 bytes \(no Content-Type\): Expecting value at line 2 column 3"):
        Response(200, body=b'[1,\n  }"').json()


def test_orjson_is_used_when_there_was_enough_to_read_and_write(choice: pytest.MonkeyPatch) -> None:
    choice.delenv("GLOBUS_SDK_FAST", raising=False)
    choice.setattr(json_text, "ENOUGH", 24)
    assert Response(200, body=b'{"a": 1}').json() == {"a": 1}
    assert encode_json({"a": 12}) == b'{"a":12}'
    assert json_text._ways[0] is not fast_json.loads
    assert Response(200, body=b'{"a": 1}').json() == {"a": 1}
    assert json_text._ways == (fast_json.loads, fast_json.dumps)


def test_orjson_writes_when_enough_was_written(choice: pytest.MonkeyPatch) -> None:
    choice.delenv("GLOBUS_SDK_FAST", raising=False)
    choice.setattr(json_text, "ENOUGH", 16)
    for _ in range(2):
        assert json_text._ways[1] is not fast_json.dumps
        assert encode_json({"a": 12}) == b'{"a":12}'
    assert json_text._ways[1] is fast_json.dumps


def test_a_long_document_is_reason_enough(choice: pytest.MonkeyPatch) -> None:
    choice.delenv("GLOBUS_SDK_FAST", raising=False)
    document = ["x" * json_text.ENOUGH]
    assert Response(200, body=json.dumps(document).encode()).json() == document
    assert json_text._ways[0] is fast_json.loads


def test_who_wants_orjson_has_it_at_once(choice: pytest.MonkeyPatch) -> None:
    choice.setenv("GLOBUS_SDK_FAST", "yes")
    assert Response(200, body=b"{}").json() == {}
    assert json_text._ways[0] is fast_json.loads


def test_the_environment_turns_it_off(choice: pytest.MonkeyPatch) -> None:
    choice.setenv("GLOBUS_SDK_FAST", "no")
    assert encode_json({"a": 1}) == b'{"a":1}'
    assert json_text._ways[0] is json.loads


def test_the_environment_is_neither_yes_nor_no(choice: pytest.MonkeyPatch) -> None:
    choice.setenv("GLOBUS_SDK_FAST", "perhaps")
    with pytest.raises(GlobusSDKUsageError, match="GLOBUS_SDK_FAST='perhaps': give true or false"):
        Response(200, body=b"{}").json()


@pytest.mark.parametrize(("text", "expected"), [("", None), ("1", True), ("Yes", True), ("0", False), ("off", False)])
def test_what_the_environment_says(monkeypatch: pytest.MonkeyPatch, text: str, expected: bool | None) -> None:
    monkeypatch.setenv("GLOBUS_SDK_FAST", text)
    assert config.fast() is expected


def test_without_orjson() -> None:
    program = (
        "import sys; sys.modules['orjson'] = None\n"
        "from globus_transport import Response, json_text\n"
        "print(Response(200, body=b'[18446744073709551616]').json())\n"
        "try: json_text.use_fast(True)\n"
        "except ValueError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "[18446744073709551616]",
        'fast is wanted, but not installed: pip install "globus_transport[fast]"',
    ]
