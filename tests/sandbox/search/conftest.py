"""Fixtures for the tests of Globus Search. The tests of a module share a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import globus_sdk
import pytest

from globus_transport.sandbox import Sandbox
from tests.sandbox.search.search_clients import Clients, ingest_examples


@pytest.fixture(scope="module")
def client_of(sandbox: Sandbox) -> Iterator[Clients]:
    clients = Clients(sandbox)
    yield clients
    clients.close()


@pytest.fixture
def ada(client_of: Clients) -> globus_sdk.SearchClient:
    """Its token is new: an earlier test may have moved the clock."""
    return client_of()


@pytest.fixture(scope="module")
def client(client_of: Clients) -> globus_sdk.SearchClient:
    """For modules whose tests leave the clock alone."""
    return client_of()


@pytest.fixture
def index(sandbox: Sandbox) -> str:
    return sandbox.search.add_index("Images")


@pytest.fixture(scope="module")
def examples(sandbox: Sandbox, client: globus_sdk.SearchClient) -> str:
    """An index with the entries of :data:`~tests.sandbox.search.search_clients.ENTRIES`."""
    return ingest_examples(sandbox, client)
