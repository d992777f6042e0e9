"""Collections and the files in them."""

from __future__ import annotations

import os
from pathlib import Path

import globus_sdk
import pytest

from globus_transport.sandbox import Collection, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http


@pytest.fixture
def tree(source: Collection) -> Collection:
    for name in ("b.txt", "a.txt", "c.dat", ".hidden"):
        (source.folder / name).write_text(name)
    (source.folder / "folder" / "inner").mkdir(parents=True)
    (source.folder / "folder" / "x").write_text("x" * 10)
    return source


def names(response: globus_sdk.response.IterableResponse) -> list[str]:
    return [entry["name"] for entry in response]


def test_ls(sdk: globus_sdk.TransferClient, tree: Collection) -> None:
    everything = sdk.operation_ls(tree.id)
    assert names(everything) == [".hidden", "a.txt", "b.txt", "c.dat", "folder"]
    assert (everything["path"], everything["endpoint"], everything["total"]) == ("/", tree.id, 5)
    assert {entry["name"]: entry["type"] for entry in everything}["folder"] == "dir"
    inner = sdk.operation_ls(tree.id, "/~/folder")
    assert [(entry["name"], entry["size"]) for entry in inner if entry["type"] == "file"] == [("x", 10)]
    assert inner["absolute_path"] == "/folder/"
    assert names(sdk.operation_ls(tree.id, show_hidden=False))[0] == "a.txt"
    assert names(sdk.operation_ls(tree.id, orderby="name DESC"))[0] == "folder"
    assert names(sdk.operation_ls(tree.id, orderby=["type", "name DESC"])) == [
        "folder",
        "c.dat",
        "b.txt",
        "a.txt",
        ".hidden",
    ]
    assert names(sdk.operation_ls(tree.id, limit=2, offset=1)) == ["a.txt", "b.txt"]
    assert names(sdk.operation_ls(tree.id, filter="name:~*.txt/type:file")) == ["a.txt", "b.txt"]
    assert names(sdk.operation_ls(tree.id, filter={"name": ["a.txt", "folder"], "type": "file"})) == ["a.txt"]
    assert names(sdk.operation_ls(tree.id, filter="name:!~*.txt/type:!dir")) == [".hidden", "c.dat"]
    assert names(sdk.operation_ls(tree.id, filter=["name:~*.txt", "name:c.dat"])) == ["a.txt", "b.txt", "c.dat"]


def test_stat(sdk: globus_sdk.TransferClient, tree: Collection) -> None:
    document = sdk.operation_stat(tree.id, "/folder/x")
    assert (document["name"], document["type"], document["size"]) == ("x", "file", 10)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        sdk.operation_stat(tree.id, "/nothing")
    assert (caught.value.http_status, caught.value.code) == (404, "NotFound")


def test_mkdir_and_rename(sdk: globus_sdk.TransferClient, tree: Collection) -> None:
    assert sdk.operation_mkdir(tree.id, "/new")["code"] == "DirectoryCreated"
    assert (tree.folder / "new").is_dir()
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        sdk.operation_mkdir(tree.id, "/new")
    assert (caught.value.http_status, caught.value.code) == (502, "ExternalError.MkdirFailed.Exists")
    assert sdk.operation_rename(tree.id, "/new", "/folder/newer")["code"] == "FileRenamed"
    assert (tree.folder / "folder" / "newer").is_dir()
    with pytest.raises(globus_sdk.TransferAPIError, match="exists"):
        sdk.operation_rename(tree.id, "/a.txt", "/b.txt")
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        sdk.operation_mkdir(tree.id, "/not/there")
    assert (caught.value.http_status, caught.value.code) == (404, "ClientError.NotFound")
    with pytest.raises(globus_sdk.TransferAPIError):
        sdk.operation_rename(tree.id, "/", "/elsewhere")


def test_errors_of_ls(transfer: Http, tree: Collection) -> None:
    def code(query: dict[str, str], collection: str = tree.id) -> tuple[int, str]:
        answer = transfer("GET", f"/v0.10/operation/endpoint/{collection}/ls", query=query)
        assert str(tree.folder) not in answer.body.decode()
        return answer.status, answer.document["code"]

    assert code({"path": "/nothing/"}) == (404, "ClientError.NotFound")
    assert code({"path": "/a.txt"}) == (502, "ExternalError.DirListingFailed.NotDirectory")
    assert code({"limit": "0"}) == (400, "ClientError.BadRequest")
    assert code({"limit": "many"}) == (400, "ClientError.BadRequest")
    assert code({"filter": "color:red"}) == (400, "ClientError.BadRequest")
    assert code({"orderby": "color"}) == (400, "ClientError.BadRequest")
    assert code({}, "no-such-collection") == (404, "EndpointNotFound")


@pytest.mark.parametrize("path", ["/../", "/folder/../../", "..", "/link/", "/link/secret", "/circle", "/a\0b"])
def test_no_way_out(transfer: Http, tree: Collection, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("secret")
    (tree.folder / "link").symlink_to(tmp_path)
    (tree.folder / "circle").symlink_to(tree.folder / "circle")
    at = f"/v0.10/operation/endpoint/{tree.id}"
    for route in ("ls", "stat"):
        answer = transfer("GET", f"{at}/{route}", query={"path": path})
        assert (answer.status, answer.document["code"]) == (403, "EndpointPermissionDenied"), route
    assert transfer("POST", f"{at}/mkdir", document={"path": f"{path}/new"}).status == 403
    for old, new in ((f"{path}/secret", "/mine"), ("/a.txt", f"{path}/yours")):
        assert transfer("POST", f"{at}/rename", document={"old_path": old, "new_path": new}).status == 403
    # rename() does not follow a link at the end of a path, so these paths are checked by their parents.
    for old in ("/..", "/folder/.."):
        assert transfer("POST", f"{at}/rename", document={"old_path": old, "new_path": "/mine"}).status == 403
    assert os.listdir(tmp_path) == ["secret"]
    assert (tree.folder / "a.txt").exists()


def test_links(sdk: globus_sdk.TransferClient, tree: Collection, tmp_path: Path) -> None:
    (tree.folder / "good").symlink_to("folder")
    (tree.folder / "bad").symlink_to(tmp_path)
    entries = {entry["name"]: entry for entry in sdk.operation_ls(tree.id)}
    assert (entries["good"]["type"], entries["good"]["link_target"]) == ("dir", "/folder")
    assert (entries["bad"]["type"], entries["bad"]["link_target"]) == ("invalid_symlink", None)
    assert entries["a.txt"]["link_target"] is None
    assert names(sdk.operation_ls(tree.id, "/good")) == ["inner", "x"]
    sdk.operation_rename(tree.id, "/bad", "/worse")
    assert (tree.folder / "worse").is_symlink()
    assert tmp_path.exists()


def test_endpoint(globus: Sandbox, sdk: globus_sdk.TransferClient, source: Collection) -> None:
    document = sdk.get_endpoint(source.id)
    assert (document["display_name"], document["owner_id"]) == ("Source", globus.user.id)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        sdk.get_endpoint("00000000-0000-0000-0000-000000000000")
    assert (caught.value.http_status, caught.value.code) == (404, "EndpointNotFound")


def test_search(globus: Sandbox, sdk: globus_sdk.TransferClient) -> None:
    for number in range(5):
        globus.add_collection(f"Data of lab {number}")
    first = sdk.endpoint_search("LAB data", limit=2)
    assert [endpoint["display_name"] for endpoint in first] == ["Data of lab 0", "Data of lab 1"]
    assert first["has_next_page"] is True
    assert sdk.endpoint_search("lab", limit=2, offset=4)["has_next_page"] is False
    assert len(list(sdk.paginated.endpoint_search(filter_scope="my-endpoints").items())) == 5
    assert list(sdk.endpoint_search("lab", filter_scope="shared-with-me")) == []
    assert list(sdk.endpoint_search("lab", filter_owner_id="someone-else")) == []
    with pytest.raises(globus_sdk.TransferAPIError):
        sdk.endpoint_search()


def test_collections_have_folders_of_their_own(globus: Sandbox, tmp_path: Path) -> None:
    first, second = globus.add_collection("Same name"), globus.add_collection("Same name")
    mine = globus.add_collection("Mine", tmp_path / "deep" / "folder")
    assert first.folder != second.folder
    assert mine.folder == (tmp_path / "deep" / "folder").resolve()
    assert globus.collections == [first, second, mine]


def test_transfer_wants_a_transfer_token(globus: Sandbox, source: Collection) -> None:
    wrong = globus.issue_token("openid")
    refresh_token = globus.issue_token(TRANSFER_ALL).refresh_token
    ids = []
    for token in (None, "unknown", wrong.access_token, wrong.refresh_token, refresh_token):
        for path in (f"/v0.10/endpoint/{source.id}", "/v0.10/unheard_of"):
            answer = Http(globus.transfer_url, token)("GET", path)
            assert (answer.status, answer.document["code"]) == (401, "AuthenticationFailed")
            assert answer.document["resource"] == path
            ids.append(answer.document["request_id"])
    assert len(set(ids)) == len(ids)


def test_unknown_path_and_method(transfer: Http) -> None:
    answer = transfer("GET", "/v0.10/unheard_of")
    assert (answer.status, answer.document["code"]) == (404, "ClientError.NotFound")
    assert transfer("DELETE", "/v0.10/task_list").document["code"] == "ClientError.MethodNotAllowed"
