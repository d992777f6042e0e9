"""Scope strings."""

from __future__ import annotations

import pytest

from globus_transport.sandbox.scopes import (
    Scope,
    ScopeError,
    check_resource_servers,
    group_by_resource_server,
    parse,
    resource_server_of,
)


def test_nested_and_optional() -> None:
    assert parse("a[b *c[d]] *e f") == (
        Scope("a", dependencies=(Scope("b"), Scope("c", True, (Scope("d"),)))),
        Scope("e", True),
        Scope("f"),
    )


@pytest.mark.parametrize("text", ["", " ", "[a]", "a[", "a]", "a[]", "*", "a[*]", "** a", "a *", "a * b"])
def test_nonsense(text: str) -> None:
    with pytest.raises(ScopeError):
        parse(text)


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("email", "auth.globus.org"),
        ("urn:globus:auth:scope:search.api.globus.org:all", "search.api.globus.org"),
        ("https://auth.globus.org/scopes/some-id/https", "some-id"),
        ("https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all", "flows.globus.org"),
    ],
)
def test_resource_server(name: str, server: str) -> None:
    assert resource_server_of(name) == server


def test_groups_join_what_is_named_twice_and_put_auth_first() -> None:
    transfer = "urn:globus:auth:scope:transfer.api.globus.org:all"
    groups = group_by_resource_server(parse(f"{transfer}[x] openid {transfer}[y]"))
    assert list(groups) == ["auth.globus.org", "transfer.api.globus.org"]
    assert groups["transfer.api.globus.org"] == (Scope(transfer, dependencies=(Scope("x"), Scope("y"))),)


def test_deep_and_long_scope_strings() -> None:
    assert parse("a[" * 30 + "a" + "]" * 30)
    for depth in (33, 1000, 100_000):
        with pytest.raises(ScopeError, match="levels"):
            parse("a[" * depth + "a" + "]" * depth)
    assert len(parse("a " * 200_000)) == 200_000


def test_dependencies_belong_to_resource_servers_too() -> None:
    check_resource_servers(parse("openid[email[profile]]"))
    for text in ("nonsense", "openid[nonsense]", "openid[email[profile *nonsense]]"):
        with pytest.raises(ScopeError, match="nonsense"):
            check_resource_servers(parse(text))
