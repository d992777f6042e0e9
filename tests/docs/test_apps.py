"""The programs of the page on applications."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import keyring
import pytest
import urllib3

from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample
from tests.docs.person import Person


def test_user_app(globus: Sandbox, person: Person, run: RunExample) -> None:
    globus.add_collection("My laptop")
    for _ in range(2):
        run("apps/user_app.py", CLIENT_ID=globus.native_client_id)
        assert person.lines() == ["My laptop"]
    assert person.logins == 1
    globus.revoke_all_access_tokens()
    run("apps/user_app.py", CLIENT_ID=globus.native_client_id)
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}


@pytest.mark.usefixtures("no_pauses")
def test_the_first_page(globus: Sandbox, person: Person, run: RunExample) -> None:
    instrument, archive = globus.add_collection("Instrument"), globus.add_collection("Archive")
    (instrument.folder / "run-7").mkdir()
    (instrument.folder / "run-7" / "image").write_bytes(b"an image")
    (archive.folder / "2026").mkdir()
    constants = {"CLIENT_ID": globus.native_client_id, "INSTRUMENT": instrument.id, "ARCHIVE": archive.id}
    run("first_page/archive.py", **constants)
    assert person.lines()[-1] == "SUCCEEDED"
    assert (archive.folder / "2026" / "run-7" / "image").read_bytes() == b"an image"


class Browser:
    """Opens an address, and follows its redirect."""

    name = "a-browser"

    def open(self, url: str, new: int = 0) -> bool:
        with urllib3.PoolManager() as pool:
            location = pool.request("GET", url, redirect=False).headers["Location"]
            return pool.request("GET", location).status == 200


@pytest.mark.parametrize("remote", [False, True], ids=["here", "in a remote session"])
def test_in_the_browser(
    globus: Sandbox, person: Person, run: RunExample, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    monkeypatch.setattr(webbrowser, "get", Browser)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1" if remote else "")
    run("apps/in_the_browser.py", CLIENT_ID=globus.native_client_id)
    assert person.lines()[-1] == "logged in"
    assert person.logins == (1 if remote else 0)
    assert globus.grants == {"authorization_code": 1}


def test_service(globus: Sandbox, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    run("apps/service.py", CLIENT_ID=globus.client_id, CLIENT_SECRET=globus.client_secret)
    assert capsys.readouterr().out == "0 tasks\n"
    assert globus.grants == {"client_credentials": 1}


def test_consents(globus: Sandbox, person: Person, run: RunExample) -> None:
    collection = globus.add_collection("here")
    (collection.folder / "file").write_bytes(b"")
    globus.require_consent(collection)
    run("apps/consents.py", CLIENT_ID=globus.native_client_id, COLLECTION_ID=collection.id)
    assert person.lines() == ["1 files", "1 files", "the collection requires ConsentRequired", "1 files"]
    assert person.logins == 1 + 2 + 2


def test_many_users(globus: Sandbox, person: Person, run: RunExample, tmp_path: Path) -> None:
    run("apps/many_users.py", CLIENT_ID=globus.native_client_id)
    assert person.lines() == ["ada 0", "grace 0"]
    assert person.logins == 2
    run("apps/many_users.py", CLIENT_ID=globus.native_client_id)
    # Ada was logged out, Grace was not.
    assert person.logins == 3
    assert (tmp_path / ".my-app" / "tokens.db").stat().st_mode & 0o777 == 0o600


def test_several_hosts(globus: Sandbox, run: RunExample, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        run(
            "apps/several_hosts.py", CLIENT_ID=globus.client_id, CLIENT_SECRET=globus.client_secret, REDIS_URL=redis_url
        )
    assert capsys.readouterr().out == "0 tasks\n" * 2
    assert globus.grants == {"client_credentials": 1}


@pytest.mark.usefixtures("system_keyring")
def test_in_the_keyring(globus: Sandbox, person: Person, run: RunExample) -> None:
    globus.add_collection("My laptop")
    for _ in range(2):
        run("apps/in_the_keyring.py", CLIENT_ID=globus.native_client_id)
        assert person.lines() == ["My laptop"]
    assert person.logins == 1
    entry = keyring.get_password(f"my-app ({globus.native_client_id})", "DEFAULT/transfer.api.globus.org")
    assert entry is not None
