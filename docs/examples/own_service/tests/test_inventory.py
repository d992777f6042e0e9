"""Tests of the client, with prepared answers."""

import asyncio
from collections.abc import Iterator

import pytest
import responses
from inventory import AsyncInventoryClient, InventoryClient, InventoryError
from responses.matchers import query_param_matcher

from globus_transport import RetryConfig
from globus_transport.testing import use_responses

use_responses()

ITEMS = f"{InventoryClient.base_url}items"
LENS = {"id": "7", "name": "lens"}
MIRROR = {"id": "8", "name": "mirror"}


@pytest.fixture(autouse=True)
def service() -> Iterator[responses.RequestsMock]:
    """The service: each test registers its answers."""
    with responses.mock:
        yield responses.mock


@pytest.fixture
def client() -> Iterator[InventoryClient]:
    with InventoryClient(retry_config=RetryConfig(backoff=lambda _: 0)) as client:
        yield client


@pytest.fixture
def two_pages(service: responses.RequestsMock) -> None:
    first, last = query_param_matcher({}), query_param_matcher({"marker": "m-2"})
    service.get(ITEMS, json={"items": [LENS], "marker": "m-2"}, match=[first])
    service.get(ITEMS, json={"items": [MIRROR], "marker": None}, match=[last])


def test_one_item(service: responses.RequestsMock, client: InventoryClient) -> None:
    service.get(f"{ITEMS}/7", json=LENS)
    item = client.get_item("7")
    assert (item.item_id, item.name) == ("7", "lens")


@pytest.mark.usefixtures("two_pages")
def test_all_pages(client: InventoryClient) -> None:
    assert list(client.list_items.items()) == [LENS, MIRROR]


@pytest.mark.usefixtures("two_pages")
def test_all_pages_under_asyncio() -> None:
    async def list_all() -> list[object]:
        async with AsyncInventoryClient() as client:
            return [item async for item in client.list_items.items()]

    assert asyncio.run(list_all()) == [LENS, MIRROR]


def test_fields_are_one_parameter(client: InventoryClient) -> None:
    request = client.list_items.request(fields=["id", "name"])
    assert str(request.url) == f"{ITEMS}?fields=id%2Cname"


def test_what_is_sent(client: InventoryClient) -> None:
    request = client.add_item.request(name="lens", note="cracked", request_id="r-1")
    assert (request.method, str(request.url)) == ("POST", ITEMS)
    assert request.body == b'{"name":"lens","note":"cracked","request_id":"r-1"}'


def test_a_repeated_request_has_the_same_id(
    service: responses.RequestsMock, client: InventoryClient
) -> None:
    service.post(ITEMS, status=503)
    service.post(ITEMS, status=201, json=LENS)
    client.add_item(name="lens")
    client.add_item(name="lens")
    first, again, other = (call.request.body for call in service.calls)
    assert first == again
    assert first != other


def test_an_error_names_the_items(
    service: responses.RequestsMock, client: InventoryClient
) -> None:
    refusal = {"code": "Duplicate", "message": "it exists", "items": ["7"]}
    service.post(ITEMS, status=409, json=refusal)
    with pytest.raises(InventoryError) as raised:
        client.add_item(name="lens")
    assert raised.value.code == "Duplicate"
    assert raised.value.item_ids == ["7"]


def test_what_an_application_asks_for(client: InventoryClient) -> None:
    (scope,) = client.default_scope_requirements
    assert str(scope).startswith("https://auth.globus.org/scopes/")
    assert str(client.resource_server) in str(scope)
