"""Which responses may be stored, for how long, and for which requests: RFC 9111 for a private cache.

hishel 2.0 is not used, because it ignores the directives of a request (``max-age``, ``no-store``, ``only-if-cached``)
and the ``Age`` of a response, and never considers a response without a ``Date`` stale. There is no heuristic freshness
(section 4.2.2): a response without an explicit lifetime is validated before each use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.utils import mktime_tz, parsedate_tz
from hashlib import blake2b

import attrs

from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response

#: Statuses that are cacheable by default (RFC 9110, section 15.1), except 206.
CACHEABLE_STATUSES = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
#: A request with one of these headers is sent without the cache: its response may be partial, or depend on them.
BYPASSING_HEADERS = frozenset(
    {"range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}
)
#: They are not stored (RFC 9111, section 3.1).
_CONNECTION_HEADERS = (
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
)
#: They describe the body. A 304 has no body, so it does not update them (RFC 9111, section 3.2).
_BODY_HEADERS = ("Content-Encoding", "Content-Length", "Content-Range", "Content-Type")
_MAX_DELTA_SECONDS = 1 << 31


def parse_cache_control(headers: Headers) -> Mapping[str, str | None]:
    """The directives of ``Cache-Control`` (RFC 9111, section 5.2); without it, that of ``Pragma`` (section 5.4)."""
    text = headers.get("Cache-Control")
    if text is None:
        return {"no-cache": None} if "no-cache" in headers.get("Pragma", "").lower() else {}
    found: dict[str, str | None] = {}
    for part in _split(text):
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        argument = value.strip().strip('"') if equals else None
        # Conflicting values are replaced by an empty one, so that the response counts as stale (section 4.2.1).
        found[name] = argument if found.get(name, argument) == argument else ""
    return found


def _split(text: str) -> Iterable[str]:
    if '"' not in text:
        return text.split(",")
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def parse_delta_seconds(text: str | None) -> int:
    """A number of seconds (RFC 9111, section 1.2.2); 0 if it is malformed."""
    # isdigit() alone would accept digits that are not ASCII.
    if text is None or not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text), _MAX_DELTA_SECONDS) if len(text) < 20 else _MAX_DELTA_SECONDS


def parse_http_date(text: str | None) -> float | None:
    """An HTTP date as seconds since the epoch; ``None`` if it is missing or malformed."""
    try:
        parsed = None if text is None else parsedate_tz(text)
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError, IndexError):
        return None


def digest_headers(headers: Headers, names: Iterable[str], salt: bytes) -> str:
    """A digest of the values of these headers. It does not reveal them."""
    hashed = blake2b(key=salt, digest_size=16)
    for name in names:
        value = headers.get(name)
        hashed.update(b"-" if value is None else b"+%d:" % len(value) + value.encode())
    return hashed.hexdigest()


@attrs.frozen
class StoredResponse:
    """A response in the cache.

    :ivar credential: digest of the credentials of the request
    :ivar vary: lower-case names of the request headers in ``Vary`` (RFC 9111, section 4.1)
    :ivar vary_digest: digest of the values of these headers
    :ivar received_at: in seconds since the epoch
    :ivar initial_age: age in seconds when it was received (section 4.2.3)
    :ivar lifetime: seconds for which it is fresh (section 4.2.1)
    :ivar no_cache: whether it must be validated before each use, even if it is fresh
    :ivar must_revalidate: whether it must not be used when it is stale
    """

    credential: str
    vary: tuple[str, ...]
    vary_digest: str
    status: int
    reason: str
    headers: Headers
    body: bytes = attrs.field(repr=False)
    received_at: float
    initial_age: float
    lifetime: float
    no_cache: bool
    must_revalidate: bool

    @classmethod
    def from_response(
        cls, request: Request, response: Response, *, credential: str, salt: bytes, sent_at: float, received_at: float
    ) -> StoredResponse | None:
        """What to store for a response; ``None`` if it must not be stored (section 3), or could never be used."""
        if response.status not in CACHEABLE_STATUSES or response.truncated or response.stream is not None:
            return None
        headers = response.headers.without(*_CONNECTION_HEADERS)
        directives = parse_cache_control(headers)
        vary = tuple(sorted({name.strip().lower() for name in headers.get("Vary", "").split(",")} - {""}))
        if "no-store" in directives or "*" in vary:
            return None
        lifetime = _freshness_lifetime(headers, directives, received_at)
        no_cache = "no-cache" in directives
        has_validator = response.status == 200 and ("ETag" in headers or "Last-Modified" in headers)
        if (lifetime <= 0 or no_cache) and not has_validator:
            return None
        return cls(
            credential,
            vary,
            digest_headers(request.headers, vary, salt),
            response.status,
            response.reason,
            headers,
            response.body,
            received_at,
            _initial_age(headers, sent_at, received_at),
            lifetime,
            no_cache,
            "must-revalidate" in directives,
        )

    def matches(self, request: Request, credential: str, salt: bytes) -> bool:
        """Whether it is a response to this request, fresh or stale."""
        return self.credential == credential and (
            not self.vary or self.vary_digest == digest_headers(request.headers, self.vary, salt)
        )

    def age(self, now: float) -> float:
        """The age in seconds (section 4.2.3)."""
        return self.initial_age + max(0.0, now - self.received_at)

    def is_reusable(self, directives: Mapping[str, str | None], now: float) -> bool:
        """Whether it can be used without validation (sections 4.2 and 5.2.1).

        :param directives: the directives of the request
        """
        if self.no_cache or "no-cache" in directives:
            return False
        age = self.age(now)
        seconds_left = self.lifetime - age
        if "max-age" in directives and age > parse_delta_seconds(directives["max-age"]):
            return False
        if "min-fresh" in directives and seconds_left < parse_delta_seconds(directives["min-fresh"]):
            return False
        if seconds_left > 0:
            return True
        if "max-stale" not in directives or self.must_revalidate:
            return False
        max_stale = directives["max-stale"]
        return max_stale is None or -seconds_left <= parse_delta_seconds(max_stale)

    def make_conditional(self, request: Request) -> Request:
        """The conditional request that validates it (section 4.3.1); the same request if it has no validator."""
        headers = request.headers
        if self.status == 200:
            if "ETag" in self.headers:
                headers = headers.with_header("If-None-Match", self.headers["ETag"])
            if "Last-Modified" in self.headers:
                headers = headers.with_header("If-Modified-Since", self.headers["Last-Modified"])
        return request if headers is request.headers else request.with_headers(headers)

    def is_validated_by(self, not_modified: Response) -> bool:
        """Whether a 304 refers to this response (section 4.3.4)."""
        their_etag, our_etag = not_modified.headers.get("ETag"), self.headers.get("ETag")
        if their_etag is None or our_etag is None:
            return True
        return their_etag.removeprefix("W/") == our_etag.removeprefix("W/")

    def make_updated_response(self, not_modified: Response) -> Response:
        """The response with the newer headers of a 304 (section 3.2)."""
        newer = not_modified.headers.without(*_CONNECTION_HEADERS, *_BODY_HEADERS)
        # Age and Date of the stored response are out of date, even if the 304 has none.
        older = self.headers.without(*newer, "Age", "Date")
        headers = Headers.received([*older.pairs, *newer.pairs])
        return Response(self.status, headers, self.body, None, self.reason, not_modified.request)

    def make_response(self, request: Request, now: float) -> Response:
        """The response to a request, with its ``Age`` (section 5.1)."""
        headers = self.headers.with_header("Age", str(int(self.age(now))))
        return Response(self.status, headers, self.body, None, self.reason, request)


def _freshness_lifetime(headers: Headers, directives: Mapping[str, str | None], received_at: float) -> float:
    if "max-age" in directives:
        return parse_delta_seconds(directives["max-age"])
    if "Expires" not in headers:
        return 0
    expires, date = parse_http_date(headers["Expires"]), parse_http_date(headers.get("Date"))
    return 0 if expires is None else max(0.0, expires - (received_at if date is None else date))


def _initial_age(headers: Headers, sent_at: float, received_at: float) -> float:
    date = parse_http_date(headers.get("Date"))
    apparent_age = 0.0 if date is None else max(0.0, received_at - date)
    age_value = parse_delta_seconds(headers.get("Age", "").partition(",")[0].strip())
    return max(apparent_age, age_value + max(0.0, received_at - sent_at))
