"""A thread that is interrupted while it renews does not lose the login: by a signal, Ctrl-C, or gevent."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from globus_transport import RefreshTokenAuthorizer
from globus_transport.sandbox import Sandbox
from tests.core.stepping import Reply

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such signals")


class TimeLimitError(Exception):
    """Like Celery's soft time limit."""


def token_of(reply: Reply) -> str:
    token: str = reply.by_resource_server["service"]["access_token"]
    return token


class SlowAuth:
    """A token endpoint that replaces the refresh token, and refuses the old one."""

    def __init__(self) -> None:
        self.grants: list[str] = []
        self.go_on = threading.Event()
        self.current = "refresh-0"

    def oauth2_refresh_token(self, refresh_token: str) -> Reply:
        assert refresh_token == self.current, "the old refresh token was used again"
        self.grants.append(refresh_token)
        self.current = f"refresh-{len(self.grants)}"
        self.go_on.wait(5)
        return Reply(access_token=f"token-{len(self.grants)}", refresh_token=self.current)


@contextmanager
def interrupted_after(seconds: float, error: type[BaseException]) -> Iterator[None]:
    def interrupt(*_: Any) -> None:
        raise error

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def until(condition: Any) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


@pytest.mark.parametrize("error", [TimeLimitError, KeyboardInterrupt])
def test_the_answer_is_kept_and_stored(error: type[BaseException]) -> None:
    auth = SlowAuth()
    stored: list[str] = []
    authorizer = RefreshTokenAuthorizer("refresh-0", auth, on_refresh=lambda reply: stored.append(token_of(reply)))
    with pytest.raises(error), interrupted_after(0.1, error):
        authorizer.get_authorization_header()
    assert stored == []
    auth.go_on.set()
    # Also if nobody calls again.
    until(lambda: authorizer.access_token == "token-1")
    assert (stored, authorizer.refresh_token) == (["token-1"], "refresh-1")
    assert authorizer.get_authorization_header() == "Bearer token-1"
    assert auth.grants == ["refresh-0"]


def test_the_next_caller_waits_for_the_same_answer() -> None:
    auth = SlowAuth()
    stored: list[str] = []
    authorizer = RefreshTokenAuthorizer("refresh-0", auth, on_refresh=lambda reply: stored.append(token_of(reply)))
    with pytest.raises(TimeLimitError), interrupted_after(0.1, TimeLimitError):
        authorizer.get_authorization_header()
    threading.Timer(0.1, auth.go_on.set).start()
    assert authorizer.get_authorization_header() == "Bearer token-1"
    assert (stored, auth.grants) == (["token-1"], ["refresh-0"])


def test_those_who_wait_do_not_get_the_interruption() -> None:
    auth = SlowAuth()
    authorizer = RefreshTokenAuthorizer("refresh-0", auth)
    headers: list[str] = []
    follower = threading.Thread(target=lambda: headers.append(authorizer.get_authorization_header()))
    threading.Timer(0.1, follower.start).start()
    with pytest.raises(TimeLimitError), interrupted_after(0.2, TimeLimitError):
        authorizer.get_authorization_header()
    auth.go_on.set()
    follower.join(5)
    assert headers == ["Bearer token-1"]
    assert auth.grants == ["refresh-0"]


def test_a_store_that_fails_late_is_called_again_by_the_next_caller() -> None:
    auth = SlowAuth()
    calls: list[str] = []

    def store(reply: Reply) -> None:
        calls.append(token_of(reply))
        if len(calls) == 1:
            raise OSError("the disk is full")

    authorizer = RefreshTokenAuthorizer("refresh-0", auth, on_refresh=store)
    with pytest.raises(TimeLimitError), interrupted_after(0.1, TimeLimitError):
        authorizer.get_authorization_header()
    auth.go_on.set()
    until(lambda: calls)
    time.sleep(0.05)
    assert authorizer.access_token is None
    assert authorizer.get_authorization_header() == "Bearer token-1"
    assert (calls, auth.grants) == (["token-1", "token-1"], ["refresh-0"])


_PROGRAM = """
import signal, sys
from globus_transport import ClientApp, GlobusAppConfig, RefreshTokenAuthorizer, NativeAppAuthClient

def interrupt(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
url, client_id, token, path = sys.argv[1:]


def store(reply):
    with open(path, "w") as file:
        file.write(reply.by_resource_server["transfer.api.globus.org"]["refresh_token"])


auth = NativeAppAuthClient(client_id, base_url=url)
authorizer = RefreshTokenAuthorizer(token, auth, on_refresh=store)
signal.setitimer(signal.ITIMER_REAL, 0.3)
authorizer.get_authorization_header()
"""


def test_a_program_that_is_ended_by_ctrl_c_has_stored_the_new_refresh_token(globus: Sandbox, tmp_path: Path) -> None:
    token = globus.issue_token("urn:globus:auth:scope:transfer.api.globus.org:all").refresh_token
    assert token is not None
    globus.token_delay = 1.0
    path = tmp_path / "token"
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, globus.auth_url, globus.native_client_id, token, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "KeyboardInterrupt" in done.stderr
    assert path.read_text() != token


@pytest.mark.parametrize("how", ["Timeout", "kill"])
def test_under_gevent(how: str) -> None:
    program = f"""
from gevent import monkey
monkey.patch_all()
import gevent, time
from globus_transport import RefreshTokenAuthorizer

class Auth:
    grants = 0
    def oauth2_refresh_token(self, token):
        self.grants += 1
        time.sleep(0.3)
        tokens = {{"access_token": "a", "refresh_token": "r", "expires_at_seconds": time.time() + 3600}}
        return type("Reply", (), {{"by_resource_server": {{"x": tokens}}}})()

auth = Auth()
stored = []
authorizer = RefreshTokenAuthorizer("first", auth, on_refresh=stored.append)
greenlet = gevent.spawn(authorizer.get_authorization_header)
gevent.sleep(0.1)
if {how!r} == "kill":
    greenlet.kill()
else:
    try:
        with gevent.Timeout(0.1):
            authorizer.get_authorization_header()
    except gevent.Timeout:
        greenlet.kill()
gevent.sleep(0.5)
print(authorizer.get_authorization_header(), auth.grants, len(stored))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout.strip(), done.stderr) == ("Bearer a 1 1", "")
