"""The default terminals beside niquests, whose urllib3-future takes the place of urllib3."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.terminals.certificates import Authority

_PACKAGE = Path(__file__).parents[2]
_PROGRAM = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
import niquests, urllib3
from globus_transport import AsyncTransferClient, RetryConfig, TransferClient, Transport

assert urllib3.__version__.split(".")[2] >= "900", "urllib3-future is not there"
settings = {
    "base_url": sys.argv[1],
    "transport": Transport(verify_ssl=sys.argv[2]),
    "retry_config": RetryConfig(max_retries=0),
}
with TransferClient(**settings) as client, ThreadPoolExecutor(4) as threads:
    print(*threads.map(lambda _: client.get_task("x")["status"], range(8)))


async def main():
    async with AsyncTransferClient(**settings) as client:
        print(*[reply["status"] for reply in await asyncio.gather(*(client.get_task("x") for _ in range(8)))])


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter with niquests and our dependencies, but without requests and urllib3 themselves."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(next(path for path in (folder / "bin/python", folder / "Scripts/python.exe") if path.exists()))
    command = [python, "-m", "pip", "install", "-q", "niquests", "attrs", "tenacity"]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"needs the package niquests, which pip could not install: {installed.stderr.strip():.500}")
    return python


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_calls_of_threads_and_tasks(python: str, tmp_path: Path, secure: bool) -> None:
    authority = Authority(tmp_path)
    tls = authority.server_context("127.0.0.1") if secure else None
    with ScriptedServer(answering(whole(b'{"status": "ACTIVE"}')), tls=tls) as server:
        done = subprocess.run(
            [python, "-c", _PROGRAM, server.origin, str(authority.file)],
            cwd=_PACKAGE,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.stdout.split(), done.stderr) == (["ACTIVE"] * 16, "")
