"""The loopback server, as a process of its own. It prints its addresses, and ends when its standard input does."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import threading

from benchmarks.protocol import Connection
from benchmarks.service import Service


async def serve(certificate: str) -> None:
    """Listen on four ports: plain (and a proxy), another origin, TLS with one request a connection, and TLS kept open.

    :param certificate: a PEM file with key and certificate
    """
    service = Service()
    loop = asyncio.get_running_loop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0, backlog=128)
    other = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0, backlog=128)
    tls = await loop.create_server(lambda: Connection(service, closing=True), "127.0.0.1", 0, ssl=context)
    kept_tls = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0, ssl=context)
    ports = [server.sockets[0].getsockname()[1] for server in (plain, other, tls, kept_tls)]
    print(json.dumps(ports), flush=True)
    ended = asyncio.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
