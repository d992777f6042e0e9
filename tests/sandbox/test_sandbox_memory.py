"""What has ended does not stay in memory for ever."""

from __future__ import annotations

import pytest

from globus_transport.sandbox import Clock, Identity, authorization_codes, scopes
from globus_transport.sandbox.authorization_codes import AuthorizationCode, CodeStore
from globus_transport.sandbox.tokens import Credential, IssuedTokens, TokenStore
from tests.sandbox.sandbox_http import TRANSFER_ALL

ADA = Identity("ada@sandbox.example")
MANY = 5000


class Tokens:
    """A store of tokens, and its clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.lifetime = 100.0
        self.store = TokenStore(self.clock, lambda: self.lifetime)

    def issue(self, login: str | None = None) -> IssuedTokens:
        (tokens,) = self.store.mint("client", ADA, scopes.parse(TRANSFER_ALL), refresh=True, login=login)
        self.store.add([tokens])
        return tokens

    def issue_access(self) -> Credential:
        (tokens,) = self.store.mint("client", ADA, scopes.parse(TRANSFER_ALL), refresh=False)
        self.store.add([tokens])
        return tokens.access

    @property
    def count(self) -> int:
        return len(self.store._by_value)


def test_access_tokens_that_have_expired_are_forgotten() -> None:
    tokens = Tokens()
    kept = tokens.issue()
    tokens.lifetime = 0.0
    for _ in range(MANY):
        tokens.issue_access()
    assert tokens.count <= 1001
    assert tokens.store.find(kept.access.value) is kept.access


def test_tokens_that_were_revoked_are_forgotten() -> None:
    tokens = Tokens()
    for _ in range(MANY):
        refresh = tokens.issue().refresh
        assert refresh
        tokens.store.revoke(refresh)
    assert tokens.count <= 1002


def test_the_reuse_of_a_replaced_refresh_token_is_still_noticed() -> None:
    tokens = Tokens()
    replaced = tokens.issue("login").refresh
    assert replaced
    assert tokens.store.replace(replaced)
    successor = tokens.issue("login").refresh
    assert successor
    tokens.lifetime = 0.0
    for _ in range(MANY):
        tokens.issue_access()
    assert tokens.store.find_refresh(replaced.value) is None
    assert tokens.store.find_refresh(successor.value) is None


def test_valid_tokens_are_looked_at_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_transport.sandbox.tokens._FEW", 4)
    tokens, looks = Tokens(), 0
    tokens.store._most = 4
    for _ in range(100):
        before = tokens.store._by_value
        tokens.issue_access()
        looks += tokens.store._by_value is not before
    assert (tokens.count, looks) == (100, 5)


def test_a_token_is_valid_again_after_the_clock_is_reset() -> None:
    tokens = Tokens()
    kept = tokens.issue().access
    tokens.clock.advance(1000)
    assert tokens.store.find(kept.value) is None
    for _ in range(MANY):
        tokens.issue_access()
    tokens.clock.reset()
    assert tokens.store.find(kept.value) is kept


def new_code(value: str) -> AuthorizationCode:
    return AuthorizationCode(value, "client", ADA, "http://localhost/", TRANSFER_ALL, False, None, None, None, None)


def test_codes_that_have_expired_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    store = CodeStore(Clock())
    with monkeypatch.context() as patch:
        patch.setattr(authorization_codes, "_LIFETIME", 0.0)
        for number in range(3):
            store.add(new_code(str(number)))
    assert repr(store) == "CodeStore(1 codes)"
    for value in ("a", "b"):
        store.add(new_code(value))
    assert repr(store) == "CodeStore(2 codes)"
    assert store.find("a", "client")


def test_a_code_is_valid_again_after_the_clock_is_reset() -> None:
    clock = Clock()
    store = CodeStore(clock)
    store.add(new_code("early"))
    clock.advance(700)
    store.add(new_code("late"))
    assert store.find("early", "client") is None
    clock.reset()
    assert store.find("early", "client")
