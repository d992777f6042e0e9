"""This package and globus-sdk, set up the same way: a TransferClient with a refresh token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import attrs
import globus_sdk
import orjson

import globus_transport
from benchmarks.loopback import Loopback
from benchmarks.service import FIRST_REFRESH_TOKEN
from globus_transport.core.flow import Send
from globus_transport.http import json as json_documents

OURS = "globus_transport"
THEIRS = "globus-sdk"

#: A TransferClient of either package. They have the same methods: one measurement serves both.
AnyClient = Any

_CLIENT_ID = "2b5d1b3c-6a40-4a3f-9d3b-6a1f6a1c9f10"
_ACCESS_TOKEN = "access-token-from-the-last-run"
_HOUR = 3600


@attrs.frozen
class Package:
    """How a measurement gets a client, and what it may catch."""

    name: str
    client: Callable[..., AbstractContextManager[AnyClient]]
    error: type[Exception]


@contextmanager
def extra_fast(installed: bool) -> Iterator[None]:
    """With the extra ``fast``, or as if it were not installed."""
    before = json_documents.orjson
    json_documents.orjson = orjson if installed else None  # type: ignore[assignment]
    try:
        yield
    finally:
        json_documents.orjson = before


@contextmanager
def our_client(
    server: Loopback,
    *,
    base_url: str | None = None,
    verify: bool | str = True,
    expires_in: int = _HOUR,
    terminal: Send | None = None,
) -> Iterator[globus_transport.TransferClient]:
    """A client of this package on its default stack."""
    auth_client = globus_transport.ConfidentialAppAuthClient(_CLIENT_ID, "secret", base_url=server.url)
    authorizer = globus_transport.RefreshTokenAuthorizer(
        FIRST_REFRESH_TOKEN, auth_client, access_token=_ACCESS_TOKEN, expires_at=int(time.time()) + expires_in
    )
    transport = globus_transport.Transport(verify_ssl=verify) if terminal is None else None
    with (
        auth_client,
        globus_transport.TransferClient(
            base_url=base_url or server.url, authorizer=authorizer, transport=transport, terminal=terminal
        ) as client,
    ):
        yield client


@contextmanager
def their_client(
    server: Loopback, *, base_url: str | None = None, verify: bool | str = True, expires_in: int = _HOUR
) -> Iterator[globus_sdk.TransferClient]:
    """A client of globus-sdk, as it is by default."""
    auth_client = globus_sdk.ConfidentialAppAuthClient(_CLIENT_ID, "secret", base_url=server.url)
    authorizer = globus_sdk.RefreshTokenAuthorizer(
        FIRST_REFRESH_TOKEN, auth_client, access_token=_ACCESS_TOKEN, expires_at=int(time.time()) + expires_in
    )
    with (
        auth_client,
        globus_sdk.TransferClient(base_url=base_url or server.url, authorizer=authorizer) as client,
        client.transport.tune(verify_ssl=verify),
    ):
        yield client


PACKAGES = (
    Package(OURS, our_client, globus_transport.GlobusError),
    Package(THEIRS, their_client, globus_sdk.GlobusError),
)
