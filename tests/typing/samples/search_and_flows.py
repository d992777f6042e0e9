"""What the calls of the clients of Search and Flows give."""

import uuid
from typing import Any, assert_type

from globus_transport import (
    AsyncFlowsClient,
    AsyncSearchClient,
    AsyncSpecificFlowClient,
    FlowsClient,
    GlobusHTTPResponse,
    IterableFlowsResponse,
    RunActivityNotificationPolicy,
    SearchClient,
    SearchQueryV1,
    SearchScrollQuery,
    SpecificFlowClient,
    UserApp,
)
from globus_transport.paging import Paginator
from globus_transport.scopes import Scope, SpecificFlowScopes
from globus_transport.services.flows import IterableRunLogsResponse, IterableRunsResponse, IterableWebInputsResponse
from globus_transport.services.search import IndexListResponse, SearchResponse


def search(client: SearchClient, index_id: uuid.UUID) -> None:
    assert_type(client.index_list(["owner", "admin"]), IndexListResponse)
    assert_type(client.search(index_id, "x", advanced=True), SearchResponse)
    query = SearchQueryV1(q="x", filters=[{"type": "exists", "field_name": "a"}])
    assert_type(client.post_search(index_id, query, limit=5), SearchResponse)
    assert_type(client.post_search(index_id, {"q": "x"}), SearchResponse)
    assert_type(client.paginated.scroll(index_id, SearchScrollQuery("*")), Paginator[SearchResponse])
    assert_type([result["subject"] for result in client.scroll.items(index_id, {"q": "*"})], list[Any])
    assert_type(client.batch_delete_by_subject(index_id, ("a", "b")), GlobusHTTPResponse)


async def search_under_asyncio(client: AsyncSearchClient) -> None:
    assert_type(await client.ingest("i", {"ingest_type": "GMetaEntry"}), GlobusHTTPResponse)
    async for page in client.paginated.post_search("i", SearchQueryV1(q="x")):
        assert_type(page, SearchResponse)


def flows(client: FlowsClient, flow_id: uuid.UUID) -> None:
    assert_type(client.list_flows(filter_roles=["flow_owner"], orderby=("title ASC", "id DESC")), IterableFlowsResponse)
    assert_type(client.list_runs(filter_flow_id=[flow_id, "x"]), IterableRunsResponse)
    assert_type(client.paginated.get_run_logs("r"), Paginator[IterableRunLogsResponse])
    assert_type(client.list_web_inputs(filter_states="open"), IterableWebInputsResponse)
    assert_type(client.create_flow("t", {}, {}, subscription_id=None), GlobusHTTPResponse)


def one_flow(app: UserApp, flow_id: uuid.UUID) -> None:
    client = SpecificFlowClient(flow_id, app=app).add_app_transfer_data_access_scope([flow_id])
    assert_type(client, SpecificFlowClient)
    assert_type(client.scopes, SpecificFlowScopes)
    assert_type(client.default_scope_requirements, list[Scope])
    policy = RunActivityNotificationPolicy(["FAILED", "SUCCEEDED"])
    assert_type(client.run_flow({"a": 1}, activity_notification_policy=policy), GlobusHTTPResponse)
    assert_type(client.validate_run({}, activity_notification_policy={"status": ["FAILED"]}), GlobusHTTPResponse)


async def flows_under_asyncio(client: AsyncFlowsClient, flow: AsyncSpecificFlowClient) -> None:
    assert_type(await client.get_web_input("w"), GlobusHTTPResponse)
    assert_type(await client.respond_to_web_input("w", None), GlobusHTTPResponse)
    assert_type(await flow.resume_run("r"), GlobusHTTPResponse)
    assert_type(flow.add_app_transfer_data_access_scope("c"), AsyncSpecificFlowClient)
    assert_type([run["run_id"] async for run in client.list_runs.items()], list[Any])
