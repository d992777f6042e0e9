"""The programs of the pages on common tasks and on testing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from globus_transport import AccessTokenAuthorizer, TransferAPIError, TransferClient, TransferScopes
from globus_transport.sandbox import Identity, Sandbox
from tests.docs.examples import EXAMPLES, RunExample


def _client_of(globus: Sandbox, user: Identity | None = None) -> TransferClient:
    token = globus.issue_token(TransferScopes.all, user=user)
    return TransferClient(authorizer=AccessTokenAuthorizer(token.access_token), base_url=globus.transfer_url)


@pytest.mark.usefixtures("no_pauses")
def test_the_nightly_copy(globus: Sandbox, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    source, destination = globus.add_collection("Instrument"), globus.add_collection("Archive")
    (source.folder / "results").mkdir()
    (source.folder / "results" / "new").write_bytes(b"new")
    constants = {
        "CLIENT_ID": globus.client_id,
        "CLIENT_SECRET": globus.client_secret,
        "SOURCE": source.id,
        "DESTINATION": destination.id,
    }
    run("guides/nightly_copy.py", **constants)
    assert capsys.readouterr().out.splitlines()[-1] == "SUCCEEDED"
    assert (destination.folder / "results" / "new").read_bytes() == b"new"


def test_a_shared_folder(globus: Sandbox, run: RunExample) -> None:
    host = globus.add_collection("Host")
    for name in ("shared", "private"):
        (host.folder / name).mkdir()
        (host.folder / name / f"{name}.txt").write_text(name)
    grace = globus.add_identity(Identity("grace@sandbox.example", "Grace"))
    share_folder = run("guides/share_folder.py")["share_folder"]
    with _client_of(globus) as mine, _client_of(globus, grace) as hers:
        guest = share_folder(mine, host.id, "/shared/", grace.id, "For Grace")
        assert [entry["name"] for entry in hers.operation_ls(guest)] == ["shared.txt"]
        with pytest.raises(TransferAPIError) as raised:
            hers.operation_mkdir(guest, "/mine")
        assert raised.value.http_status == 403


def test_the_tests_with_responses() -> None:
    # test_with_responses.py, as its readers run it: without this project's pytest settings.
    tests = EXAMPLES / "testing"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={tests}"]
    done = subprocess.run([*command, str(tests)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
