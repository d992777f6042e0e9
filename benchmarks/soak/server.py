"""The faulty server, as a process of its own, and how it is started.

It prints its ports. When its standard input ends, it prints what it counted, and ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import attrs

from benchmarks.certificate import write_certificate
from benchmarks.soak.connection import Connection
from benchmarks.soak.service import Service


@attrs.define
class FaultyServer:
    """A running server.

    :ivar url: its address
    :ivar tls_url: its address with TLS
    :ivar ca_file: CA certificates, among them the server's
    :ivar counts: what it counted; empty until it has ended
    """

    url: str
    tls_url: str
    ca_file: str
    counts: dict[str, int] = attrs.field(factory=dict)


@contextmanager
def running_server(folder: Path, seed: int) -> Iterator[FaultyServer]:
    """The server in a process of its own, as long as the block runs.

    :param folder: for the certificates
    :param seed: decides what goes wrong
    """
    certificate, ca_file = write_certificate(folder)
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.soak.server", str(certificate), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        port, tls_port = json.loads(process.stdout.readline())
        server = FaultyServer(f"http://127.0.0.1:{port}", f"https://127.0.0.1:{tls_port}", str(ca_file))
        yield server
        last_line, _ = process.communicate(timeout=30)
        server.counts = json.loads(last_line)


async def serve(certificate: str, seed: int) -> None:
    """Serve until standard input ends.

    :param certificate: a PEM file with key and certificate
    :param seed: decides what goes wrong
    """
    random = Random(seed)
    service = Service(random)
    loop = asyncio.get_running_loop()

    def note_error(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        # The end of a connection that a client has left is no error of the server, and neither is its own end.
        if not isinstance(context.get("exception"), (OSError, asyncio.CancelledError)):
            service.counts["server errors"] += 1
            print("the soak's server:", context, file=sys.stderr)

    loop.set_exception_handler(note_error)
    # It warns of writing to a client that has left, which is what clients do here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)

    async def serve_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Connection(service, random, reader, writer, is_tls=False).serve()

    async def serve_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Connection(service, random, reader, writer, is_tls=True).serve()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await asyncio.start_server(serve_plain, "127.0.0.1", 0, backlog=1024)
    tls = await asyncio.start_server(serve_tls, "127.0.0.1", 0, backlog=1024, ssl=context)
    print(json.dumps([server.sockets[0].getsockname()[1] for server in (plain, tls)]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps(service.counts), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
