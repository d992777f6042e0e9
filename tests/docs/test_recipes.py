"""The programs of the recipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AuthClient,
    DeleteData,
    NetworkError,
    TransferClient,
    TransferScopes,
    Transport,
)
from globus_transport.sandbox import Collection, Sandbox
from globus_transport.terminals import tls
from globus_transport.testing.loopback_server import ScriptedServer, answering, head, once, whole
from tests.docs.examples import DOCS, EXAMPLES, RunExample
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies

COLLECTION_ID = "1b2c3d4e-0000-4000-8000-000000000000"
TOKEN = {"COLLECTION_ID": COLLECTION_ID, "HTTPS_TOKEN": "a-token"}


@pytest.fixture
def token(globus: Sandbox) -> str:
    return globus.issue_token(TransferScopes.all).access_token


@pytest.mark.parametrize("changed", [False, True], ids=["the rest", "all of a file that has changed"])
def test_a_download_that_breaks_is_continued(
    run: RunExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changed: bool
) -> None:
    forget_proxies(monkeypatch)
    first = head("200 OK", "Content-Length: 10", 'ETag: "v1"') + b"0123"
    rest = whole(b"456789", "206 Partial Content", "Content-Range: bytes 4-9/10", 'ETag: "v1"')
    new = whole(b"something new", "200 OK", 'ETag: "v2"')
    scripts = iter([once(first), once(new if changed else rest)])
    target = tmp_path / "image.h5"
    with ScriptedServer(lambda peer: next(scripts)(peer)) as server:
        run("recipes/download.py", ADDRESS=server.origin, PATH="/image.h5", TARGET=str(target), **TOKEN)
    assert target.read_bytes() == (b"something new" if changed else b"0123456789")
    assert [file.name for file in tmp_path.iterdir()] == ["image.h5"]
    second = server.requests[1]
    assert (second["Range"], second["If-Range"]) == ("bytes=4-", '"v1"')
    assert capsys.readouterr().out.endswith("\r100%")


@pytest.mark.parametrize("length", [10, 7], ids=["complete", "longer than the file"])
def test_a_part_that_the_server_has_nothing_more_of(
    run: RunExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    forget_proxies(monkeypatch)
    target = tmp_path / "image.h5"
    target.with_name("image.h5.part").write_bytes(b"0123456789")
    target.with_name("image.h5.etag").write_text('"v1"')
    refusal = whole(b"", "416 Range Not Satisfiable", f"Content-Range: bytes */{length}")
    scripts = iter([once(refusal), once(whole(b"newfile", "200 OK", 'ETag: "v2"'))])
    with ScriptedServer(lambda peer: next(scripts)(peer)) as server:
        run("recipes/download.py", ADDRESS=server.origin, PATH="/image.h5", TARGET=str(target), **TOKEN)
    assert target.read_bytes() == (b"0123456789" if length == 10 else b"newfile")
    assert [file.name for file in tmp_path.iterdir()] == ["image.h5"]


def test_an_upload(run: RunExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)
    file = tmp_path / "image.h5"
    file.write_bytes(b"an image")
    with ScriptedServer(answering(whole(b"", "201 Created"))) as server:
        run("recipes/upload.py", ADDRESS=server.origin, PATH="/in/image.h5", FILE=str(file), **TOKEN)
    (request,) = server.requests
    assert (request.line, request.body) == ("PUT /in/image.h5 HTTP/1.1", b"an image")
    assert request["Authorization"] == "Bearer a-token"


def test_all_pages(globus: Sandbox, token: str, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    collection = globus.add_collection("Somewhere")
    ids = []
    with TransferClient(base_url=globus.transfer_url, authorizer=AccessTokenAuthorizer(token)) as client:
        for number in range(5):
            data = DeleteData(collection.id)
            data.add_item(f"/{number}.txt")
            ids.append(client.submit_delete(data)["task_id"])
    run("recipes/all_pages.py", ACCESS_TOKEN=token)
    lines = capsys.readouterr().out.splitlines()
    assert sorted(lines[:5]) == sorted(ids)
    assert lines[5:] == ["3 newest", "2 of 5", "2 of 5", "1 of 5"]


@pytest.mark.usefixtures("no_pauses")
def test_a_thousand_files(
    globus: Sandbox, token: str, run: RunExample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, destination = globus.add_collection("Instrument"), globus.add_collection("Archive")
    names = [f"{number}.txt" for number in range(1000)]
    (source.folder / "run-7").mkdir()
    (destination.folder / "2026" / "run-7").mkdir(parents=True)
    for name in names:
        (source.folder / "run-7" / name).write_text(name)
    listed = tmp_path / "files.txt"
    listed.write_text("\n".join(names))
    constants = {"SOURCE": source.id, "DESTINATION": destination.id, "LIST": str(listed), "ACCESS_TOKEN": token}
    run("recipes/thousand_files.py", **constants)
    assert capsys.readouterr().out.splitlines()[-1] == "SUCCEEDED 1000 of 1000"
    assert (destination.folder / "2026" / "run-7" / "999.txt").read_text() == "999.txt"


def _folders(globus: Sandbox, count: int) -> Collection:
    """A collection with the folders run-1, run-2 ..., each with as many files of one byte as its number says."""
    collection = globus.add_collection("Instrument")
    for number in range(1, count + 1):
        folder = collection.folder / f"run-{number}"
        folder.mkdir()
        for name in range(number):
            (folder / str(name)).write_bytes(b"x")
    return collection


def test_gather_with_a_limit(globus: Sandbox, token: str, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    collection = _folders(globus, 12)
    run("recipes/gather_with_limit.py", COLLECTION=collection.id, ACCESS_TOKEN=token)
    expected = [f"run-{number} {number}" for number in range(1, 13)]
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(expected)


def test_several_processes_make_one_grant(globus: Sandbox, tmp_path: Path) -> None:
    # The processes import the program, so it runs as a file.
    collection = _folders(globus, 4)
    variables = {
        "HOME": str(tmp_path),
        "GLOBUS_CLIENT_ID": globus.client_id,
        "GLOBUS_CLIENT_SECRET": globus.client_secret,
        "COLLECTION": collection.id,
    }
    command = [sys.executable, str(EXAMPLES / "recipes" / "several_processes.py")]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, timeout=50)
    assert done.stdout.splitlines() == [f"/run-{number}/ {number}" for number in (1, 2, 3, 4)], done.stderr
    assert globus.grants == {"client_credentials": 1}


def test_the_check_of_the_connection(
    run: RunExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forget_proxies(monkeypatch)
    (tmp_path / "other").mkdir()
    ours, other = Authority(tmp_path), Authority(tmp_path / "other")
    document = whole(b'{"issuer": "https://auth.example.org"}', "200 OK", "Content-Type: application/json")
    with ScriptedServer(answering(document), tls=ours.server_context("127.0.0.1")) as server:
        monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", server.origin)
        run("recipes/check_connection.py", CA_FILE=str(ours.file))
        assert capsys.readouterr().out.splitlines()[-1] == "connected to https://auth.example.org"
        run("recipes/check_connection.py", CA_FILE=str(other.file))
    assert "certificate verify failed" in capsys.readouterr().out.splitlines()[-1]


_CA_SETTINGS = ["verify_ssl", "GLOBUS_SDK_VERIFY_SSL", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]


@pytest.mark.parametrize("first", _CA_SETTINGS)
@pytest.mark.parametrize("is_trusted", [True, False])
def test_the_first_setting_says_which_certificates_are_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, is_trusted: bool
) -> None:
    """The numbered list of the page on proxies: a setting counts alone, whatever those below it say."""
    forget_proxies(monkeypatch)
    # A context of an earlier test was made without SSL_CERT_FILE.
    monkeypatch.setattr(tls, "_shared", tls._SharedContexts())
    (tmp_path / "other").mkdir()
    ours, other = Authority(tmp_path), Authority(tmp_path / "other")
    rank = _CA_SETTINGS.index(first)
    for name in _CA_SETTINGS[1:]:
        monkeypatch.delenv(name, raising=False)
    for name in _CA_SETTINGS[max(rank, 1) :]:
        monkeypatch.setenv(name, str((ours if (name == first) is is_trusted else other).file))
    verify_ssl = str((ours if is_trusted else other).file) if rank == 0 else None
    document = whole(b'{"issuer": "https://auth.example.org"}', "200 OK", "Content-Type: application/json")
    with (
        ScriptedServer(answering(document), tls=ours.server_context("127.0.0.1")) as server,
        AuthClient(base_url=server.origin, transport=Transport(verify_ssl=verify_ssl)) as client,
    ):
        if is_trusted:
            assert client.get_openid_configuration()["issuer"] == "https://auth.example.org"
        else:
            with pytest.raises(NetworkError, match="certificate verify failed"):
                client.get_openid_configuration()


def test_the_page_names_these_settings_in_this_order() -> None:
    page = (DOCS / "recipes" / "proxies.rst").read_text("utf-8")
    places = [
        page.index(f"{number}. ``{start}")
        for number, start in enumerate(["Transport(verify_ssl=", *_CA_SETTINGS[1:]], 1)
    ]
    assert places == sorted(places)
