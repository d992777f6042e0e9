"""The programs of the pages on services that log a person in, against the sandbox."""

from __future__ import annotations

import sys

import pytest

from globus_transport import AccessTokenAuthorizer, FlowsClient, GCSClient, LocalGlobusConnectServer
from globus_transport.sandbox import Sandbox
from globus_transport.services.gcs import GCSCollectionClient
from tests.docs.examples import EXAMPLES, RunExample
from tests.docs.person import Person


def test_one_login_for_an_endpoint_and_its_guest_collections(globus: Sandbox, person: Person, run: RunExample) -> None:
    mapped = globus.add_collection("Lab", entity_type="GCSv5_mapped_collection")
    names = run(
        "connect_server/consent_to_share.py",
        CLIENT_ID=globus.native_client_id,
        ENDPOINT=globus.url_of("connect_server"),
        MAPPED_COLLECTION_ID=mapped.id,
    )
    assert person.logins == 1
    scopes = names["app"].scope_requirements[globus.connect_server.endpoint_id]
    data_access = GCSClient.get_gcs_collection_scopes(mapped.id).data_access
    assert [str(dependency) for scope in scopes for dependency in scope.dependencies] == [str(data_access)]


def test_a_file_is_written_and_read_in_pieces(globus: Sandbox, run: RunExample) -> None:
    collection = globus.add_collection("Lab", entity_type="GCSv5_mapped_collection")
    scope = GCSClient.get_gcs_collection_scopes(collection.id).https
    authorizer = AccessTokenAuthorizer(globus.issue_token(scope).access_token)
    example = run("connect_server/put_file.py")
    address = f"{globus.url_of('connect_server')}data/{collection.id}"
    with GCSCollectionClient(collection.id, address, authorizer=authorizer) as client:
        example["put_notes"](client, "text")
        assert b"".join(example["read_pieces"](client, "/notes.txt")) == b"text"
    assert (collection.folder / "notes.txt").read_text() == "text"


def test_one_login_for_a_flow_and_the_service(globus: Sandbox, person: Person, run: RunExample) -> None:
    collection = globus.add_collection("Lab", entity_type="GCSv5_mapped_collection")
    token = globus.issue_token(FlowsClient.scopes.manage_flows).access_token
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86400, "End": True}}}
    with FlowsClient(authorizer=AccessTokenAuthorizer(token)) as client:
        flow_id = client.create_flow("Archive", definition, {"type": "object"})["id"]
    run(
        "flows/with_one_login.py",
        CLIENT_ID=globus.native_client_id,
        FLOW_ID=flow_id,
        COLLECTION_ID=collection.id,
    )
    assert person.lines() == ["ACTIVE"]
    assert person.logins == 1


def test_a_node_lists_the_collections_of_its_endpoint(
    globus: Sandbox, person: Person, run: RunExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, constants = "this_computer/node_of_an_endpoint.py", {"CLIENT_ID": globus.native_client_id}
    monkeypatch.setattr(LocalGlobusConnectServer, "domain_name", None)
    with pytest.raises(SystemExit, match="not a node"):
        run(program, **constants)
    globus.add_collection("Lab", entity_type="GCSv5_mapped_collection")
    monkeypatch.setattr(LocalGlobusConnectServer, "domain_name", globus.url_of("connect_server"))
    run(program, **constants)
    assert person.lines() == ["Lab"]


def test_a_timer_with_its_consents(
    globus: Sandbox, person: Person, run: RunExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [globus.add_collection(name, entity_type="GCSv5_mapped_collection").id for name in ("Lab", "Archive")]
    monkeypatch.syspath_prepend(EXAMPLES / "timers")
    run("timers/with_a_login.py", CLIENT_ID=globus.native_client_id, SOURCE=ends[0], DESTINATION=ends[1])
    sys.modules.pop("nightly_copy")
    (timer_id,) = person.lines()
    assert timer_id
    assert person.logins == 1
