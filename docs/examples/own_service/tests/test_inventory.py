"""Tests of the client, with prepared answers."""

import asyncio
from collections.abc import Iterator

import pytest
import responses
from inventory import AsyncInventoryClient, InventoryClient, InventoryError

from globus_transport.testing import use_responses

use_responses()

ITEMS = "https://inventory.example.org/api/items"
LENS = {"id": "7", "name": "lens"}
MIRROR = {"id": "8", "name": "mirror"}


@pytest.fixture(autouse=True)
def two_pages() -> Iterator[None]:
    with responses.mock:
        last = [responses.matchers.query_param_matcher({"marker": "m-2"})]
        responses.get(ITEMS, json={"items": [MIRROR], "marker": None}, match=last)
        first = [responses.matchers.query_param_matcher({})]
        responses.get(ITEMS, json={"items": [LENS], "marker": "m-2"}, match=first)
        yield


def test_all_pages() -> None:
    with InventoryClient() as client:
        assert list(client.list_items.items()) == [LENS, MIRROR]


def test_all_pages_under_asyncio() -> None:
    async def list_all() -> list[object]:
        async with AsyncInventoryClient() as client:
            return [item async for item in client.list_items.items()]

    assert asyncio.run(list_all()) == [LENS, MIRROR]


def test_what_is_sent() -> None:
    request = InventoryClient().add_item.request(name="lens", note="cracked")
    assert request.method == "POST"
    assert str(request.url) == ITEMS
    assert request.body == b'{"name":"lens","note":"cracked"}'


def test_what_an_application_asks_for() -> None:
    client = InventoryClient()
    (scope,) = client.default_scope_requirements
    assert str(scope).startswith("https://auth.globus.org/scopes/")
    assert str(client.resource_server) in str(scope)


def test_an_error_names_the_items() -> None:
    refusal = {"code": "Duplicate", "message": "it exists", "items": ["7"]}
    responses.post(ITEMS, status=409, json=refusal)
    with InventoryClient() as client, pytest.raises(InventoryError) as raised:
        client.add_item(name="lens")
    assert raised.value.code == "Duplicate"
    assert raised.value.item_ids == ["7"]
