"""Single HTTP requests to the sandbox, for those that no client sends."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import attrs

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"


@attrs.frozen
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class Http:
    """Sends single requests, each on its own connection, and follows no redirects."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token

    def connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        document: object = None,
        body: bytes | None = None,
        basic: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if basic:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
        if form is not None:
            body, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        if document is not None:
            body, headers["Content-Type"] = json.dumps(document).encode(), "application/json"
        connection = self.connect()
        try:
            connection.request(method, path + ("?" + urlencode(query) if query else ""), body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
