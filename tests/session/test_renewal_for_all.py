"""However many find the token expired, one renews it, and nobody fails."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from globus_transport import AsyncTransferClient, LoginRequiredError, NetworkError, TransferClient
from globus_transport.sandbox import Sandbox

THREADS = 32


def all_at_once(client: TransferClient) -> list[object]:
    """What the same call gives in every thread: its status, or its error."""
    barrier = threading.Barrier(THREADS)

    def call(_number: int) -> object:
        barrier.wait()
        try:
            return client.task_list().http_status
        except Exception as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(call, range(THREADS)))


def test_threads_with_one_expired_token_make_one_grant(globus: Sandbox, client: TransferClient) -> None:
    client.task_list()
    globus.expire_access_tokens()
    globus.token_delay = 0.05
    before = globus.grants["refresh_token"]
    assert all_at_once(client) == [200] * THREADS
    assert globus.grants["refresh_token"] - before == 1


def test_threads_and_tasks_make_one_grant_together(globus: Sandbox, client: TransferClient) -> None:
    client.task_list()
    globus.revoke_all_access_tokens()
    globus.token_delay = 0.05
    before = globus.grants["refresh_token"]

    async def tasks() -> list[int]:
        async with AsyncTransferClient(authorizer=client.authorizer, base_url=globus.transfer_url) as other:
            replies = await asyncio.gather(*(other.task_list() for _ in range(8)))
            return [reply.http_status for reply in replies]

    with ThreadPoolExecutor(1) as pool:
        loop = pool.submit(asyncio.run, tasks())
        assert all_at_once(client) == [200] * THREADS
        assert loop.result() == [200] * 8
    assert globus.grants["refresh_token"] - before == 1


def test_a_dead_login_is_one_clear_error_for_all(globus: Sandbox, client: TransferClient) -> None:
    client.task_list()
    globus.revoke_all_access_tokens()
    authorizer = client.authorizer
    authorizer.refresh_token = "revoked elsewhere"  # type: ignore[union-attr]
    globus.token_delay = 0.05
    before = globus.requests.count(service="auth")
    errors = all_at_once(client)
    assert {type(error) for error in errors} == {LoginRequiredError}
    assert "log in again" in str(errors[0])
    assert "revoked elsewhere" not in str(errors[0])
    # Those who came together asked together; a thread that came after the failure may have asked once more.
    assert globus.requests.count(service="auth") - before < THREADS


def test_after_a_401_nobody_sleeps(globus: Sandbox, client: TransferClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.task_list()
    globus.revoke_all_access_tokens()

    def no_sleep(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} s between the 401 and the reply")

    monkeypatch.setattr(time, "sleep", no_sleep)
    assert client.task_list().http_status == 200
    assert [one.status for one in globus.requests.select(service="transfer")] == [200, 401, 200]


def test_a_lost_token_reply_is_not_asked_for_twice(globus: Sandbox, client: TransferClient) -> None:
    globus.faults.add(drop=True, when="after", service="auth", path="/v2/oauth2/token")
    with pytest.raises(NetworkError):
        client.task_list()
    assert globus.requests.count(service="auth") == 1


def test_rotation_is_followed(globus: Sandbox, client: TransferClient, refresh_token: str) -> None:
    for _ in range(3):
        globus.revoke_all_access_tokens()
        client.task_list()
    assert globus.grants["refresh_token"] == 3
    assert client.authorizer.refresh_token != refresh_token  # type: ignore[union-attr]
