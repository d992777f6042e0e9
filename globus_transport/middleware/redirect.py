"""Follows redirects (RFC 9110, section 15.4). Each hop passes every layer below, including the authorizer."""

from __future__ import annotations

import re
from contextlib import suppress

import attrs

from globus_transport.core.events import Redirected
from globus_transport.core.flow import Flow, read_bounded
from globus_transport.exc.base import GlobusSDKUsageError, RedirectError
from globus_transport.http.messages import Request, Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A scheme of ours without the two slashes is a relative reference in RFC 3986, section 5.2.2, and another host for
# browsers; so is a backslash.
_AMBIGUOUS = re.compile(r"https?:(?!//)|.*\\", re.IGNORECASE | re.DOTALL).match
_AUTHORITY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?").match
_NOT_IN_A_URL = re.compile(rb"[ \x80-\xff]").sub
_BODY_HEADERS = ("Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding")


@attrs.frozen
class Redirect:
    """Follow redirects.

    A redirect to another origin removes credentials that the caller added, and fails if the request has a body. The
    authorizer decides whether it sends its own credential there.

    :param limit: maximum number of hops in one call
    """

    limit: int = 20

    def __call__(self, request: Request) -> Flow:
        hops = 0
        while True:
            response: Response = yield request
            if response.status not in _REDIRECTS or not request.follow_redirects:
                return response
            hops += 1
            if hops > self.limit:
                raise RedirectError(f"{request!r}: more than {self.limit} redirects; the service seems to be in a loop")
            next_request = _next_hop(request, response)
            if request.notify is not None:
                request.notify(Redirected(request, next_request, response.status))
            # An unread body would keep its connection until the call ends.
            yield from read_bounded(response)
            request = next_request

    def __str__(self) -> str:
        return f"at most {self.limit} hops"


def _next_hop(request: Request, response: Response) -> Request:
    location = response.headers.get("Location")
    if not location:
        raise RedirectError(f"{request!r}: status {response.status} without a Location header")
    try:
        if _AMBIGUOUS(location):
            raise GlobusSDKUsageError("a place that can be read in two ways")
        url = request.url.resolve(_percent_encoded(location.strip()))
    except (GlobusSDKUsageError, UnicodeEncodeError) as error:
        raise RedirectError(f"{request!r}: status {response.status} to a place that is no http(s) URL") from error
    headers, method, body = request.headers, request.method, request.body
    # RFC 9110, sections 15.4.2 to 15.4.4, and Fetch: a POST may become a GET, other methods only by 303.
    if response.status == 303:
        becomes_get = method not in ("GET", "HEAD")
    else:
        becomes_get = method == "POST" and response.status in (301, 302)
    if becomes_get:
        method, body = "GET", None
        headers = headers.without(*_BODY_HEADERS)
    elif not request.can_replay:
        raise RedirectError(f"{request!r}: redirected to {url.redacted()}, but its body can be sent only once")
    if url.origin != request.url.origin:
        if body is not None:
            raise RedirectError(
                f"{request!r}: redirected to {url.redacted()}, which is another origin; "
                "a body does not go there, because it may hold a credential"
            )
        headers = headers.without("Authorization", "Cookie", "Host")
    # ``repeatable`` was declared for the original method; a POST that became a GET follows the rules for GET.
    repeatable = request.repeatable if method == request.method else None
    return attrs.evolve(request, method=method, url=url, headers=headers, body=body, repeatable=repeatable)


def _percent_encoded(location: str) -> str:
    """A Location with blanks and what is not ASCII percent-encoded in UTF-8, after the host (Fetch, section 4.4)."""
    # Our terminals read header values as ISO 8859-1; what was sent is UTF-8 almost always.
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    authority = _AUTHORITY(location)
    assert authority is not None
    rest = location[authority.end() :].encode(errors="surrogateescape")
    return authority[0] + _NOT_IN_A_URL(lambda byte: b"%%%02X" % ord(byte[0]), rest).decode("ascii")
