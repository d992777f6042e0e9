"""Headers that every request carries."""

from __future__ import annotations

import pickle

import pytest

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.middleware.headers import DefaultHeaders
from tests.core.stepping import get

defaults = DefaultHeaders({"User-Agent": "me/1", "Accept": "application/json"})


def test_they_are_added() -> None:
    assert defaults(get()).headers.pairs == (("User-Agent", "me/1"), ("Accept", "application/json"))


def test_what_the_request_brings_counts() -> None:
    request = get(headers=[("ACCEPT", "text/csv"), ("accept", "text/plain")])
    changed = defaults(request)
    assert changed.headers.get_all("accept") == ["text/csv", "text/plain"]
    assert changed.headers["user-agent"] == "me/1"
    assert "User-Agent" not in request.headers


def test_a_part_of_a_body_is_asked_for_as_it_is() -> None:
    both = DefaultHeaders({"Accept-Encoding": "gzip", "Accept": "*/*"})
    assert both(get(headers={"range": "bytes=0-9"})).headers.get_all("Accept-Encoding") == ["identity"]
    assert both(get(headers={"Range": "bytes=0-9", "accept-encoding": "br"})).headers.get_all("accept-encoding") == [
        "br"
    ]
    assert defaults(get(headers={"Range": "bytes=0-9"})).headers["Accept-Encoding"] == "identity"
    assert both(get()).headers["Accept-Encoding"] == "gzip"


def test_malformed_ones_are_refused_at_birth() -> None:
    with pytest.raises(GlobusSDKUsageError, match="CR, LF or NUL"):
        DefaultHeaders({"User-Agent": "me\r\nX: 1"})


def test_printing_hides_credentials() -> None:
    assert str(defaults) == "User-Agent, Accept"
    assert "s3cret" not in str(DefaultHeaders({"Cookie": "s3cret"}))


def test_pickling() -> None:
    assert pickle.loads(pickle.dumps(defaults)).headers == defaults.headers
