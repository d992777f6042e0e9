"""Scopes as values: the same texts as globus-sdk's, and they do not change."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError, Scope, ScopeParseError, TransferScopes


def _built(package: Any) -> list[Any]:
    scope = package.Scope
    plain, optional = scope("a"), scope("b:c", optional=True)
    nested = plain.with_dependency(optional.with_dependency(scope("d")))
    return [
        plain,
        optional,
        nested,
        plain.with_dependencies([optional, scope("e")]).with_dependency(plain),
        nested.with_optional(True),
        nested.with_optional(True).with_optional(False),
        scope("x", True, (plain, optional)),
        scope.parse("a[*b[c]]"),
    ]


def test_the_same_texts_as_globus_sdk() -> None:
    assert [str(one) for one in _built(globus_transport)] == [str(one) for one in _built(globus_sdk)]
    assert [repr(one) for one in _built(globus_transport)] == [repr(one) for one in _built(globus_sdk)]


def test_a_scope_does_not_change() -> None:
    scope = Scope("a")
    longer = scope.with_dependency(Scope("b"))
    assert (str(scope), str(longer)) == ("a", "a[b]")
    for name in ("scope_string", "optional", "dependencies", "more"):
        with pytest.raises(AttributeError):
            setattr(scope, name, "b")
    with pytest.raises(AttributeError):
        del scope.optional


def test_equal_scopes_are_one_key() -> None:
    first, second = Scope.parse("a[*b]"), Scope("a").with_dependency(Scope("b", optional=True))
    assert first == second
    assert {first: 1}[second] == 1
    different = [Scope("a"), Scope("a", optional=True), Scope("a", dependencies=(Scope("b"),)), Scope("b")]
    assert len({first, *different}) == 5
    assert Scope("a") != "a"  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda scope: pickle.loads(pickle.dumps(scope))])
def test_a_copy_is_equal(copied: Any) -> None:
    scope = Scope.parse("*a[*b[c] d]")
    assert copied(scope) == scope
    assert str(copied(scope)) == "*a[*b[c] d]"


@pytest.mark.parametrize("name", ["", "a b", "a[b]", "a]", "*a", "a\n", "a\tb", None, 1])
def test_what_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"Scope\.parse"):
        Scope(name)


@pytest.mark.parametrize("other", ["b", None, globus_sdk.Scope("b")])
def test_a_dependency_is_a_scope(other: Any) -> None:
    what = rf"not a {type(other).__name__}"
    with pytest.raises(TypeError, match=what):
        Scope("a").with_dependency(other)
    with pytest.raises(TypeError, match=what):
        Scope("a").with_dependencies([Scope("c"), other])


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a b", 2), ("a *a", 2)])
def test_parse_is_for_one(text: str, count: int) -> None:
    with pytest.raises(ScopeParseError, match=f"{count} scopes, not one"):
        Scope.parse(text)
    assert Scope.parse("a a") == Scope("a")


def test_what_takes_scopes_takes_every_form() -> None:
    client = globus_transport.NativeAppAuthClient("an-app", base_url="https://auth.example.org")
    inner = TransferScopes.all.with_dependency(Scope("b", optional=True))
    forms: list[Any] = [
        inner,
        str(inner),
        [inner],
        (str(inner),),
        iter([inner]),
        {inner: None},
    ]
    for form in forms:
        assert client.oauth2_start_flow(form).requested_scopes == f"{TransferScopes.all}[*b]"
    assert client.oauth2_start_flow([inner, "c", Scope("d")]).requested_scopes == f"{TransferScopes.all}[*b] c d"
    nothings: list[Any] = ["", " ", [], iter(())]
    for nothing in nothings:
        with pytest.raises(GlobusSDKUsageError, match="no scope"):
            client.oauth2_start_flow(nothing)
