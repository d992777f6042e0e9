"""Starts the server, and talks to it about what it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import urllib3

from benchmarks.certificate import write_certificate

TASK_ID = "7a2f6d2e-8a0f-11ef-9b1c-0242ac110002"


@attrs.frozen
class Loopback:
    """A running server.

    :ivar pid: of its process
    :ivar port: of the service
    :ivar other_port: the same host, another origin
    :ivar tls_port: with TLS; each connection serves one request
    :ivar kept_tls_port: with TLS; connections are kept
    :ivar ca_file: CA certificates, as many as users have, and the server's
    """

    pid: int
    port: int
    other_port: int
    tls_port: int
    kept_tls_port: int
    ca_file: str
    _control: urllib3.HTTPConnectionPool

    @property
    def url(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def other_url(self) -> str:
        """Another origin's address: another port."""
        return f"http://127.0.0.1:{self.other_port}"

    @property
    def other_host_url(self) -> str:
        """Another origin's address: another host name."""
        return f"http://localhost:{self.port}"

    @property
    def tls_url(self) -> str:
        """The service's address with TLS."""
        return f"https://127.0.0.1:{self.tls_port}"

    @property
    def kept_tls_url(self) -> str:
        """The same on connections that are kept."""
        return f"https://127.0.0.1:{self.kept_tls_port}"

    @property
    def task_url(self) -> str:
        """A small JSON document."""
        return f"{self.url}{TASK_PATH}"

    def reset(self, token_delay: float = 0.0) -> None:
        """Forget all tokens and counts.

        :param token_delay: seconds that the token endpoint is to take
        """
        self._ask(f"/control/reset?token_delay={token_delay}")

    def forget_access_tokens(self) -> None:
        """From now on every access token is refused; refresh tokens stay as they are."""
        self._ask("/control/forget")

    def counts(self) -> dict[str, int]:
        """What arrived since the reset."""
        counts: dict[str, int] = self._ask("/control/counts")
        return counts

    def _ask(self, target: str) -> Any:
        reply = self._control.request("GET", target)
        if reply.status != 200:
            raise RuntimeError(f"the loopback server answered {target} with status {reply.status}")
        return json.loads(reply.data)


TASK_PATH = f"/v0.10/task/{TASK_ID}"


@contextmanager
def running_server() -> Iterator[Loopback]:
    """The server in a process of its own, as long as the block runs."""
    with TemporaryDirectory() as folder:
        certificate, ca_file = write_certificate(Path(folder))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.server", str(certificate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
        )
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            port, other_port, tls_port, kept_tls_port = json.loads(process.stdout.readline())
            with urllib3.HTTPConnectionPool("127.0.0.1", port) as control:
                yield Loopback(process.pid, port, other_port, tls_port, kept_tls_port, str(ca_file), control)
            # Leaving closes its standard input, which ends it.
