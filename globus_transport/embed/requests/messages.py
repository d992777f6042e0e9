"""A prepared request of requests as a request of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.utils import urldefragauth

from globus_transport.embed.bodies import to_body
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.http.urls import URL

_FRAMING = ("Content-Length", "Transfer-Encoding")


def as_request(
    prepared: requests.PreparedRequest,
    *,
    stream: bool = False,
    timeout: tuple[float | None, float | None] | None = None,
) -> Request:
    """A prepared request as this package has them; how its body is framed is the terminal's affair.

    :param timeout: (seconds to connect, seconds to read), if the request has its own
    :raises requests.exceptions.InvalidURL: if its URL is no http(s) URL
    :raises GlobusSDKUsageError: if its body is nothing that can be sent
    """
    headers = Headers([(_text(name), _text(value)) for name, value in prepared.headers.items()])
    length = headers.get("Content-Length")
    position = getattr(prepared, "_body_position", None) if hasattr(prepared.body, "seek") else None
    extensions: Mapping[str, Any] = {}
    if timeout is not None:
        extensions = {TIME_LIMITS: timeout}
    return Request(
        prepared.method or "GET",
        url_of(prepared),
        headers.without(*_FRAMING),
        to_body(
            prepared.body,
            length=int(length) if length else None,
            position=position if isinstance(position, int) else None,
        ),
        stream=stream,
        follow_redirects=False,
        extensions=extensions,
    )


def url_of(prepared: requests.PreparedRequest) -> URL:
    """Where a prepared request goes. What stood before the host, requests has made an Authorization header of.

    :raises requests.exceptions.InvalidURL: if it is no http(s) URL
    """
    url = prepared.url or ""
    try:
        return URL(urldefragauth(url) if "@" in url else url)
    except GlobusSDKUsageError as error:
        raise requests.exceptions.InvalidURL(str(error), request=prepared) from error


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
