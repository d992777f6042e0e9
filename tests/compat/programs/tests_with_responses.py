"""The tests of a program, with replies that come with the package and with some of its own."""

import json

import globus_sdk
import responses
from globus_sdk.testing import (
    RegisteredResponse,
    construct_error,
    get_last_request,
    load_response,
    load_response_set,
    register_response_set,
)


@responses.activate
def run() -> None:
    client = globus_sdk.TransferClient()
    meta = load_response(client.get_endpoint).metadata
    print(client.get_endpoint(meta["endpoint_id"])["id"] == meta["endpoint_id"], sorted(meta))
    meta = load_response("transfer.operation_stat").metadata
    print(type(client.operation_stat(meta["endpoint_id"], path="~/path")).__name__)
    last = get_last_request()
    assert last is not None
    print(last.method, sorted(last.params.items()), last.body)  # type: ignore[attr-defined]
    load_response(client.get_submission_id)
    meta = load_response(client.submit_transfer).metadata
    data = globus_sdk.TransferData("source", "destination")
    data.add_item("/a", "/b")
    print(client.submit_transfer(data)["task_id"] == meta["task_id"])
    last = get_last_request()
    assert last is not None
    sent = json.loads(last.body or "")
    print(sorted(sent), sent["DATA"][0]["source_path"], sent["submission_id"] == meta["submission_id"])
    auth = globus_sdk.AuthClient()
    meta = load_response(auth.create_project, case="admin_group").metadata
    print(
        auth.create_project("a name", "a@example.org", admin_group_ids=meta["admin_group_id"])["project"]["id"]
        == meta["id"]
    )
    load_response(auth.userinfo, case="forbidden")
    try:
        auth.userinfo()
    except globus_sdk.AuthAPIError as err:
        print(err.http_status, err.code)
    register_response_set(
        "a set of the program",
        {"default": {"service": "transfer", "path": "/v0.10/x", "method": "post", "json": {"a": 1}}},
    )
    load_response_set("a set of the program")
    print(client.post("/v0.10/x", data={"b": globus_sdk.MISSING, "c": None}).data, responses.calls[-1].request.body)
    RegisteredResponse(service="groups", path="/v2/groups/my_groups", json=[{"id": "1"}]).add()
    print([group["id"] for group in globus_sdk.GroupsClient().get_my_groups()])
    error = construct_error(
        http_status=404, error_class=globus_sdk.TransferAPIError, body={"code": "X", "message": "m"}
    )
    print(type(error).__name__, error.http_status, error.code, error.message)


run()
