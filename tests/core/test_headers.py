"""Header fields: case, order, repeats, and what is refused."""

from __future__ import annotations

import copy
import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import SECRET_NAMES, Headers
from tests.core.stepping import unhurried

token_characters = string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~"
names = st.text(token_characters, min_size=1, max_size=8)
# ISO 8859-1 without the three that end a field.
values = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12)
fields = st.lists(st.tuples(names, values), max_size=8)


def test_names_are_found_in_any_case() -> None:
    headers = Headers({"Content-Type": "text/plain"})
    assert headers["content-type"] == headers["CONTENT-TYPE"] == headers.get("Content-type") == "text/plain"
    assert "cOnTeNt-TyPe" in headers
    assert headers.get("Accept") is None
    assert "Accept" not in headers
    assert None not in headers
    with pytest.raises(KeyError):
        headers["Accept"]


def test_order_and_repeats_are_kept() -> None:
    pairs = (("B", "1"), ("a", "2"), ("b", "3"), ("C", "4"))
    headers = Headers(pairs)
    assert headers.pairs == pairs
    assert headers["B"] == "1, 3"
    assert headers.get_all("b") == ["1", "3"]
    assert headers.get_all("nothing") == []
    assert list(headers) == ["B", "a", "C"]
    assert len(headers) == 3


def test_with_header_replaces_every_field_of_that_name() -> None:
    headers = Headers([("X", "1"), ("Y", "2"), ("x", "3")])
    changed = headers.with_header("X", "4")
    assert changed.get_all("x") == ["4"]
    assert changed["y"] == "2"
    assert headers.get_all("x") == ["1", "3"], "the first one is a value, and stays as it was"


def test_defaults_give_way_to_what_is_there() -> None:
    headers = Headers([("accept", "text/plain")])
    merged = headers.with_defaults(Headers([("Accept", "*/*"), ("User-Agent", "me")]))
    assert sorted(merged.items()) == [("User-Agent", "me"), ("accept", "text/plain")]
    assert headers.with_defaults(Headers({"ACCEPT": "*/*"})) is headers


@pytest.mark.parametrize("end", ["\r", "\n", "\r\nX-Forged: 1", "\0"])
@pytest.mark.parametrize("make", [lambda v: Headers({"X": v}), lambda v: Headers().with_header("X", v)])
def test_a_value_cannot_forge_a_header(make, end) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GlobusSDKUsageError, match="CR, LF or NUL") as refused:
        make("token" + end)
    assert "token" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nX", "a\0", "é", "a\n", "(a)", 'a"', b"a", None])
@pytest.mark.parametrize("make", [lambda n: Headers([(n, "")]), lambda n: Headers().with_header(n, "")])
def test_a_name_is_a_token(make, name) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GlobusSDKUsageError, match="is not a header name"):
        make(name)


def test_values_are_text_that_can_be_sent() -> None:
    assert Headers({"X": "café"})["x"] == "café"
    with pytest.raises(GlobusSDKUsageError, match="ISO 8859-1"):
        Headers({"X": "€"})
    with pytest.raises(GlobusSDKUsageError, match="is a int; give a str"):
        Headers({"X": 5})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(SECRET_NAMES))
def test_credentials_are_not_printed(name: str) -> None:
    headers = Headers([(name.title(), "s3cret"), ("Accept", "*/*")])
    assert "s3cret" not in repr(headers)
    assert "s3cret" not in str(headers)
    assert headers.redacted() == [(name.title(), "<hidden>"), ("Accept", "*/*")]


def test_received_headers_are_taken_as_they_are() -> None:
    assert Headers.received([("X y", "€")]).pairs == (("X y", "€"),)


def test_headers_are_no_dict() -> None:
    assert Headers({"a": "1"}) != {"a": "1"}


@unhurried
@given(fields)
def test_a_field_is_found_by_its_name(pairs: list[tuple[str, str]]) -> None:
    headers = Headers(pairs)
    assert headers.pairs == tuple(pairs)
    for name, _ in pairs:
        alike = [value for other, value in pairs if other.lower() == name.lower()]
        assert headers.get_all(name.swapcase()) == alike
        assert headers[name.upper()] == ", ".join(alike)
    assert len(headers) == len(list(headers)) == len({name.lower() for name, _ in pairs})
    assert Headers(headers) == headers


@unhurried
@given(fields)
def test_equal_in_any_case_and_after_copying(pairs: list[tuple[str, str]]) -> None:
    headers = Headers(pairs)
    shouted = Headers([(name.upper(), value) for name, value in pairs])
    assert headers == shouted
    assert hash(headers) == hash(shouted)
    assert pickle.loads(pickle.dumps(headers)).pairs == copy.deepcopy(headers).pairs == headers.pairs


@unhurried
@given(fields, names, values)
def test_setting_and_taking_away(pairs: list[tuple[str, str]], name: str, value: str) -> None:
    headers = Headers(pairs)
    others = [pair for pair in pairs if pair[0].lower() != name.lower()]
    changed = headers.with_header(name, value)
    assert changed.get_all(name) == [value]
    assert list(changed.without(name.swapcase()).pairs) == others
    assert [pair for pair in changed.pairs if pair[0].lower() != name.lower()] == others
    assert headers.pairs == tuple(pairs)


@unhurried
@given(fields, fields)
def test_defaults_change_nothing_that_is_there(pairs: list[tuple[str, str]], defaults: list[tuple[str, str]]) -> None:
    own, given_defaults = Headers(pairs), Headers(defaults)
    merged = own.with_defaults(given_defaults)
    for name in merged:
        assert merged.get_all(name) == (own.get_all(name) or given_defaults.get_all(name))
    assert {n.lower() for n in merged} == {n.lower() for n in own} | {n.lower() for n in given_defaults}


@unhurried
@given(st.text(max_size=10), st.text(max_size=10))
def test_whatever_is_accepted_is_one_line_on_the_wire(name: str, value: str) -> None:
    try:
        headers = Headers([(name, value)])
    except GlobusSDKUsageError:
        return
    wire = "".join(f"{n}: {v}\r\n" for n, v in headers.pairs).encode("latin-1")
    assert wire.count(b"\r") == wire.count(b"\n") == 1
    assert b"\0" not in wire
