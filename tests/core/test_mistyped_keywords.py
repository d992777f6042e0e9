"""A keyword that a route does not have: the error names the nearest parameter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from globus_transport import AsyncTransferClient, Request, Response, TransferClient


def never(_request: Request) -> Response:
    raise AssertionError("nothing is sent")


async def never_async(_request: Request) -> Response:
    raise AssertionError("nothing is sent")


@pytest.fixture
def client() -> Any:
    return TransferClient(terminal=never)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.task_list(limt=10),
        lambda client: client.task_list.request(limt=10),
        lambda client: next(client.task_list.items(limt=10)),
        lambda client: next(iter(client.paginated.task_list(limt=10))),
    ],
    ids=["call", "request", "items", "paginator"],
)
def test_of_a_route(call: Callable[[Any], Any], client: Any) -> None:
    with pytest.raises(TypeError, match=r"^task_list\(\): .*keyword argument 'limt'; did you mean 'limit'\?$"):
        call(client)


def test_of_an_operation(client: Any) -> None:
    with pytest.raises(TypeError, match=r"task_wait\(\) .*keyword argument 'timeut'[.;] [dD]id you mean 'timeout'\?$"):
        client.task_wait("x", timeut=5)


def test_under_asyncio() -> None:
    client: Any = AsyncTransferClient(terminal=never_async)
    with pytest.raises(TypeError, match=r"did you mean 'limit'\?$"):
        asyncio.run(client.task_list(limt=10))
    with pytest.raises(TypeError, match=r"[dD]id you mean 'timeout'\?$"):
        asyncio.run(client.task_wait("x", timeut=5))


def test_one_that_is_near_to_none_gets_the_list(client: Any) -> None:
    with pytest.raises(TypeError, match=r"'colour'; its parameters are: limit, offset, orderby, filter, query_params$"):
        client.task_list(colour="red")


def test_other_mistakes_get_no_hint(client: Any) -> None:
    with pytest.raises(TypeError, match=r"^get_task\(\): missing a required argument: 'task_id'$"):
        client.get_task()
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'task_id'$"):
        client.task_wait()


def test_the_keyword_is_named_though_another_parameter_is_missing() -> None:
    with pytest.raises(TypeError, match=r"argument: 'task_id', and 'task' is no parameter; did you mean 'task_id'\?$"):
        TransferClient().get_task(task="x")  # type: ignore[call-arg]
