"""The programs of the page on getting started."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    RetryConfig,
    TransferAPIError,
    TransferClient,
    TransferScopes,
    Transport,
)
from globus_transport.sandbox import Collection, Sandbox
from tests.docs.examples import RunExample

MOST_RETRIES = RetryConfig().max_retries


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("name", ["first_transfer.py", "first_transfer_async.py"])
def test_the_first_transfer(
    name: str, globus: Sandbox, run: RunExample, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLOBUS_CLI_CLIENT_ID", globus.client_id)
    monkeypatch.setenv("GLOBUS_CLI_CLIENT_SECRET", globus.client_secret)
    source, destination = globus.add_collection("Sandbox source"), globus.add_collection("Sandbox destination")
    (source.folder / "hello.txt").write_bytes(b"Hello")
    run(f"getting_started/{name}")
    lines = [line for line in capsys.readouterr().out.splitlines() if line != "still running ..."]
    assert lines == ["SUCCEEDED", "file hello.txt 5"]
    assert (destination.folder / "copied" / "hello.txt").read_bytes() == b"Hello"
    assert globus.grants == {"client_credentials": 1}


class LogIn:
    """The program that logs a user in. Several runs have the same home directory."""

    def __init__(self, globus: Sandbox, run: RunExample, home: Path) -> None:
        self.globus = globus
        self.run = run
        self.file = home / ".my-app-tokens.json"
        self.logins = 0

    def __call__(self) -> TransferClient:
        client = self.run("getting_started/log_in.py", CLIENT_ID=self.globus.native_client_id)["client"]
        assert isinstance(client, TransferClient)
        return client

    def stored(self) -> dict[str, Any]:
        tokens: dict[str, Any] = json.loads(self.file.read_text())
        return tokens


@pytest.fixture
def log_in(
    globus: Sandbox,
    run: RunExample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> LogIn:
    program = LogIn(globus, run, tmp_path)

    def answer(_prompt: str) -> str:
        program.logins += 1
        match = re.search(r"Log in here: (\S+)", capsys.readouterr().out)
        assert match is not None
        return f" {globus.approve(match[1])}\n"

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr("builtins.input", answer)
    return program


def test_a_login_is_stored_and_used_again(globus: Sandbox, log_in: LogIn) -> None:
    for _ in range(2):
        assert log_in().task_list()["DATA"] == []
    assert log_in.logins == 1
    assert log_in.file.stat().st_mode & 0o077 == 0
    assert globus.grants == {"authorization_code": 1}


def test_a_new_refresh_token_is_stored(globus: Sandbox, log_in: LogIn) -> None:
    client = log_in()
    first = log_in.stored()
    globus.revoke_all_access_tokens()
    assert client.task_list()["DATA"] == []
    second = log_in.stored()
    assert first["refresh_token"] != second["refresh_token"]
    assert first["access_token"] != second["access_token"]
    # The next run uses the tokens that this one stored.
    globus.revoke_all_access_tokens()
    assert log_in().task_list()["DATA"] == []
    assert log_in.logins == 1


def test_a_refresh_token_that_stays_valid_is_kept(globus: Sandbox, log_in: LogIn) -> None:
    globus.rotate_refresh_tokens = False
    client = log_in()
    first = log_in.stored()
    globus.revoke_all_access_tokens()
    assert client.task_list()["DATA"] == []
    second = log_in.stored()
    assert second["refresh_token"] == first["refresh_token"] is not None
    assert second["access_token"] != first["access_token"]


ListFolder = Callable[[TransferClient, str, str], list[str]]


@pytest.fixture
def list_folder(run: RunExample) -> ListFolder:
    function: ListFolder = run("getting_started/handle_errors.py")["list_folder"]
    return function


@pytest.fixture
def collection(globus: Sandbox) -> Collection:
    collection = globus.add_collection("here")
    (collection.folder / "file").write_bytes(b"")
    return collection


@pytest.fixture
def authorizer(globus: Sandbox) -> AccessTokenAuthorizer:
    return AccessTokenAuthorizer(globus.issue_token(TransferScopes.all).access_token)


def test_nothing_goes_wrong(list_folder: ListFolder, collection: Collection, authorizer: AccessTokenAuthorizer) -> None:
    with TransferClient(authorizer=authorizer) as client:
        assert list_folder(client, collection.id, "/") == ["file"]


def test_the_login_has_ended(globus: Sandbox, list_folder: ListFolder, collection: Collection) -> None:
    with NativeAppAuthClient(globus.native_client_id) as auth_client:
        authorizer = RefreshTokenAuthorizer("of-long-ago", auth_client)
        with TransferClient(authorizer=authorizer) as client:
            assert list_folder(client, collection.id, "/") == ["the login has ended: log in again"]


def test_a_consent_is_missing(
    globus: Sandbox, list_folder: ListFolder, collection: Collection, authorizer: AccessTokenAuthorizer
) -> None:
    document = {"code": "ConsentRequired", "message": "no consent", "required_scopes": ["scope-a", "scope-b"]}
    globus.faults.add(403, body=document)
    with TransferClient(authorizer=authorizer) as client:
        (reason,) = list_folder(client, collection.id, "/")
    assert reason == "log in again, and ask for scope-a scope-b too"


def test_a_folder_is_not_there(
    list_folder: ListFolder, collection: Collection, authorizer: AccessTokenAuthorizer
) -> None:
    with TransferClient(authorizer=authorizer) as client:
        (reason,) = list_folder(client, collection.id, "/nowhere/")
    assert reason.startswith("not there: No such file")


def test_any_other_refusal_is_raised(
    globus: Sandbox, list_folder: ListFolder, collection: Collection, authorizer: AccessTokenAuthorizer
) -> None:
    globus.faults.add(403)
    with TransferClient(authorizer=authorizer) as client, pytest.raises(TransferAPIError) as refused:
        list_folder(client, collection.id, "/")
    assert refused.value.http_status == 403


def test_the_service_is_too_slow(
    globus: Sandbox, list_folder: ListFolder, collection: Collection, authorizer: AccessTokenAuthorizer
) -> None:
    globus.faults.add(delay=60)
    impatient = Transport(http_timeout=0.1)
    with TransferClient(authorizer=authorizer, transport=impatient, retry_config=RetryConfig(max_retries=0)) as client:
        assert list_folder(client, collection.id, "/") == ["the service is too slow today"]


@pytest.mark.usefixtures("no_pauses")
def test_no_answer_after_all_retries(
    globus: Sandbox, list_folder: ListFolder, collection: Collection, authorizer: AccessTokenAuthorizer
) -> None:
    globus.faults.add(drop=True, times=None)
    with TransferClient(authorizer=authorizer) as client:
        (reason,) = list_folder(client, collection.id, "/")
    assert reason.startswith("no answer, after all retries: ")
    assert globus.requests.count(path="*/ls") == 1 + MOST_RETRIES
