"""One small JSON GET over a kept connection, the way that each library is used. The server is asked for the
same document by all; the peers send no credential, so theirs is the shorter request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import httpx
import requests
import urllib3

from benchmarks.loopback import TASK_ID, TASK_PATH, Loopback
from benchmarks.packages import OURS, THEIRS, our_client, their_client

POOL_MANAGER = "urllib3.PoolManager"
KEPT_POOL = "urllib3.HTTPConnectionPool"

Get = Callable[[], object]


@contextmanager
def small_gets(server: Loopback, connections: int = 1) -> Iterator[Mapping[str, Get]]:
    """The calls by name.

    :param connections: that urllib3's pool is to keep; the others keep 10 and more
    """
    url = server.task_url
    with ExitStack() as stack:
        ours = stack.enter_context(our_client(server))
        theirs = stack.enter_context(their_client(server))
        manager = stack.enter_context(urllib3.PoolManager(maxsize=connections))
        pool = stack.enter_context(urllib3.HTTPConnectionPool("127.0.0.1", server.port, maxsize=connections))
        session = stack.enter_context(requests.Session())
        client = stack.enter_context(httpx.Client())
        yield {
            OURS: lambda: ours.get_task(TASK_ID)["status"],
            POOL_MANAGER: lambda: json.loads(manager.request("GET", url).data)["status"],
            KEPT_POOL: lambda: json.loads(pool.urlopen("GET", TASK_PATH).data)["status"],
            "requests.Session": lambda: session.get(url).json()["status"],
            "httpx.Client": lambda: client.get(url).json()["status"],
            THEIRS: lambda: theirs.get_task(TASK_ID)["status"],
        }
