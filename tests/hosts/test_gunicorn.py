"""Workers that gunicorn forks use a client that was made before the fork: no shared connection, one renewal."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

pytest.importorskip("gunicorn", reason="install the extra hosts: pip install 'globus_transport[hosts]'")
if not hasattr(os, "fork"):
    pytest.skip("this system has no fork", allow_module_level=True)

import gunicorn.config

from globus_transport import TransferScopes
from globus_transport.sandbox import Sandbox
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole
from tests.terminals.fresh_terminal import PROXY_VARIABLES

APPLICATION = """
import json, os
from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer, TransferClient
from globus_transport.token_storage import JSONTokenStorage

auth_client = NativeAppAuthClient(os.environ["CLIENT_ID"], base_url=os.environ["AUTH_URL"])
authorizer = RefreshTokenAuthorizer(
    os.environ["REFRESH_TOKEN"], auth_client, token_storage=JSONTokenStorage(os.environ["TOKENS"])
)
client = TransferClient(authorizer=authorizer, base_url=os.environ["TRANSFER_URL"])
client.get_task("before-the-fork")


def application(environ, start_response):
    task = client.get_task(environ["PATH_INFO"].strip("/"))
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"worker": os.getpid(), "path": task["path"]}).encode()]
"""


class Transfer:
    """Repeats the path of a request, and refuses tokens that are in ``refused``."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.by_connection: list[list[str]] = []

    def __call__(self, peer: Peer) -> None:
        targets: list[str] = []
        self.by_connection.append(targets)
        while True:
            request = peer.read_request()
            targets.append(request.target)
            peer.pause(0.02)
            if request["Authorization"] in self.refused:
                peer.send(whole(b"{}", "401 Unauthorized"))
            else:
                peer.send(whole(json.dumps({"path": request.target}).encode()))


@contextmanager
def _gunicorn(folder: Path, **variables: str) -> Iterator[str]:
    """The URL of the application under two workers with four threads each."""
    folder.joinpath("served.py").write_text(APPLICATION)
    environment = {name: value for name, value in os.environ.items() if name.lower() not in PROXY_VARIABLES}
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--threads=4", "--graceful-timeout=5"]
    if "control_socket_disable" in gunicorn.config.Config().settings:
        command.append("--no-control-socket")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        command += [f"--bind=fd://{listener.fileno()}", f"--pythonpath={folder}"]
        process = subprocess.Popen(
            [*command, "served:application"],
            env={**environment, **variables},
            pass_fds=[listener.fileno()],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            try:
                _, log = process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                _, log = process.communicate()
    assert "Traceback" not in log, log


def test_workers_share_no_connection_and_one_renewal(tmp_path: Path) -> None:
    transfer = Transfer()
    with Sandbox() as globus, ScriptedServer(transfer) as server:
        token = globus.issue_token(TransferScopes.all)
        assert token.refresh_token is not None
        variables = {
            "CLIENT_ID": globus.native_client_id,
            "AUTH_URL": globus.auth_url,
            "TRANSFER_URL": server.origin,
            "REFRESH_TOKEN": token.refresh_token,
            "TOKENS": str(tmp_path / "tokens.json"),
        }
        with _gunicorn(tmp_path, **variables) as url, ThreadPoolExecutor(8) as pool:
            opener = build_opener(ProxyHandler({}))

            def call(number: int) -> int:
                with opener.open(f"{url}/{number}", timeout=20) as reply:
                    document = json.load(reply)
                assert document["path"] == f"/v0.10/task/{number}"
                return int(document["worker"])

            call(0)
            transfer.refused.add(server.requests[0]["Authorization"])
            assert globus.grants["refresh_token"] == 1
            workers: set[int] = set()
            numbers, end = count(1), time.monotonic() + 20
            # The second worker may need a moment to start.
            while len(workers) < 2 and time.monotonic() < end:
                workers.update(pool.map(call, islice(numbers, 60)))
            assert len(workers) == 2
            # The storage is shared: one renewal for all threads of both workers.
            assert globus.grants["refresh_token"] == 2
        assert transfer.by_connection[0] == ["/v0.10/task/before-the-fork"]
        assert len({request["Authorization"] for request in server.requests}) == 2
