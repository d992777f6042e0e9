"""The real globus-cli logs in at the sandbox and works there.

It pins a release of globus-sdk, so it needs an environment of its own: ``pipx install globus-cli``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from globus_transport.sandbox import Collection, Sandbox
from tests.sandbox.test_sandbox_cli import Running

_GLOBUS = shutil.which("globus")

pytestmark = pytest.mark.skipif(_GLOBUS is None, reason="globus-cli is missing: pipx install globus-cli")


class Shell:
    """A shell of a user whose home is empty."""

    def __init__(self, home: Path, variables: Mapping[str, str]) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GLOBUS_")}
        self._environ = {**clean, **variables, "HOME": str(home), "no_proxy": "127.0.0.1"}

    def __call__(self, *command: str, status: int = 0) -> str:
        done = subprocess.run([str(_GLOBUS), *command], env=self._environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def log_in(self, globus: Sandbox, *command: str) -> str:
        """Run a command that shows an authorize URL, open it, and type in the code."""
        with subprocess.Popen(
            [str(_GLOBUS), *command, "--no-local-server"],
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout
                url = next(line.strip() for line in process.stdout if line.startswith("http"))
                output, _ = process.communicate(globus.approve(url) + "\n", timeout=60)
                assert process.returncode == 0, output
                return output
            finally:
                process.kill()


@pytest.fixture
def collection(globus: Sandbox) -> Collection:
    collection = globus.add_collection("Laptop")
    (collection.folder / "notes.txt").write_text("hello")
    return collection


def test_a_person_logs_in_works_and_logs_out(globus: Sandbox, collection: Collection, tmp_path: Path) -> None:
    run = Shell(tmp_path, globus.environ)
    assert "successfully logged in" in run.log_in(globus, "login")
    assert run("whoami") == f"{globus.user.username}\n"
    assert run("ls", f"{collection.id}:/") == "notes.txt\n"
    assert globus.user.id in run("session", "show")
    run.log_in(globus, "session", "update", globus.user.username)
    assert globus.grants["authorization_code"] == 2
    assert "logged out" in run("logout", "--yes")
    assert "Missing login" not in run("whoami", status=4)


def test_with_the_printed_variables_the_client_works_on_the_printed_collections(tmp_path: Path) -> None:
    with Running() as sandbox:
        run = Shell(tmp_path, sandbox.environ)
        client_id = sandbox.environ["GLOBUS_CLI_CLIENT_ID"]
        assert run("whoami") == f"{client_id}@clients.auth.globus.org\n"
        source, destination = (line.split()[2] for line in sandbox.lines if line.startswith("# collection "))
        (sandbox.folders[0] / "notes.txt").write_text("hello")
        assert run("ls", f"{source}:/") == "notes.txt\n"
        submitted = run("transfer", f"{source}:/notes.txt", f"{destination}:/copy.txt", "--format", "json")
        run("task", "wait", json.loads(submitted)["task_id"], "--polling-interval", "1", "--timeout", "20")
        assert (sandbox.folders[1] / "copy.txt").read_text() == "hello"
        assert client_id in run("endpoint", "role", "list", source)
        sandbox.end(signal.SIGTERM)
