"""The command that runs a sandbox."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

import pytest

from globus_transport.sandbox import Sandbox, cli
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

COMMAND = [sys.executable, "-m", "globus_transport", "sandbox"]


def read_start(output: IO[str]) -> tuple[list[str], list[Path]]:
    """What a sandbox prints when it has started.

    :return: the lines, and the folders of the collections
    """
    lines: list[str] = []
    for line in output:
        lines.append(line.rstrip("\n"))
        if "stops the sandbox" in line:
            break
    return lines, [Path(line.rpartition(": ")[2]) for line in lines if line.startswith("# collection ")]


class Running:
    """A sandbox in a subprocess, and its output. The process ends with the ``with`` block in any case."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True)
        try:
            self._read_start()
        except BaseException:
            self.__exit__()
            raise

    def _read_start(self) -> None:
        assert self.process.stdout
        self.lines, self.folders = read_start(self.process.stdout)
        exports = (line.removeprefix("export ").partition("=") for line in self.lines if line.startswith("export "))
        self.environ = {name: value for name, _, value in exports}

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        with self.process:
            # No more than that if it has ended.
            self.process.kill()


@pytest.fixture
def running() -> Iterator[Running]:
    with Running("--access-token-lifetime", "1234") as running:
        yield running
        # Not kill(): the sandbox has to remove its folder.
        running.end(signal.SIGTERM)


def test_a_program_reads_what_it_serves_as_json() -> None:
    with subprocess.Popen([*COMMAND, "--json"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            printed = json.loads(process.stdout.readline())
            # The control API says the same.
            assert Http(printed["control"])("GET", "/_sandbox/info").document == printed
            assert printed["services"]["auth"] == printed["environ"]["GLOBUS_SDK_SERVICE_URL_AUTH"]
            assert [found["display_name"] for found in printed["collections"]] == [
                "Sandbox source",
                "Sandbox destination",
            ]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_further_host_name_a_limit_of_bodies_and_ports() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Running("--host-name", "globus.test", "--max-body-size", "100", "--port", f"control={port}") as running:
        control = Http(f"http://127.0.0.1:{port}/")
        assert control("GET", "/_sandbox/info").document["control"] == f"http://127.0.0.1:{port}/"
        transfer = Http(running.environ["GLOBUS_SDK_SERVICE_URL_TRANSFER"])
        for host, status in (("globus.test", 401), ("other.test", 421)):
            assert transfer("GET", "/v0.10/task_list", headers={"Host": host}).status == status
        assert transfer("POST", "/v0.10/transfer", body=bytes(101)).status == 413
        assert running.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("port", ["groups", "groups=x", "other=8003", "groups=-1"])
def test_a_port_that_makes_no_sense(port: str) -> None:
    done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert port.partition("=")[0] in done.stderr


def test_settings_work_and_what_it_prints_can_be_tried(running: Running) -> None:
    assert set(running.environ) == {
        "GLOBUS_SDK_SERVICE_URL_AUTH",
        "GLOBUS_SDK_SERVICE_URL_TRANSFER",
        "GLOBUS_SDK_SERVICE_URL_GROUPS",
        "GLOBUS_SDK_SERVICE_URL_SEARCH",
        "GLOBUS_SDK_SERVICE_URL_FLOWS",
        "GLOBUS_SDK_SERVICE_URL_TIMER",
        "GLOBUS_SDK_SERVICE_URL_COMPUTE",
        "GLOBUS_CLI_CLIENT_ID",
        "GLOBUS_CLI_CLIENT_SECRET",
    }
    secret = running.environ["GLOBUS_CLI_CLIENT_ID"], running.environ["GLOBUS_CLI_CLIENT_SECRET"]
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL}
    answer = Http(running.environ["GLOBUS_SDK_SERVICE_URL_AUTH"])("POST", "/v2/oauth2/token", form=form, basic=secret)
    assert answer.document["expires_in"] == 1234
    assert len(running.folders) == 2
    assert all(folder.is_dir() for folder in running.folders)

    if not shutil.which("curl"):
        pytest.skip("The commands to try are for curl")
    commands = [line.removeprefix("#   ") for line in running.lines if line.startswith("#   ")]
    assert len(commands) == 2
    environ = {**os.environ, **running.environ, "no_proxy": "127.0.0.1"}
    tried = subprocess.run(
        ["sh", "-c", "\n".join(commands)], env=environ, capture_output=True, text=True, check=True, timeout=30
    )
    assert [endpoint["display_name"] for endpoint in json.loads(tried.stdout)["DATA"]] == [
        "Sandbox source",
        "Sandbox destination",
    ]


def test_all_lines_can_be_read_by_a_shell(running: Running) -> None:
    script = "\n".join([*running.lines, 'echo "$GLOBUS_SDK_SERVICE_URL_AUTH"'])
    read = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert read.stdout == running.environ["GLOBUS_SDK_SERVICE_URL_AUTH"] + "\n"
    assert read.stderr == ""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_cleans_up(running: Running, how: signal.Signals) -> None:
    home = running.folders[0].parent
    assert home.exists()
    assert running.end(how) == 0
    assert not home.exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_cleans_up_in_the_background_of_a_script(how: signal.Signals) -> None:
    # A shell that is not interactive starts a background job with SIGINT ignored, and Python keeps that.
    script = f'{shlex.join(COMMAND)} & sandbox=$!; read how; kill -s "$how" $sandbox; wait $sandbox'
    shell = subprocess.Popen(
        ["sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert shell.stdout
        _, folders = read_start(shell.stdout)
        assert folders[0].exists()
        _, errors = shell.communicate(f"{how.name.removeprefix('SIG')}\n", timeout=20)
        assert (shell.returncode, errors) == (0, "")
        assert not folders[0].parent.exists()
    finally:
        # Ends the sandbox too if it did not end by itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()


def test_further_signals_do_not_disturb_the_cleanup(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("globus_transport.sandbox.cli.time.sleep", lambda seconds: signal.raise_signal(signal.SIGTERM))
    close = Sandbox.close

    def close_while_signals_come(sandbox: Sandbox) -> None:
        for how in (signal.SIGINT, signal.SIGTERM):
            signal.raise_signal(how)
        close(sandbox)

    monkeypatch.setattr(Sandbox, "close", close_while_signals_come)
    assert cli.main([]) == 0
    _, folders = read_start(io.StringIO(capsys.readouterr().out))
    assert not folders[0].parent.exists()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_given_folder_stays(tmp_path: Path) -> None:
    # The second sandbox finds the collections of the first.
    for _ in range(2):
        with Running("--folder", str(tmp_path)) as running:
            assert running.end(signal.SIGINT) == 0
        names = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
        assert sorted(names) == ["Sandbox-destination", "Sandbox-source"]


def test_it_says_why_it_cannot_start(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert cli.main(["--auth-port", str(taken.getsockname()[1])]) == 1
    assert "in use" in capsys.readouterr().err
    assert cli.main(["--transfer-port", "70000"]) == 1
    assert "port must be" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert cli.main(["--folder", str(tmp_path / "file")]) == 1
    assert "could not start" in capsys.readouterr().err
    for empty in ("--folder", "--seed"):
        assert cli.main([empty, ""]) == 1
        assert f"{empty[2:]}=''" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is before


def test_ctrl_c_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("globus_transport.sandbox.cli.time.sleep", interrupt)
    assert cli.main(["--task-delay", "1", "--token-delay", "2"]) == 0
    assert "export GLOBUS_SDK_SERVICE_URL_AUTH=http://127.0.0.1:" in capsys.readouterr().out


def test_a_name_that_is_no_utf_8_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with Sandbox(tmp_path) as globus:
        globus.add_collection("Data \ud800")

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("globus_transport.sandbox.cli.time.sleep", interrupt)
    assert cli.main(["--folder", str(tmp_path)]) == 0
    assert r"(Data \ud800)" in capsys.readouterr().out


def read_owner(lines: list[str]) -> str:
    (line,) = [line for line in lines if line.startswith("# person who logs in")]
    return line.rpartition("(")[2].rstrip(")")


def test_what_it_prints_belongs_to_the_person_and_the_client_administers_it(running: Running) -> None:
    secret = running.environ["GLOBUS_CLI_CLIENT_ID"], running.environ["GLOBUS_CLI_CLIENT_SECRET"]
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL}
    auth = Http(running.environ["GLOBUS_SDK_SERVICE_URL_AUTH"])
    token = auth("POST", "/v2/oauth2/token", form=form, basic=secret).document["access_token"]
    transfer = Http(running.environ["GLOBUS_SDK_SERVICE_URL_TRANSFER"], token)
    ids = [line.split()[2] for line in running.lines if line.startswith("# collection ")]
    assert len(ids) == 2
    for id in ids:
        assert transfer("GET", f"/v0.10/endpoint/{id}").document["owner_id"] == read_owner(running.lines)
        roles = transfer("GET", f"/v0.10/endpoint/{id}/role_list").document["DATA"]
        assert [(role["principal"], role["role"]) for role in roles if role["principal"] == secret[0]] == [
            (secret[0], "administrator")
        ]
        rule = {"principal_type": "all_authenticated_users", "principal": "", "path": "/", "permissions": "r"}
        assert transfer("GET", f"/v0.10/operation/endpoint/{id}/ls").status == 200
        assert transfer("POST", f"/v0.10/endpoint/{id}/access", document=rule).status != 403
    assert transfer("DELETE", f"/v0.10/endpoint/{ids[0]}").status == 200


def test_client_ids_and_the_login_page_are_options(tmp_path: Path) -> None:
    ids = ["11111111-2222-3333-4444-555555555555", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"]
    options = [text for id in ids for text in ("--client-id", id)]
    # With a folder, the second sandbox finds the clients and roles of the first.
    for _ in range(2):
        with Running(*options, "--login-page", "--folder", str(tmp_path)) as running:
            auth = Http(running.environ["GLOBUS_SDK_SERVICE_URL_AUTH"])
            for id in ids:
                query = {
                    "client_id": id,
                    "redirect_uri": "http://localhost/",
                    "scope": "openid",
                    "response_type": "code",
                    "code_challenge": "c" * 43,
                }
                answer = auth("GET", "/v2/oauth2/authorize", query=query)
                assert (answer.status, b"<form" in answer.body) == (200, True)
            running.end(signal.SIGINT)


def test_a_client_id_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--client-id", "my-app"]) == 1
    assert "UUID" in capsys.readouterr().err
