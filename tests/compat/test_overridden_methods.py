"""A method that a subclass overrides, or that a test replaces, is the one that the other methods call."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from unittest import mock

import pytest

from globus_transport import (
    AsyncNativeAppAuthClient,
    AsyncTransferClient,
    AuthLoginClient,
    BaseClient,
    DeleteData,
    GCSClient,
    GlobusHTTPResponse,
    GlobusSDKUsageError,
    NativeAppAuthClient,
    TransferClient,
)
from globus_transport.http.messages import Request, Response
from globus_transport.services.auth.flow_managers import GlobusOAuthFlowManager

COLLECTION = "1b2b9f4c-2a4b-4f0e-9b1c-0242ac110002"
TASK = "7a2f6d2e-8a0f-11ef-9b1c-0242ac110002"


class Service:
    """Answers with documents by path, and keeps the requests."""

    def __init__(self, **documents: dict[str, Any]) -> None:
        self.documents = documents
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        name = request.url.target.partition("?")[0].rpartition("/")[2]
        document = self.documents.get(name, {"value": "id-of-service", "status": "SUCCEEDED", "task_id": TASK})
        return Response(200, {"Content-Type": "application/json"}, json.dumps(document).encode(), request=request)

    async def answer(self, request: Request) -> Response:
        return self(request)

    @property
    def paths(self) -> list[str]:
        return [request.url.target for request in self.requests]


class Logging(TransferClient):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seen: list[Any] = []

    def get_task(self, task_id: Any, **kwargs: Any) -> GlobusHTTPResponse:  # type: ignore[override]
        self.seen.append(task_id)
        return super().get_task(task_id, **kwargs)

    def get_submission_id(self, **kwargs: Any) -> Any:  # type: ignore[override]
        self.seen.append("submission id")
        return {"value": "own-id"}


def test_operations_call_the_methods_of_a_subclass() -> None:
    service = Service()
    client = Logging(terminal=service)
    assert client.task_wait(TASK)
    data = DeleteData(COLLECTION)
    client.submit_delete(data)
    assert client.seen == [TASK, "submission id"]
    assert data["submission_id"] == "own-id"
    assert service.paths == [f"/v0.10/task/{TASK}", "/v0.10/delete"]


def test_under_asyncio_too() -> None:
    class AsyncLogging(AsyncTransferClient):
        seen: list[Any] = []  # noqa: RUF012

        async def get_task(self, task_id: Any, **kwargs: Any) -> GlobusHTTPResponse:  # type: ignore[override]
            self.seen.append(task_id)
            return await super().get_task(task_id, **kwargs)

        def get_submission_id(self, **kwargs: Any) -> Any:  # type: ignore[override]
            return super().get_submission_id(**kwargs)

    service = Service()
    client = AsyncLogging(terminal=service.answer)

    async def work() -> DeleteData:
        assert await client.task_wait(TASK)
        data = DeleteData(COLLECTION)
        await client.submit_delete(data)
        return data

    assert asyncio.run(work())["submission_id"] == "id-of-service"
    assert client.seen == [TASK]


def test_request_of_a_subclass_is_what_the_calls_by_path_use() -> None:
    class Logged(BaseClient):
        base_url = "https://widgets.example.org"
        seen: list[Any] = []  # noqa: RUF012

        def request(self, method: str, path: str, **kwargs: Any) -> GlobusHTTPResponse:  # type: ignore[override]
            self.seen.append((method, path))
            return super().request(method, path, **kwargs)

    service = Service()
    client = Logged(terminal=service)
    assert client.get("/widgets", query_params={"a": 1})["status"] == "SUCCEEDED"
    client.post("/widgets", data={"name": "w"})
    client.delete("/widgets/1")
    assert client.seen == [("GET", "/widgets"), ("POST", "/widgets"), ("DELETE", "/widgets/1")]
    assert service.paths == ["/widgets?a=1", "/widgets", "/widgets/1"]


def test_an_openid_configuration_that_a_subclass_keeps() -> None:
    class Cached(AuthLoginClient):
        def get_openid_configuration(self) -> Any:  # type: ignore[override]
            return {"jwks_uri": "https://auth.example.org/keys"}

    service = Service(keys={"keys": []})
    assert Cached(base_url="https://auth.example.org", terminal=service).get_jwk() == {"keys": []}
    assert service.paths == ["/keys"]


def test_information_of_an_endpoint_that_a_subclass_keeps() -> None:
    class Known(GCSClient):
        def get_gcs_info(self, **_kwargs: Any) -> Any:  # type: ignore[override]
            return GlobusHTTPResponse(
                Response(200, {}, b'{"data": [{"client_id": "an-endpoint"}], "client_id": "an-endpoint"}')
            )

    service = Service()
    client = Known("abc.data.globus.org", terminal=service)
    assert client.find_endpoint_client_id() == client.endpoint_client_id
    assert service.requests == []


def test_a_flow_manager_of_the_program_exchanges_the_code() -> None:
    class Relayed(GlobusOAuthFlowManager):
        def __init__(self) -> None:
            self.codes: list[str] = []

        def exchange_code_for_tokens(self, auth_code: str) -> Any:
            self.codes.append(auth_code)
            return "tokens from elsewhere"

    service = Service()
    manager = Relayed()
    client = NativeAppAuthClient(TASK, terminal=service)
    client.current_oauth2_flow_manager = manager
    tokens: Any = client.oauth2_exchange_code_for_tokens("a code")
    assert tokens == "tokens from elsewhere"

    async def work() -> Any:
        client = AsyncNativeAppAuthClient(TASK, terminal=service.answer)
        client.current_oauth2_flow_manager = manager
        return await client.oauth2_exchange_code_for_tokens("another")

    assert asyncio.run(work()) == "tokens from elsewhere"
    assert manager.codes == ["a code", "another"]
    assert service.requests == []


def test_a_mock_of_a_flow_manager() -> None:
    client = NativeAppAuthClient(TASK, terminal=Service())
    client.current_oauth2_flow_manager = manager = mock.Mock()
    manager.exchange_code_for_tokens.return_value = "tokens of the mock"
    tokens: Any = client.oauth2_exchange_code_for_tokens("a code")
    assert tokens == "tokens of the mock"
    manager.exchange_code_for_tokens.assert_called_once_with("a code")


@pytest.mark.parametrize("autospec", [None, True])
def test_a_mock_of_a_method(autospec: bool | None) -> None:
    service = Service()
    client = TransferClient(terminal=service)
    with mock.patch.object(client, "get_task", autospec=autospec) as get_task:
        get_task.return_value = {"status": "SUCCEEDED"}
        assert client.task_wait(TASK)
    get_task.assert_called_once_with(TASK)
    with mock.patch.object(TransferClient, "get_submission_id", return_value={"value": "from the mock"}):
        data = DeleteData(COLLECTION)
        client.submit_delete(data)
    assert data["submission_id"] == "from the mock"
    assert service.paths == ["/v0.10/delete"]


def test_a_mock_under_asyncio() -> None:
    client = AsyncTransferClient(terminal=Service().answer)
    with mock.patch.object(client, "get_task", mock.AsyncMock(return_value={"status": "FAILED"})) as get_task:
        assert asyncio.run(client.task_wait(TASK))
    get_task.assert_awaited_once_with(TASK)


def test_a_client_whose_routes_would_bypass_its_override_says_so() -> None:
    with pytest.warns(UserWarning, match=r"Watching overrides request\(\), post\(\), which its routes") as warned:

        class Watching(TransferClient):
            def request(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
                raise AssertionError

            def post(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
                raise AssertionError

    assert warned[0].filename == __file__


def test_methods_are_equal_as_those_of_other_objects_are() -> None:
    client, other = TransferClient(), TransferClient()
    assert client.get_task == client.get_task
    assert len({client.get_task, client.get_task, other.get_task, client.task_list}) == 3
    assert client.get_task != client.task_list
    assert client.get_task.__self__ is client


def test_whether_a_method_has_pages_can_be_asked() -> None:
    client = TransferClient()
    assert hasattr(client.paginated, "task_list")
    assert not hasattr(client.paginated, "get_task")
    assert not hasattr(AsyncTransferClient().paginated, "get_task")
    for paginated in (client.paginated, AsyncTransferClient().paginated):
        assert (
            {"task_list", "endpoint_search"} <= set(dir(paginated)) <= {route.name for route in TransferClient.routes}
        )
        with pytest.raises(GlobusSDKUsageError, match=r"get_task has no pages; call client\.get_task"):
            _ = paginated.get_task
