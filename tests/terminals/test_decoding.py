"""Compressed bodies, however they are cut into chunks."""

import contextlib
import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import ReplyFormatError
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
