"""The package of the page on publishing a middleware: its __init__.py, retries.py and quota.py."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import tomllib
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from globus_transport import (
    AsyncStack,
    GlobusConnectionError,
    Read,
    Request,
    Response,
    Run,
    Sleep,
    Stack,
    StreamBody,
)
from globus_transport.__main__ import main
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from globus_transport.testing.middleware_contract import MiddlewareContract
from tests.core.stepping import FakeStream, end_of, get, post
from tests.docs.published_layers import PUBLISHING, Call, Host, every_host, import_example_layers
from tests.terminals.fresh_terminal import forget_proxies

layers = import_example_layers()

#: A time in seconds since the epoch.
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def test_the_tests_of_the_package_pass() -> None:
    """test_digest.py, as its author runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_digest.py"],
        cwd=PUBLISHING,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_lists_its_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tomllib.loads((PUBLISHING / "pyproject.toml").read_text())["project"]
    info = tmp_path / "example_layers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    ((group, points),) = project["entry-points"].items()
    (info / "entry_points.txt").write_text(
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in points.items())])
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["middleware"]) == 0
    out = capsys.readouterr().out
    listed = {line.split()[0]: line.split(maxsplit=1)[1] for line in out.splitlines() if "example_layers:" in line}
    assert listed.keys() == {f"example_layers:{name}" for name in layers.__all__}
    assert listed["example_layers:Digest"] == "Answer challenges of HTTP Digest."


class TestContractOfRetries(MiddlewareContract):
    def make_middleware(self) -> Any:
        return layers.Retries(2)


def test_retries_grow_their_pauses() -> None:
    flow = layers.Retries(3, backoff=2, jitter=0, longest=5)(get())
    pauses = []
    for attempt in (1, 2, 3):
        step = next(flow) if attempt == 1 else flow.send(None)
        assert step.attempt == attempt
        pauses.append(flow.send(Response(503)))
    assert pauses == [Sleep(2), Sleep(4), Sleep(5)]
    assert flow.send(None).attempt == 4
    assert end_of(flow, Response(503)).status == 503


def test_a_part_of_a_pause_is_random() -> None:
    pauses = set()
    for _ in range(20):
        flow = layers.Retries(backoff=1, jitter=0.5)(get())
        next(flow)
        pauses.add(flow.send(Response(503)).seconds)
    assert len(pauses) > 1
    assert all(0.5 <= pause <= 1 for pause in pauses)


@pytest.mark.parametrize(
    ("text", "pause"),
    [("7", 7), (formatdate(NOW + 30, usegmt=True), 30), ("soon", 0), ("", 0), ("-1", 0), ("0", 0)],
)
def test_retry_after_is_the_shortest_pause(text: str, pause: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    flow = layers.Retries(backoff=0)(get())
    next(flow)
    assert flow.send(Response(429, {"Retry-After": text})).seconds == pause


@pytest.mark.parametrize(
    ("request_", "outcome"),
    [
        (get(), Response(404)),
        (get(), Response(503, {"Retry-After": "3600"})),
        (get(deadline=time.monotonic()), Response(503)),
        (post(), Response(503)),
        (Request("PUT", "https://service.example/", body=StreamBody.once([b"x"])), Response(503)),
        (post(), GlobusConnectionError("cut off")),
    ],
)
def test_what_is_not_repeated(request_: Request, outcome: Response | Exception) -> None:
    flow = layers.Retries(backoff=1)(request_)
    next(flow)
    if isinstance(outcome, Response):
        assert end_of(flow, outcome) is outcome
    else:
        with pytest.raises(type(outcome)):
            flow.throw(outcome)


def test_what_never_arrived_is_repeated() -> None:
    flow = layers.Retries(jitter=0)(post())
    next(flow)
    assert flow.throw(GlobusConnectionError("refused", request_began=False)) == Sleep(0.5)


def test_the_body_of_a_dropped_response_is_read() -> None:
    flow = layers.Retries()(get(stream=True))
    next(flow)
    assert isinstance(flow.send(Response(503, stream=FakeStream(b"busy"))), Read)


@every_host
def test_retries_in_every_host(host: Host) -> None:
    busy, fine = whole(b"busy", "503 Service Unavailable"), whole(b"fine")
    with ScriptedServer(answering(busy, busy, fine)) as server:
        answer = host(layers.Retries(backoff=0), Call("PUT", f"{server.origin}/thing", body=b"content"))
    assert answer == (200, b"fine")
    assert [(request.target, request.body) for request in server.requests] == [("/thing", b"content")] * 3


class FakeRedis:
    """Counts in memory, for threads."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.closed = 0

    def incr(self, name: str) -> int:
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def close(self) -> None:
        self.closed += 1


class AsyncFakeRedis(FakeRedis):
    """The same for asyncio."""

    async def incr(self, name: str) -> int:  # type: ignore[override]
        await asyncio.sleep(0)
        return super().incr(name)

    async def aclose(self) -> None:
        self.closed += 1


class TestContractOfQuota(MiddlewareContract):
    def make_middleware(self) -> Any:
        return layers.Quota(10_000, FakeRedis(), AsyncFakeRedis())


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 90.0)


@pytest.mark.usefixtures("stopped_clock")
def test_the_quota_waits_for_the_next_minute() -> None:
    flow = layers.Quota(2, FakeRedis(), AsyncFakeRedis())(get())
    assert isinstance(next(flow), Run)
    assert flow.send(3) == Sleep(30.0)
    step = flow.send(None)
    assert (step.args, step.for_asyncio.__name__) == (("quota:2",), "incr")
    assert isinstance(flow.send(1), Request)


def test_each_driver_uses_its_client_and_closes_it() -> None:
    redis, async_redis = FakeRedis(), AsyncFakeRedis()
    quota = layers.Quota(10, redis, async_redis)
    with Stack(lambda _: Response(200), [quota]) as stack:
        stack.send(get())
    assert (sum(redis.counts.values()), redis.closed, async_redis.closed) == (1, 1, 0)

    async def terminal(_request: Request) -> Response:
        return Response(200)

    async def send() -> None:
        async with AsyncStack(terminal, [quota]) as stack:
            await stack.send(get())

    asyncio.run(send())
    assert (sum(async_redis.counts.values()), redis.closed, async_redis.closed) == (1, 1, 1)
