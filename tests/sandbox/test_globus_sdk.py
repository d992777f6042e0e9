"""Plain globus-sdk at the sandbox, with nothing but environment variables set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import globus_sdk
import pytest
from globus_sdk.login_flows import CommandLineLoginFlowManager
from globus_sdk.scopes import GroupsScopes, SearchScopes
from globus_sdk.token_storage import MemoryTokenStorage

from globus_transport.sandbox import Collection, Sandbox
from tests.sandbox.sandbox_http import Http
from tests.sandbox.sandbox_tasks import end_of


@pytest.fixture
def user_app(
    globus: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[globus_sdk.UserApp]:
    def type_code(prompt: str) -> str:
        printed = capsys.readouterr().out
        return globus.approve(next(line for line in printed.splitlines() if line.startswith("http")))

    monkeypatch.setattr("builtins.input", type_code)
    config = globus_sdk.GlobusAppConfig(
        login_flow_manager=CommandLineLoginFlowManager, token_storage=MemoryTokenStorage(), request_refresh_tokens=True
    )
    with globus_sdk.UserApp("Program", client_id=globus.native_client_id, config=config) as app:
        yield app


@pytest.fixture
def client_app(globus: Sandbox) -> Iterator[globus_sdk.ClientApp]:
    config = globus_sdk.GlobusAppConfig(token_storage=MemoryTokenStorage())
    with globus_sdk.ClientApp(
        "Service", client_id=globus.client_id, client_secret=globus.client_secret, config=config
    ) as app:
        yield app


def test_a_user_app_logs_in_once_and_its_clients_do_their_work(
    globus: Sandbox, user_app: globus_sdk.UserApp, source: Collection, destination: Collection
) -> None:
    auth, transfer = globus_sdk.AuthClient(app=user_app), globus_sdk.TransferClient(app=user_app)
    groups = globus_sdk.GroupsClient(app=user_app, app_scopes=[GroupsScopes.all])
    search = globus_sdk.SearchClient(app=user_app, app_scopes=[SearchScopes.all])
    flows, timers = globus_sdk.FlowsClient(app=user_app), globus_sdk.TimersClient(app=user_app)
    user_app.login()
    assert auth.userinfo()["sub"] == globus.user.id
    (source.folder / "notes.txt").write_text("hello")
    data = globus_sdk.TransferData(source.id, destination.id)
    data.add_item("/notes.txt", "/notes.txt")
    assert end_of(globus, transfer.submit_transfer(data)["task_id"])["status"] == "SUCCEEDED"
    assert (destination.folder / "notes.txt").read_text() == "hello"
    group = groups.create_group({"name": "Chemists"})
    assert [found["id"] for found in groups.get_my_groups()] == [group["id"]]
    index = search.create_index("Rocks", "All rocks")["id"]
    entry = {"subject": "s1", "visible_to": ["public"], "content": {"title": "granite"}}
    search.ingest(index, {"ingest_type": "GMetaEntry", "ingest_data": entry})
    assert [found["subject"] for found in search.search(index, "granite")["gmeta"]] == ["s1"]
    definition = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    flow = flows.create_flow("Pass", definition, {"type": "object"})
    run = globus_sdk.SpecificFlowClient(flow["id"], app=user_app).run_flow({})
    assert flows.get_run(run["run_id"])["status"] == "SUCCEEDED"
    timer = globus_sdk.TransferTimer(schedule=globus_sdk.OnceTimerSchedule(), body=data)
    job = timers.create_timer(timer)["timer"]["job_id"]
    assert timers.get_job(job)["job_id"] == job
    # The second login is for the new flow's scope.
    assert globus.grants["authorization_code"] == 2


def test_a_client_app_works_without_a_login(globus: Sandbox, client_app: globus_sdk.ClientApp) -> None:
    auth = globus_sdk.AuthClient(app=client_app)
    groups = globus_sdk.GroupsClient(app=client_app, app_scopes=[GroupsScopes.all])
    group = groups.create_group({"name": "Services"})["id"]
    assert globus.groups.has_member(group, globus.client_id)
    assert auth.userinfo()["sub"] == globus.client_id
    assert set(globus.grants) == {"client_credentials"}


def test_successful_transfers_have_size_and_checksum_if_it_was_verified(
    globus: Sandbox, sdk: globus_sdk.TransferClient, source: Collection, destination: Collection
) -> None:
    (source.folder / "a").write_bytes(b"hello")
    sums = {name: hashlib.new(name, b"hello").hexdigest() for name in ("md5", "sha256")}

    def successful(verify: bool, **item: Any) -> tuple[object, ...]:
        data = globus_sdk.TransferData(source.id, destination.id, verify_checksum=verify)
        data.add_item("/a", "/a", **item)
        task = sdk.submit_transfer(data)["task_id"]
        end_of(globus, task)
        (found,) = sdk.task_successful_transfers(task)
        return found["size"], found["checksum"], found["checksum_algorithm"]

    assert successful(False) == (5, None, None)
    assert successful(True) == (5, sums["md5"], "MD5")
    given = successful(True, external_checksum=sums["sha256"], checksum_algorithm="sha256")
    assert given == (5, sums["sha256"], "sha256")


def test_events_are_filtered_by_whether_they_are_errors(
    globus: Sandbox, sdk: globus_sdk.TransferClient, source: Collection, destination: Collection
) -> None:
    data = globus_sdk.TransferData(source.id, destination.id)
    data.add_item("/missing", "/missing")
    task = sdk.submit_transfer(data)["task_id"]
    end_of(globus, task)

    def errors(filter: str) -> list[object]:
        return [event["is_error"] for event in sdk.task_event_list(task, query_params={"filter": filter})]

    assert errors("is_error:1") == [True]
    assert errors("is_error:0") == [False]
    with pytest.raises(globus_sdk.TransferAPIError, match="cannot filter"):
        errors("nothing:1")


def test_a_personal_collection_is_made_with_a_setup_key(globus: Sandbox, transfer: Http) -> None:
    document = {"is_globus_connect": True, "display_name": "Desktop", "description": "Mine"}
    made = transfer("POST", "/v0.10/endpoint", document=document)
    assert (made.status, bool(made.document["globus_connect_setup_key"])) == (201, True)
    found = transfer("GET", f"/v0.10/endpoint/{made.document['id']}").document
    assert (found["entity_type"], found["owner_id"]) == ("GCP_mapped_collection", globus.user.id)
    assert (found["display_name"], found["description"]) == ("Desktop", "Mine")


@pytest.mark.parametrize(
    "document",
    [
        {"display_name": "Desktop"},
        {"is_globus_connect": False, "display_name": "Desktop"},
        {"is_globus_connect": True},
        {"is_globus_connect": True, "display_name": 1},
        {"is_globus_connect": True, "display_name": "Desktop", "subscription_id": 1},
        {"is_globus_connect": True, "display_name": "Desktop", "description": []},
    ],
)
def test_a_personal_collection_needs_sensible_fields(
    globus: Sandbox, transfer: Http, document: dict[str, object]
) -> None:
    assert transfer("POST", "/v0.10/endpoint", document=document).status == 400
    assert globus.collections == []
