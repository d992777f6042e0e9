"""A real Redis for tests, at a socket in a folder."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PASSWORD = "a password of Redis"
_HOW = "redis-server is missing. On Debian: apt-get install redis-server"


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[Path]:
    """The socket of a server with a password."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(_HOW)
    # The path of a socket is short: 107 bytes on Linux.
    with TemporaryDirectory() as folder:
        socket = Path(folder, "redis")
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--requirepass", PASSWORD]
        with subprocess.Popen([program, *options], stdout=subprocess.PIPE, cwd=folder) as server:
            while not socket.exists():
                assert server.poll() is None, server.communicate()[0]
                time.sleep(0.01)
            try:
                yield socket
            finally:
                server.terminate()
                server.communicate()


@pytest.fixture
def redis_url(redis_socket: Path) -> str:
    """The address of the server, with its password."""
    return f"unix://:{PASSWORD}@{redis_socket}"


@pytest.fixture
def redis_prefix(request: pytest.FixtureRequest) -> str:
    """The prefix of this test's keys."""
    return str(request.node.nodeid)
