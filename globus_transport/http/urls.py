"""Absolute http and https URLs that know their origin, and the quoting of paths."""

from __future__ import annotations

import enum
import re
import uuid
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.secrets import hidden_in_text

_DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 3986, section 2.3.
_match_unreserved = re.compile(r"[A-Za-z0-9\-._~]+").fullmatch


class URL(str):
    """A checked, absolute URL.

    :ivar origin: scheme, host and port (RFC 6454), lower case, without a default port
    :ivar target: path and query as they go into the request line; never empty, no fragment
    :raises GlobusSDKUsageError: if the text is not an absolute http(s) URL, holds a user name or
        password, or holds characters that a URL cannot
    """

    __slots__ = ("origin", "target")

    origin: str
    target: str

    def __new__(cls, text: str) -> URL:
        if type(text) is cls:
            return text
        origin, target = _split(text)
        return cls.at(origin, target)

    @classmethod
    def at(cls, origin: str, target: str) -> URL:
        """The URL of an origin (in the form of :attr:`origin`) and a target. They are not checked."""
        url = str.__new__(cls, origin + target)
        url.origin = origin
        url.target = target
        return url

    def resolve(self, reference: str) -> URL:
        """The URL of a reference that is relative to this one (RFC 3986, section 5).

        :param reference: a URL, or one relative to this one (RFC 3986, section 5)
        :raises GlobusSDKUsageError: as :class:`URL` does
        """
        try:
            absolute = urljoin(self, reference)
        except ValueError:
            raise _refusal(reference, "is not a URL") from None
        return URL(absolute)

    def redacted(self) -> str:
        """The URL without the values of parameters that are credentials, for printing."""
        if "?" not in self and "#" not in self:
            return str(self)
        return hidden_in_text(self)

    def __repr__(self) -> str:
        return repr(self.redacted())


def origin_of(url: str) -> str:
    """The origin of a URL: ``https://HOST.org:443/x`` gives ``https://host.org``."""
    return URL(url).origin


def path_segment(name: str, value: Any) -> str:
    """A path argument, quoted so that it stays one segment (RFC 3986, section 3.3).

    :raises GlobusSDKUsageError: if it is empty, ``.`` or ``..``, or not a text, number or UUID
    """
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool) or not isinstance(value, (str, int, uuid.UUID)):
        raise GlobusSDKUsageError(f"{name}: expected an id, got {value!r}")
    text = str(value)
    if _match_unreserved(text) and text[0] != ".":
        return text
    if text in ("", ".", ".."):
        raise GlobusSDKUsageError(f"{name}: {text!r} is no id: it would change the address of the call")
    return _quoted(name, text, safe="")


def whole_path(path: str) -> str:
    """A path as one text, each segment quoted.

    :raises GlobusSDKUsageError: if it has segments ``.`` or ``..``, which HTTP software removes
    """
    if any(segment in (".", "..") for segment in path.split("/")):
        raise GlobusSDKUsageError(f"the path {path!r} has a segment '.' or '..'")
    return _quoted("path", path, safe="/")


def _quoted(name: str, text: str, *, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise GlobusSDKUsageError(f"{name}: {text!r} is not text that can be encoded as UTF-8") from None


def _split(text: object) -> tuple[str, str]:
    if not isinstance(text, str):
        raise GlobusSDKUsageError(f"a URL is text, not {type(text).__name__}")
    if not text.isascii() or not text.isprintable() or " " in text:
        _check_host_name(text)
        raise _refusal(text, "is not a URL: white space, control and non-ASCII characters must be percent-encoded")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        # The text that was read as a port may be a part of a password.
        raise _refusal(text, "is not a URL" if "@" in text else f"is not a URL: {error}") from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise _refusal(text, "is not an absolute http or https URL")
    if "@" in parts.netloc:
        raise GlobusSDKUsageError("a URL with a user name or password is refused; use BasicAuthorizer")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    origin = f"{scheme}://{host}" if port in (None, _DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{port}"
    target = parts.path or "/"
    return origin, f"{target}?{parts.query}" if parts.query else target


def _check_host_name(text: str) -> None:
    """Name the remedy for an international host name, which is not to be percent-encoded."""
    try:
        host = urlsplit(text).hostname or ""
        ascii_form = host.encode("idna").decode()
    except ValueError:
        return
    if not host.isascii() and "@" not in text:
        raise GlobusSDKUsageError(f"the host name {host!r} is not ASCII; write it as {ascii_form!r} (RFC 5890)")


def _refusal(text: str, why: str) -> GlobusSDKUsageError:
    redacted = repr(hidden_in_text(text))
    shown = "a text with '@', not shown because it may hold a password," if "@" in text else redacted
    return GlobusSDKUsageError(f"{shown} {why}")
