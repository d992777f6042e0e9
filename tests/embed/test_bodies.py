"""Request bodies as requests and urllib3 accept them."""

from __future__ import annotations

import array
import io
from typing import Any

import pytest

from globus_transport import GlobusSDKUsageError
from globus_transport.embed.bodies import to_body
from globus_transport.http.bodies import StreamBody


def _sent(body: Any) -> bytes:
    made = to_body(body, length=None, position=None)
    return b"".join(made.open()) if isinstance(made, StreamBody) else made or b""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"abc", b"abc"),
        ("tëxt", "tëxt".encode()),
        (bytearray(b"abc"), b"abc"),
        (memoryview(b"abcdef")[::2], b"ace"),
        (array.array("B", b"abc"), b"abc"),
        (array.array("H", [1, 2]), array.array("H", [1, 2]).tobytes()),
        (io.BytesIO(b"abc"), b"abc"),
        (io.StringIO("tëxt"), "tëxt".encode()),
        (["a", b"b", bytearray(b"c"), array.array("B", b"d")], b"abcd"),
        (iter([b"ab", b"c"]), b"abc"),
        (None, b""),
    ],
    ids=lambda value: value.__class__.__name__,
)
def test_what_is_sent(body: Any, expected: bytes) -> None:
    assert _sent(body) == expected


def test_what_holds_its_bytes_can_be_sent_again() -> None:
    assert isinstance(to_body(array.array("B", b"abc"), length=None, position=None), bytes)


@pytest.mark.parametrize(("body", "named"), [([1, 2, 3], "int"), ([[b"a"]], "list"), (7, "int")])
def test_what_holds_none_is_refused(body: Any, named: str) -> None:
    with pytest.raises(GlobusSDKUsageError, match=f"not {named}"):
        _sent(body)
