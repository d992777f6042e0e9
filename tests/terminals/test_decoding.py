"""Compressed bodies, however they are cut into chunks."""

import contextlib
import gzip
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusTimeoutError, ReplyFormatError
from globus_transport.http.messages import Request
from globus_transport.terminals.http1.decoding import PIECE, decoded

REQUEST = Request("GET", "https://example.org/x?token=secret")


def bare(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    " GZip ": gzip.compress,
}


@given(data=st.binary(max_size=5000), size=st.integers(1, 700), encoding=st.sampled_from(sorted(ENCODERS)))
def test_any_body_in_any_chunks(data: bytes, size: int, encoding: str) -> None:
    assert b"".join(decoded(cut(ENCODERS[encoding](data), size), encoding, REQUEST)) == data


@given(data=st.binary(max_size=2000), size=st.integers(1, 300))
def test_bare_deflate_as_some_servers_send_it(data: bytes, size: int) -> None:
    assert b"".join(decoded(cut(bare(data), size), "deflate", REQUEST)) == data


@given(members=st.lists(st.binary(max_size=300), min_size=1, max_size=4), size=st.integers(1, 99))
def test_a_body_of_several_members(members: list[bytes], size: int) -> None:
    body = b"".join(map(gzip.compress, members))
    assert b"".join(decoded(cut(body, size), "gzip", REQUEST)) == b"".join(members)


@given(size=st.integers(1, 99), padding=st.sampled_from([b"\0" * 512, b"garbage"]))
def test_padding_after_the_body_is_ignored(size: int, padding: bytes) -> None:
    assert b"".join(decoded(cut(gzip.compress(b"data") + padding, size), "gzip", REQUEST)) == b"data"


def nested(times: int, size: int = 1 << 30) -> bytes:
    """Zeros, coded so often. A few hundred bytes are enough for more than any memory."""
    squeeze = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    body = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)) + squeeze.flush()
    for _ in range(times - 1):
        body = gzip.compress(body, mtime=0)
    return body


BOMB = nested(5)


@pytest.mark.parametrize("size", [1, 7, len(BOMB)], ids=["bytes", "pieces", "whole"])
def test_what_becomes_more_than_one_coding_can_make_is_refused(size: int) -> None:
    assert len(BOMB) < 1000
    pieces = decoded(cut(BOMB, size), "gzip, gzip, gzip, gzip, gzip", REQUEST)
    with pytest.raises(ReplyFormatError, match="by their codings"):
        deque(pieces, maxlen=0)


def test_what_one_coding_can_make_is_not() -> None:
    body = nested(1, 64 << 20)
    assert sum(map(len, decoded(cut(body, 1000), "gzip", REQUEST))) == 64 << 20


def test_the_deadline_ends_inflating() -> None:
    body = nested(1, 64 << 20)
    late = Request("GET", "https://example.org/x", deadline=time.monotonic() - 1)
    with pytest.raises(GlobusTimeoutError):
        next(decoded(cut(body, 1000), "gzip", late))


def test_encodings_are_undone_from_the_last_to_the_first() -> None:
    body = gzip.compress(zlib.compress(b"data"))
    assert b"".join(decoded(iter([body]), "deflate, gzip", REQUEST)) == b"data"


@pytest.mark.parametrize("encoding", ["", "identity", "br", "utf-8"])
def test_what_is_not_known_stays_as_it_is(encoding: str) -> None:
    assert b"".join(decoded(iter([b"as ", b"it is"]), encoding, REQUEST)) == b"as it is"


def test_no_body_at_all_is_no_error() -> None:
    assert list(decoded(iter([]), "gzip", REQUEST)) == []
    assert list(decoded(iter([b"", b""]), "gzip", REQUEST)) == []


@given(data=st.binary(min_size=1, max_size=500), lost=st.integers(1, 20), size=st.integers(1, 300))
def test_a_body_that_breaks_off_is_an_error(data: bytes, lost: int, size: int) -> None:
    for encoding in ("gzip", "deflate"):
        body = ENCODERS[encoding](data)
        body = body[: -min(lost, len(body) - 1)]
        with pytest.raises(ReplyFormatError, match=f"{encoding} body of the answer breaks off") as caught:
            list(decoded(cut(body, size), encoding, REQUEST))
        assert "secret" not in str(caught.value)


@given(data=st.binary(min_size=20, max_size=300), place=st.integers(0, 10_000), size=st.integers(1, 300))
def test_a_changed_byte_gives_the_body_or_an_error(data: bytes, place: int, size: int) -> None:
    body = bytearray(gzip.compress(data))
    body[place % len(body)] ^= 0xFF
    with contextlib.suppress(ReplyFormatError):
        # Some bytes of gzip's head mean nothing.
        assert b"".join(decoded(cut(bytes(body), size), "gzip", REQUEST)) == data


def test_small_chunks_that_stand_for_much_come_in_pieces() -> None:
    pieces = list(map(len, decoded(iter([gzip.compress(bytes(50 * PIECE + 7))]), "gzip", REQUEST)))
    assert max(pieces) <= PIECE
    assert sum(pieces) == 50 * PIECE + 7
