"""The real globus-cli logs in at the sandbox and works there.

It pins a release of globus-sdk, so it needs an environment of its own: ``pipx install globus-cli``, or any other
environment, with its ``globus`` in the variable ``GLOBUS_CLI``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from globus_transport import AccessTokenAuthorizer, FlowsClient
from globus_transport.sandbox import Collection, Identity, Sandbox
from globus_transport.sandbox.groups.policies import default_policies
from tests.sandbox.globus_cli_commands import COMMANDS, NOT_RUN, RUN_ELSEWHERE, Command
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http
from tests.sandbox.test_sandbox_cli import Running

_GLOBUS = os.environ.get("GLOBUS_CLI") or shutil.which("globus")
_RUNNER = Path(__file__).with_name("globus_cli_runner.py")
_REGISTERED_API = {
    "name": "images",
    "description": "Reads the list of images",
    "created_timestamp": "2026-03-02T10:11:12+00:00",
    "edited_timestamp": "2026-03-02T10:11:12+00:00",
    "updated_timestamp": "2026-03-02T10:11:12+00:00",
    "status": "ACTIVE",
    "subscription_id": None,
    "scheduled_deletion_timestamp": None,
    "roles": {"owners": [], "administrators": [], "viewers": ["public"]},
    "state_input_schema": {"type": "object"},
    "data_templates": {},
    "target": {},
}
_ANYTHING = {"type": "object"}
_WAIT_FOR_OPTION = "https://actions.globus.org/weboption/wait_for_option"

pytestmark = pytest.mark.skipif(
    _GLOBUS is None, reason="globus-cli is missing: pipx install globus-cli, or GLOBUS_CLI=/path/to/globus"
)


class Shell:
    """A shell of a user whose home is empty."""

    def __init__(self, home: Path, variables: Mapping[str, str]) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GLOBUS_")}
        self._environ = {**clean, **variables, "HOME": str(home), "no_proxy": "127.0.0.1"}

    def __call__(self, *command: str, status: int = 0) -> str:
        done = subprocess.run([str(_GLOBUS), *command], env=self._environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def run_all(self, commands: Sequence[Command], variables: Mapping[str, str]) -> dict[str, Any]:
        """Run commands in one process, with the Python of globus-cli, and get the runner's results."""
        python = Path(str(_GLOBUS)).resolve().with_name("python")
        document = {"variables": dict(variables), "commands": [attrs.asdict(command) for command in commands]}
        done = subprocess.run(
            [python, _RUNNER],
            env=self._environ,
            input=json.dumps(document),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

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
    run.log_in(globus, "session", "consent", TRANSFER_ALL)
    assert globus.grants["authorization_code"] == 3
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


def _paused_task(globus: Sandbox, source: Collection, destination: Collection) -> str:
    transfer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)
    globus.task_delay = 3600.0
    item = {"DATA_TYPE": "transfer_item", "source_path": "/notes.txt", "destination_path": "/later.txt"}
    document = {
        "DATA_TYPE": "transfer",
        "submission_id": transfer("GET", "/v0.10/submission_id").document["value"],
        "source_endpoint": source.id,
        "destination_endpoint": destination.id,
        "DATA": [item],
    }
    task: str = transfer("POST", "/v0.10/transfer", document=document).document["task_id"]
    pause = {"message": "Maintenance", "task_id_list": [task]}
    assert transfer("POST", "/v0.10/endpoint_manager/admin_pause", document=pause).status == 200
    globus.task_delay = 0.0
    return task


def _asking_flow(globus: Sandbox) -> str:
    page = {"options": [{"name": "Yes"}], "selectable_by": [f"urn:globus:auth:identity:{globus.user.id}"]}
    ask = {"Type": "Action", "ActionUrl": _WAIT_FOR_OPTION, "Parameters": {"landing_page": page}, "End": True}
    token = globus.issue_token("https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all")
    with FlowsClient(authorizer=AccessTokenAuthorizer(token.access_token)) as flows:
        flow: str = flows.create_flow("Asking", {"StartAt": "Ask", "States": {"Ask": ask}}, _ANYTHING)["id"]
    return flow


def _variables(globus: Sandbox, laptop: Collection) -> dict[str, str]:
    """What the commands work on: all that globus-cli has no command to make."""
    desk = globus.add_collection("Desk")
    cluster = globus.add_collection("Cluster", entity_type="GCSv5_mapped_collection")
    grace, mary = (globus.add_identity(Identity(f"{name}@sandbox.example")) for name in ("grace", "mary"))
    group = globus.add_group()
    ours = {name: globus.add_group() for name in ("pending",)}
    visible = {**default_policies(), "group_visibility": "authenticated"}
    hers = {name: globus.groups.add([grace.id], policies=visible) for name in ("invited", "declined", "open")}
    for member in grace, mary:
        globus.groups.set_member(ours["pending"], member, status="pending")
    for name in ("invited", "declined"):
        globus.groups.set_member(hers[name], globus.user, status="invited")
    globus.groups.allow_joining(hers["open"])
    return {
        **ours,
        **hers,
        "laptop": laptop.id,
        "desk": desk.id,
        "cluster": cluster.id,
        "id": str(uuid.uuid4()),
        "gcs": globus.connect_server.endpoint_id,
        "user": globus.user.id,
        "username": globus.user.username,
        "grace": grace.id,
        "mary": mary.id,
        "group": group,
        "subscription": globus.groups.add_subscription(group),
        "paused": _paused_task(globus, laptop, desk),
        "flow": _asking_flow(globus),
        "api": globus.flows.apis.add(_REGISTERED_API)["id"],
        "point": globus.add_stream_access_point("Point", laptop),
        "other_point": globus.add_stream_access_point("Other point", desk),
    }


def test_the_commands_work_and_those_that_do_not_tell_why(
    globus: Sandbox, collection: Collection, tmp_path: Path
) -> None:
    variables = _variables(globus, collection)
    run = Shell(tmp_path, globus.environ)
    flow, gcs = variables["flow"], variables["gcs"]
    run.log_in(globus, "login", "--gcs", gcs, "--flow", flow, "--timer", f"flow:{flow}")
    answer = run.run_all(COMMANDS, variables)
    wrong = [
        f"globus {command.words}: {result}"
        for command, result in zip(COMMANDS, answer["results"], strict=True)
        if (result["status"] != 0) != bool(command.reason) or result["expected"] not in result["output"]
    ]
    assert not wrong, "\n".join(wrong)
    works = {command.words: not command.reason for command in COMMANDS}
    ran = {name: works[words] for name in answer["names"] for words in works if f"{words} ".startswith(f"{name} ")}
    assert set(answer["names"]) == {*ran, *RUN_ELSEWHERE, *NOT_RUN}
    assert sum(ran.values()) >= 90
