"""Prepared requests of the library requests, as requests of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.utils import urldefragauth

from globus_transport.embed.bodies import to_body, to_text
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import FRAMING, Headers
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.http.urls import URL


def to_request(
    prepared: requests.PreparedRequest,
    *,
    stream: bool = False,
    timeout: tuple[float | None, float | None] | None = None,
) -> Request:
    """A prepared request as a request of this package. The headers that frame the body are left to the terminal.

    :param timeout: (seconds to connect, seconds to read); ``None`` for those of the terminal
    :raises requests.exceptions.InvalidURL: if its URL is not an http(s) URL
    :raises GlobusSDKUsageError: if its body cannot be sent
    """
    headers = Headers([(to_text(name), to_text(value)) for name, value in prepared.headers.items()])
    length = headers.get("Content-Length")
    position = getattr(prepared, "_body_position", None) if hasattr(prepared.body, "seek") else None
    extensions: Mapping[str, Any] = {}
    if timeout is not None:
        extensions = {TIME_LIMITS: timeout}
    return Request(
        prepared.method or "GET",
        url_of(prepared),
        headers.without(*FRAMING),
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
    """The URL of a prepared request, without user name and password: requests has made a credential of them before.

    :raises requests.exceptions.InvalidURL: if it is not an http(s) URL
    """
    url = prepared.url or ""
    try:
        return URL(urldefragauth(url) if "@" in url else url)
    except GlobusSDKUsageError as error:
        raise requests.exceptions.InvalidURL(str(error), request=prepared) from error
