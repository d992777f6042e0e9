"""Texts of scopes: what is written is read again, as globus-sdk reads it, and what is no scope is told where."""

from __future__ import annotations

from typing import Any

import globus_sdk.scopes
import pytest
from hypothesis import given
from hypothesis import strategies as st

import globus_transport.scopes
from globus_transport import GlobusSDKUsageError, Scope, ScopeCycleError, ScopeParseError, ScopeParser

_NAMES = st.text(st.characters(exclude_characters="[]* ", exclude_categories=("Z", "C")), min_size=1, max_size=5)


@st.composite
def _forests(draw: Any, depth: int = 3) -> list[Scope]:
    """Scopes in which each name stands once: what the text says of them is all there is."""
    names = iter(draw(st.lists(_NAMES, unique=True, max_size=12)))

    def scopes(left: int) -> list[Scope]:
        found = []
        for _ in range(draw(st.integers(0, 3))):
            name = next(names, None)
            if name is None:
                break
            found.append(Scope(name, draw(st.booleans()), scopes(left - 1) if left else ()))
        return found

    return scopes(depth)


@given(_forests())
def test_what_is_written_is_read_again(scopes: list[Scope]) -> None:
    assert ScopeParser.parse(ScopeParser.serialize(scopes, reject_empty=False)) == scopes


def _unordered(scope: Any) -> Any:
    return (scope.scope_string, scope.optional, frozenset(map(_unordered, scope.dependencies)))


def _read_by(parser: Any, text: str) -> Any:
    try:
        return sorted((_unordered(one) for one in parser.parse(text)), key=repr)
    except ValueError as error:
        return type(error).__name__


# A name in the middle of which a star stands is two scopes in globus-sdk, and a mistake here.
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "[", "]", " ", " *"]), max_size=14).map("".join))
def test_globus_sdk_reads_the_same(text: str) -> None:
    assert _read_by(ScopeParser, text) == _read_by(globus_sdk.scopes.ScopeParser, text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("  ", []),
        ("a", ["a"]),
        (" b  a ", ["b", "a"]),
        ("a\nb\t", ["a", "b"]),
        ("*a", ["*a"]),
        ("a *a", ["a", "*a"]),
        ("a[ b ]", ["a[b]"]),
        ("a[b *c[d]] a[e]", ["a[b *c[d] e]"]),
        ("a[*b b]", ["a[b]"]),
        ("a[b] c[b[d]]", ["a[b[d]]", "c[b[d]]"]),
        ("z[y[x]] y[w]", ["z[y[x w]]", "y[x w]"]),
    ],
)
def test_what_a_text_means(text: str, read: list[str]) -> None:
    assert [str(one) for one in ScopeParser.parse(text)] == read


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("a]", 1, "without a '\\['"),
        ("a[b", 1, "without a '\\]'"),
        ("a[b[c]", 1, "without a '\\]'"),
        ("a[]", 1, "empty"),
        ("a[ ]", 1, "empty"),
        ("[a]", 0, "follow the name"),
        ("a [b]", 2, "follow the name"),
        ("a[[b]]", 2, "follow the name"),
        ("a[b]c", 4, "a space"),
        ("a[b][c]", 4, "a space"),
        ("* a", 0, "before the name"),
        ("a *", 2, "before the name"),
        ("**a", 1, "before the name"),
        ("a*b", 1, "before the name"),
        ("a b[*]", 4, "before the name"),
    ],
)
def test_an_error_says_where(text: str, at: int, what: str) -> None:
    with pytest.raises(ScopeParseError, match=f"at position {at}: .*{what}"):
        ScopeParser.parse(text)


@pytest.mark.parametrize(
    ("text", "circle"), [("a[a]", "a -> a"), ("x[a[b[*a]]]", "a -> b -> a"), ("a[b] b[c] c[a]", "a -> b -> c -> a")]
)
def test_a_circle_is_shown(text: str, circle: str) -> None:
    with pytest.raises(ScopeCycleError, match=f"itself: {circle}$"):
        ScopeParser.parse(text)


def test_what_is_too_deep_is_refused_and_not_a_crash() -> None:
    depth = 5000
    with pytest.raises(ScopeParseError, match="deep"):
        ScopeParser.parse("".join(f"a{one}[" for one in range(depth)) + "b" + "]" * depth)


@pytest.mark.parametrize("text", [None, b"a", ["a"], Scope("a")])
def test_only_text_is_parsed(text: Any) -> None:
    with pytest.raises(ScopeParseError, match="expected the text"):
        ScopeParser.parse(text)


def _merged_by(package: Any, first: list[str], second: list[str]) -> Any:
    parser, scope = package.ScopeParser, package.Scope
    merged = parser.merge_scopes([scope.parse(one) for one in first], [scope.parse(one) for one in second])
    return sorted((_unordered(one) for one in merged), key=repr)


@pytest.mark.parametrize(
    ("first", "second"),
    [([], []), (["a"], ["a"]), (["a[b]"], ["a[*c]", "b[d]"]), (["*a"], ["a"]), (["a[*b]"], ["a[b]"])],
)
def test_merging_is_as_in_globus_sdk(first: list[str], second: list[str]) -> None:
    assert _merged_by(globus_transport.scopes, first, second) == _merged_by(globus_sdk.scopes, first, second)


def test_merging_finds_a_circle() -> None:
    with pytest.raises(ScopeCycleError):
        ScopeParser.merge_scopes([Scope.parse("a[b]")], [Scope.parse("b[a]")])


def test_serialize() -> None:
    assert ScopeParser.serialize("a b") == "a b"
    assert ScopeParser.serialize(Scope("a", optional=True)) == "*a"
    several: list[str | Scope] = ["a[b]", Scope("a")]
    assert ScopeParser.serialize(several) == ScopeParser.serialize(iter(several)) == "a[b] a"
    nothings: list[Any] = ["", [], ()]
    for nothing in nothings:
        assert ScopeParser.serialize(nothing, reject_empty=False) == ""
        with pytest.raises(GlobusSDKUsageError, match="no scope"):
            ScopeParser.serialize(nothing)
