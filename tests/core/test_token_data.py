"""When an access token counts as stale, and how long a server said that it lives."""

from __future__ import annotations

import copy
import math
import pickle
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.authorizers.renewing import AccessToken
from globus_transport.services.auth.response import parse_lifetime
from tests.core.stepping import unhurried

NOW = 1_700_000_000


def stale_after(monkeypatch: pytest.MonkeyPatch, token: AccessToken, seconds: float) -> bool:
    monkeypatch.setattr(time, "time", lambda: NOW + seconds)
    return token.is_stale()


@pytest.mark.parametrize(
    ("lifetime", "margin"),
    [(None, 60), (172800, 60), (240, 60), (100, 25), (4, 1), (0, 0)],
)
def test_it_is_renewed_before_it_expires(
    monkeypatch: pytest.MonkeyPatch, lifetime: float | None, margin: float
) -> None:
    token = AccessToken("t", "Bearer t", NOW + 1000, lifetime)
    assert not stale_after(monkeypatch, token, 1000 - margin - 0.5)
    assert stale_after(monkeypatch, token, 1000 - margin)
    assert stale_after(monkeypatch, token, 5000)


def test_a_short_life_is_used_for_the_most_part(monkeypatch: pytest.MonkeyPatch) -> None:
    token = AccessToken("t", "Bearer t", NOW + 4, 4)
    assert not stale_after(monkeypatch, token, 2.9)
    assert stale_after(monkeypatch, token, 3)


def test_it_serves_until_it_is_refused_if_nobody_knows_its_end() -> None:
    assert not AccessToken("t", "Bearer t", None).is_stale()
    assert AccessToken("t", "Bearer t", None, rejected=True).is_stale()
    assert AccessToken("t", "Bearer t", NOW + 10**9, rejected=True).is_stale()


def test_a_rejected_one_is_stale_for_everyone_who_holds_it() -> None:
    token = AccessToken("t", "Bearer t", NOW + 10**9)
    held = token
    token.reject()
    token.reject()
    assert held.rejected
    assert held.is_stale()


def test_it_is_not_printed() -> None:
    token = AccessToken("s3cret", "Bearer s3cret", NOW)
    assert "s3cret" not in f"{token} {token!r}"
    for same in (pickle.loads(pickle.dumps(token)), copy.copy(token)):
        assert (same.value, same.header, same.expires_at) == ("s3cret", "Bearer s3cret", NOW)


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (172800, 172800.0),
        (0, 0.0),
        (1.5, 1.5),
        ("3600", 3600.0),
        ("1e3", 1000.0),
        (None, None),
        (True, None),
        (False, None),
        (-1, None),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        (math.nan, None),
        ([3600], None),
        ({"seconds": 3600}, None),
    ],
)
def test_lifetimes(expires_in: object, seconds: float | None) -> None:
    assert parse_lifetime(expires_in) == seconds


@pytest.mark.parametrize("expires_in", [10**400, 10**12, math.inf, "inf", 1e300, "9" * 400])
def test_an_absurd_lifetime_is_a_long_one(expires_in: object) -> None:
    seconds = parse_lifetime(expires_in)
    assert seconds is not None
    assert 86400 < seconds < 86400 * 36600
    # It can be reckoned with.
    assert int(time.time() + seconds) > time.time()


@unhurried
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3))
def test_whatever_a_server_sends(expires_in: Any) -> None:
    seconds = parse_lifetime(expires_in)
    assert seconds is None or 0 <= seconds < math.inf
