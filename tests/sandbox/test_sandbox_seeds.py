"""Seeds, and going back to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from globus_transport.sandbox import Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

SOURCE = "5a9d7a10-0000-4000-8000-000000000001"
EVERYTHING = {
    "identities": [{"username": "Grace@sandbox.example", "name": "Grace"}],
    "groups": [{"members": ["grace@sandbox.example", "ada@sandbox.example"]}],
    "clients": [{"id": "95c1b11e-0000-4000-8000-000000000001", "redirect_uris": ["https://portal.example.org/cb"]}],
    "collections": [{"display_name": "Laptop", "owner": "grace@sandbox.example", "files": {"a/b.txt": "text"}}],
}


def test_a_seed_of_the_package_has_the_same_ids_everywhere() -> None:
    for _ in range(2):
        with Sandbox(seed="two-collections") as globus:
            source, destination = globus.collections
            assert (source.id, source.display_name, destination.display_name) == (SOURCE, "Source", "Destination")
            token = globus.issue_token(TRANSFER_ALL).access_token
            answer = Http(globus.transfer_url, token)("GET", f"/v0.10/operation/endpoint/{SOURCE}/ls")
            assert [entry["name"] for entry in answer.document["DATA"]] == ["hello.txt", "images"]


@pytest.mark.parametrize("form", ["document", "file"])
def test_a_seed_with_everything(tmp_path: Path, form: str) -> None:
    seed: Any = EVERYTHING
    if form == "file":
        seed = tmp_path / "seed.json"
        seed.write_text(json.dumps(EVERYTHING))
    with Sandbox(seed=seed) as globus:
        (grace,) = globus._state.identities.find_by_usernames(["grace@sandbox.example"], provision=False)
        (collection,) = globus.collections
        assert collection.owner_id == grace.id
        assert (collection.folder / "a" / "b.txt").read_text() == "text"
        assert "95c1b11e-0000-4000-8000-000000000001" in globus._state.clients


def test_a_folder_is_a_seed(tmp_path: Path) -> None:
    (tmp_path / "Laptop" / "a").mkdir(parents=True)
    (tmp_path / "Laptop" / "a" / "b.bin").write_bytes(b"\x00\xff")
    (tmp_path / "Other").mkdir()
    (tmp_path / "seed.json").write_text(json.dumps({"collections": [{"display_name": "Laptop", "id": SOURCE}]}))
    with Sandbox(seed=tmp_path) as globus:
        laptop, other = globus.collections
        assert (laptop.id, other.display_name) == (SOURCE, "Other")
        copied = laptop.folder / "a" / "b.bin"
        assert copied.read_bytes() == b"\x00\xff"
        copied.write_bytes(b"changed")
        assert (tmp_path / "Laptop" / "a" / "b.bin").read_bytes() == b"\x00\xff"


def test_reset_brings_everything_back() -> None:
    with Sandbox(seed="two-collections") as globus:
        source, destination = globus.collections
        (source.folder / "hello.txt").unlink()
        (destination.folder / "new").write_text("new")
        added = globus.add_collection("Third")
        token = globus.issue_token(TRANSFER_ALL).access_token
        transfer = Http(globus.transfer_url, token)
        assert transfer("GET", "/v0.10/task_list").status == 200
        globus.faults.add(503)
        globus.clock.advance(1000)
        globus.reset()
        assert [collection.display_name for collection in globus.collections] == ["Source", "Destination"]
        assert (source.folder / "hello.txt").read_text() == "hello\n"
        assert list(destination.folder.iterdir()) == []
        assert not added.folder.exists()
        assert transfer("GET", "/v0.10/task_list").status == 401
        assert (len(globus.faults), len(globus.requests)) == (0, 1)
        globus.reset()
        assert len(globus.collections) == 2


def test_reset_stops_tasks() -> None:
    with Sandbox(seed="two-collections", task_delay=3600) as globus:
        transfer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)
        submission = transfer("GET", "/v0.10/submission_id").document["value"]
        item = {"DATA_TYPE": "delete_item", "path": "/hello.txt"}
        document = {"DATA_TYPE": "delete", "submission_id": submission, "endpoint": SOURCE, "DATA": [item]}
        assert transfer("POST", "/v0.10/delete", document=document).status == 202
        globus.reset()
        assert globus._state.tasks.owned_by(globus.user) == []


def test_a_folder_of_the_program_keeps_its_files(tmp_path: Path) -> None:
    with Sandbox() as globus:
        folder = globus.add_collection("Data", tmp_path / "data").folder
        (folder / "file").touch()
        globus.reset()
        assert (folder / "file").exists()


def test_a_sandbox_with_a_state_is_not_seeded_again(tmp_path: Path) -> None:
    for before in ("hello\n", "changed"):
        with Sandbox(tmp_path, seed="two-collections") as globus:
            assert len(globus.collections) == 2
            file = globus.collections[0].folder / "hello.txt"
            assert file.read_text() == before
            file.write_text("changed")


def test_reset_before_the_start() -> None:
    with pytest.raises(RuntimeError, match="does not run"):
        Sandbox().reset()


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        ("three-collections", "none of the names empty, two-collections"),
        ("", "seed='': no file or folder"),
        ({"color": []}, "'color' is no member of a seed"),
        ({"collections": {}}, "collections is a list of objects"),
        ({"collections": [{}]}, "display_name is missing"),
        ({"collections": [{"display_name": "A", "id": "7"}]}, "'7' is no UUID"),
        ({"collections": [{"display_name": "A", "files": {"../x": "y"}}]}, "no path within the collection"),
        ({"collections": [{"display_name": "A", "files": {"x": 1}}]}, "or has no text"),
        ({"collections": [{"display_name": "A", "entity_type": "disk"}]}, "entity_type is one of"),
        ({"collections": [{"display_name": "A", "owner": "nobody@x"}]}, "username of none of its identities"),
        ({"collections": [{"display_name": "A", "colour": 1}]}, "'colour' is not known"),
        ({"groups": [{"members": ["nobody@x"]}]}, "username of none of its identities"),
        ({"groups": [{"members": "ada"}]}, "list of usernames"),
        ({"identities": [{"username": "ada"}]}, "give one such as"),
        ({"identities": [{"username": "a@b", "name": 3}]}, "wrong type"),
        ({"identities": [{"username": "a@b", "name": "\ud800"}]}, "name: the text has one half"),
        ({"clients": [{"id": "7"}]}, "UUID"),
        ({"clients": [{"redirect_uris": [7]}]}, "list of URIs"),
        ({"collections": [{"display_name": "A", "owner": 7}]}, "wrong type"),
        ({"collections": [{"display_name": 7}]}, "wrong type"),
        ({"collections": [{"display_name": "A", "files": []}]}, "wrong type"),
    ],
)
def test_seeds_that_make_no_sense(seed: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Sandbox(seed=seed)


def test_a_file_that_is_no_seed(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    for content, why in (("[", "not JSON"), ("[]", "holds no JSON object")):
        file.write_text(content)
        with pytest.raises(ValueError, match=why):
            Sandbox(seed=file)


def test_the_log_of_requests_has_a_limit(globus: Sandbox, auth: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    assert globus.requests.LONGEST == 10_000
    assert globus.requests._received.maxlen == 10_000
