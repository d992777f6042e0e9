"""State that a sandbox restores after a restart."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.state_file import FILE_NAME
from tests.sandbox.people import Person
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

MANAGE = "urn:globus:auth:scope:auth.globus.org:manage_projects"


def transfer_of(globus: Sandbox) -> Http:
    return Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)


def test_everything_that_matters_is_there_again(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as globus:
        ids = globus.user.id, globus.client_id, globus.client_secret, globus.native_client_id
        host = globus.add_collection("Host")
        (host.folder / "shared").mkdir()
        transfer, grace = transfer_of(globus), Person(globus, "grace")
        group = globus.add_group(grace.identity)
        share = {"host_endpoint": host.id, "host_path": "/shared/", "display_name": "Guest"}
        guest = transfer("POST", "/v0.10/shared_endpoint", document=share).document["id"]
        rule = {"principal_type": "group", "principal": group, "path": "/", "permissions": "r"}
        assert transfer("POST", f"/v0.10/endpoint/{guest}/access", document=rule).status == 201
        mark = {"name": "home", "endpoint_id": host.id, "path": "/"}
        bookmark = transfer("POST", "/v0.10/bookmark", document=mark).document
        document = transfer("PUT", f"/v0.10/endpoint/{host.id}", document={"description": "Mine"})
        assert document.status == 200
        auth = Http(globus.auth_url, globus.issue_token(MANAGE).access_token)
        project = {"display_name": "P", "contact_email": "p@sandbox.example"}
        project_id = auth("POST", "/v2/api/projects", document={"project": project}).document["project"]["id"]
        client = {"name": "App", "project": project_id}
        app = auth("POST", "/v2/api/clients", document={"client": client}).document["client"]["id"]
        body = {"credential": {"name": "x"}}
        secret = auth("POST", f"/v2/api/clients/{app}/credentials", document=body).document["credential"]["secret"]
        refresh = globus.issue_token(f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{host.id}/data_access]")
        globus.require_consent(host)
        globus.require_session(host, mfa=True)
    with Sandbox(tmp_path) as globus:
        assert (globus.user.id, globus.client_id, globus.client_secret, globus.native_client_id) == ids
        assert globus.add_collection("Host").id == host.id
        assert globus.add_collection("Host").id != host.id
        transfer = transfer_of(globus)
        assert transfer("GET", f"/v0.10/endpoint/{host.id}").document["description"] == "Mine"
        assert transfer("GET", "/v0.10/bookmark_list").document["DATA"] == [bookmark]
        ls = f"/v0.10/operation/endpoint/{guest}/ls"
        linus = Person(globus, "linus")
        assert linus("GET", ls).status == 403
        again = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL, user=grace.identity).access_token)
        assert again("GET", ls).status == 200
        answer = transfer("GET", f"/v0.10/operation/endpoint/{host.id}/ls")
        assert answer.document["code"] == "ConsentRequired"
        assert refresh.refresh_token
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh.refresh_token,
            "client_id": globus.native_client_id,
        }
        auth = Http(globus.auth_url)
        renewed = auth("POST", "/v2/oauth2/token", form=form).document
        consenting = Http(globus.transfer_url, renewed["access_token"])
        answer = consenting("GET", f"/v0.10/operation/endpoint/{host.id}/ls")
        # The restored token has the consent, but its login had no second factor.
        assert answer.document["code"] == "AuthorizationRequired"
        grant = {"grant_type": "client_credentials", "scope": TRANSFER_ALL}
        assert auth("POST", "/v2/oauth2/token", form=grant, basic=(app, secret)).status == 200
    with Sandbox(tmp_path) as globus:
        # The new token was saved before it was sent, so the old token is replaced.
        assert Http(globus.auth_url)("POST", "/v2/oauth2/token", form=form).document["error"] == "invalid_grant"


def test_a_collection_is_found_again_after_a_folder_that_was_refused(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as globus:
        id = globus.add_collection("Host").id
    (tmp_path / "file").touch()
    with Sandbox(tmp_path) as globus:
        with pytest.raises(OSError, match="file"):
            globus.add_collection("Host", tmp_path / "file")
        assert globus.add_collection("Host").id == id


def test_the_file_is_private_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / FILE_NAME
    with Sandbox(tmp_path) as globus:
        globus.add_collection("A")
        before = file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        def fail(*args: Any) -> None:
            raise OSError("The disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", fail)
            with pytest.raises(OSError, match="disk is full"):
                globus.add_collection("B")
        assert file.read_text() == before
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(FILE_NAME)] == [FILE_NAME]
    assert len(json.loads(file.read_text())["collections"]) == 2


def test_what_is_only_read_is_not_written(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as globus:
        transfer = transfer_of(globus)
        before = (tmp_path / FILE_NAME).stat()
        assert transfer("GET", "/v0.10/task_list").status == 200
        assert transfer("POST", "/v0.10/bookmark", document={}).status == 400
        after = (tmp_path / FILE_NAME).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 99}', "\0"])
def test_foreign_files_are_not_overwritten(tmp_path: Path, text: str) -> None:
    file = tmp_path / FILE_NAME
    file.write_text(text)
    with pytest.raises(ValueError, match="was not written by a sandbox"):
        Sandbox(tmp_path)
    assert file.read_text() == text


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    with Sandbox() as globus:
        globus.add_collection("A", tmp_path / "a")
        globus.add_identity(Identity("x@sandbox.example"))
    assert [path.name for path in tmp_path.rglob("*")] == ["a"]
