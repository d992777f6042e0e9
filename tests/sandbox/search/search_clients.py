"""Clients of the sandbox's Globus Search, and what its tests do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import globus_sdk
import pytest

from globus_transport.sandbox import Identity, Sandbox

SCOPE = "urn:globus:auth:scope:search.api.globus.org:"
URN = "urn:globus:auth:identity:"
NOT_FOUND = (404, "NotFound.Generic")
FORBIDDEN = (403, "Forbidden.Generic")
WRONG_STATUS = (409, "Conflict.IncompatibleIndexStatus")


#: The content of entries that queries find, by subject.
ENTRIES: dict[str, dict[str, Any]] = {
    "gold": {
        "title": "Gold on glass",
        "date": "2026-03-01",
        "number": 1,
        "size": 2.5,
        "tags": ["raw"],
        "checked": False,
        "place": "41.9, -87.6",
        "key.with.dots": 7,
        "who": {"name": "Ada Lovelace", "d.o.t": "x-ray (soft)"},
    },
    "silver": {
        "title": "Silver on glass",
        "date": "2026-03-02 12:30:00",
        "number": -5,
        "size": 4,
        "tags": ["raw", "checked"],
        "checked": True,
        "place": {"lat": 48.1, "lon": 11.6},
        "who": {"name": "Marie Curie"},
    },
    "bronze": {
        "title": "Café au lait, glass of bronze",
        "date": "2025-12-31T23:59:59Z",
        "number": 40,
        "tags": [],
        "area": {"type": "Polygon", "coordinates": [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]},
    },
    "empty": {"note": None},
}


class Clients:
    """Makes clients, and closes them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._made: list[globus_sdk.SearchClient] = []

    def __call__(
        self, user: Identity | None = None, scope: str = "all", *, token: bool = True
    ) -> globus_sdk.SearchClient:
        value = self._sandbox.issue_token(SCOPE + scope, user=user).access_token
        authorizer = globus_sdk.AccessTokenAuthorizer(value) if token else globus_sdk.NullAuthorizer()
        self._made.append(globus_sdk.SearchClient(authorizer=authorizer, base_url=self._sandbox.url_of("search")))
        return self._made[-1]

    def close(self) -> None:
        for client in self._made:
            client.close()


def entry(subject: str, visible_to: str = "public", id: str | None = None, **content: object) -> dict[str, Any]:
    return {"subject": subject, "id": id, "visible_to": [visible_to], "content": content}


def ingest(client: globus_sdk.SearchClient, index: str, *entries: dict[str, Any]) -> dict[str, Any]:
    """Ingest entries, and return the task."""
    document = {"ingest_type": "GMetaList", "ingest_data": {"gmeta": list(entries)}}
    return cast(dict[str, Any], client.get_task(client.ingest(index, document)["task_id"]).data)


def found(client: globus_sdk.SearchClient, index: str, q: str = "*", **query: Any) -> list[str]:
    """The subjects that a search finds."""
    return [result["subject"] for result in client.search(index, q, query_params=query)["gmeta"]]


def code_of(call: Callable[..., object], *args: Any, **kwargs: Any) -> tuple[int, str | None]:
    """The status and code of an error, which has the form of the service."""
    with pytest.raises(globus_sdk.SearchAPIError) as caught:
        call(*args, **kwargs)
    document = caught.value.raw_json or {}
    assert (document["@datatype"], document["status"]) == ("GError", caught.value.http_status)
    return caught.value.http_status, caught.value.code


def ingest_examples(sandbox: Sandbox, client: globus_sdk.SearchClient) -> str:
    """Ingest :data:`ENTRIES` into a new index, and return its id."""
    index = sandbox.search.add_index("Images")
    gmeta = [entry(subject, **content) for subject, content in ENTRIES.items()]
    document = {
        "ingest_type": "GMetaList",
        "ingest_data": {"gmeta": gmeta},
        "field_mapping": {"place": "geo_point", "area": "geo_shape"},
    }
    assert client.get_task(client.ingest(index, document)["task_id"])["state"] == "SUCCESS"
    return index
