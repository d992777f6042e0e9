"""URLs: their origin, their target, and what is refused."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.urls import URL, origin_of
from tests.core.stepping import unhurried

schemes = st.sampled_from(["http", "https", "HTTP", "HtTpS"])
hosts = st.sampled_from(["example.org", "EXAMPLE.org", "127.0.0.1", "[::1]", "[FE80::1]", "xn--bcher-kva.example", "a"])
ports = st.none() | st.integers(1, 65535) | st.sampled_from([80, 443])
ascii_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=12)
paths = st.just("") | ascii_text.map(lambda text: "/" + text.replace("?", "").replace("#", ""))
queries = st.none() | ascii_text.map(lambda text: text.replace("#", ""))
fragments = st.none() | ascii_text


@unhurried
@given(schemes, hosts, ports, paths, queries, fragments)
def test_laws(scheme: str, host: str, port: int | None, path: str, query: str | None, fragment: str | None) -> None:
    base = f"{scheme}://{host}" if port is None else f"{scheme}://{host}:{port}"
    text = base + path + ("" if query is None else f"?{query}") + ("" if fragment is None else f"#{fragment}")
    url = URL(text)
    default = {"http": 80, "https": 443}[scheme.lower()]
    shown = "" if port in (None, default) else f":{port}"
    assert url.origin == f"{scheme.lower()}://{host.lower()}{shown}"
    assert url.target == (path or "/") + (f"?{query}" if query else "")
    assert url == url.origin + url.target
    assert url.target.startswith("/")
    assert URL(url) is url
    again = URL(str(url))
    assert (again.origin, again.target) == (url.origin, url.target)
    assert origin_of(base) == origin_of(text) == url.origin
    for same in (pickle.loads(pickle.dumps(url)), copy.deepcopy(url), URL.at(url.origin, url.target)):
        assert type(same) is URL
        assert (same, same.origin, same.target) == (url, url.origin, url.target)


@unhurried
@given(st.text(max_size=30) | st.text(max_size=20).map("https://example.org/".__add__))
def test_whatever_is_accepted_is_safe_in_a_request_line(text: str) -> None:
    try:
        url = URL(text)
    except GlobusSDKUsageError:
        return
    assert url.isascii()
    assert not any(character.isspace() or not character.isprintable() for character in url)
    assert "@" not in url.origin


@unhurried
@given(st.text(max_size=30))
def test_a_reference_resolves_or_is_refused(reference: str) -> None:
    try:
        url = URL("https://example.org/a/b").resolve(reference)
    except GlobusSDKUsageError:
        return
    assert url == url.origin + url.target


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.org", "http://a.org"),
        ("https://a.org", "https://a.org:8443"),
        ("https://a.org", "https://b.a.org"),
        ("https://a.org", "https://a.org.evil.example"),
        ("http://a.org:443", "https://a.org"),
    ],
)
def test_other_origins(one: str, other: str) -> None:
    assert origin_of(one) != origin_of(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/path",
        "//host/path",
        "host/path",
        "https://",
        "https:///path",
        "https:host",
        "ftp://host/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://host/a b",
        "https://host/a\tb",
        "https://host/\r\nX-Forged: 1",
        "https://host/\x7f",
        " https://host/",
        "https://host/ä",
        "https://hóst/",
        "https://host:port/",
        "https://host:99999/",
        "https://[::1",
        "https://user@host/",
        "https://user:password@host/",
        "https://good.example\\@evil.example/",
        b"https://host/",
        None,
    ],
)
def test_refused(text) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GlobusSDKUsageError):
        URL(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:s3cret@host/",
        "https://user:s3cret word@host/",
        "https://user:s3cret@host:99999/",
        "https://user:x/s3cret@host/",
        "https://user:s3cret@[::1",
        "ftp://user:s3cret@host/",
        "/callback?code=s3cret",
        "https://host/ x?state=1&refresh_token=s3cret",
    ],
)
def test_a_refusal_shows_no_secret(text: str) -> None:
    with pytest.raises(GlobusSDKUsageError) as refused:
        URL(text)
    error: BaseException | None = refused.value
    while error is not None:
        assert "s3cret" not in f"{error} {error!r}"
        error = error.__cause__


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        ("c", "https://h.org/a/c"),
        ("/c?d=1", "https://h.org/c?d=1"),
        ("../c", "https://h.org/c"),
        ("?q", "https://h.org/a/b?q"),
        ("//other.org/c", "https://other.org/c"),
        ("http://other.org", "http://other.org/"),
    ],
)
def test_resolve(reference: str, meant: str) -> None:
    assert URL("https://h.org/a/b?x=1").resolve(reference) == meant


@pytest.mark.parametrize("reference", ["mailto:me@h.org", "ftp://h.org/", "//user@h.org/", "http://[::1", "a b"])
def test_references_to_nowhere(reference: str) -> None:
    with pytest.raises(GlobusSDKUsageError):
        URL("https://h.org/a/b").resolve(reference)


def test_redacted() -> None:
    url = URL("https://h.org/cb?code=s3cret&state=x&TOKEN=s3cret&refresh_token=s3cret&codec=mp3&client_secret=s3cret")
    assert url.redacted() == (
        "https://h.org/cb?code=<hidden>&state=x&TOKEN=<hidden>&refresh_token=<hidden>&codec=mp3&client_secret=<hidden>"
    )
    assert "s3cret" not in repr(url)
    assert "s3cret" in str(url), "only what is printed is redacted"
    signed = URL("https://h.org/f?X-Amz-Signature=s3cret&%63ode=s3cret&device_code=s3cret&sig=s3cret&x=1")
    assert signed.redacted() == (
        "https://h.org/f?X-Amz-Signature=<hidden>&%63ode=<hidden>&device_code=<hidden>&sig=<hidden>&x=1"
    )
    assert URL("https://h.org/code=1").redacted() == "https://h.org/code=1"


@pytest.mark.parametrize("url", ["https://b\u00fccher.example/x", "https://B\u00dcCHER.example:8080"])
def test_an_international_host_name_is_refused_with_its_ascii_form(url: str) -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"write it as 'xn--bcher-kva\.example'"):
        URL(url)
    with pytest.raises(GlobusSDKUsageError, match="percent-encoded"):
        URL("https://example.org/b\u00fccher")
