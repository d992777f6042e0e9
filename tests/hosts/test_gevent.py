"""A program that gevent has patched: greenlets call, renew once, and are ended by time limits.

What a greenlet leaves that is killed while it renews is tested in ``tests/session/test_renewal_interrupted.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gevent", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

from globus_transport import TransferScopes
from globus_transport.sandbox import Sandbox
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, silent, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import PROXY_VARIABLES


def _run(program: str, *arguments: str) -> Any:
    """What the program prints, as JSON."""
    environment = {name: value for name, value in os.environ.items() if name.lower() not in PROXY_VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", "from gevent import monkey\nmonkey.patch_all()\n" + program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=40,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_request_over_tls_that_is_not_taken_lets_other_greenlets_run(tmp_path: Path) -> None:
    program = """
import json, sys, time
import gevent
from globus_transport import GlobusTimeoutError, Request, Urllib3Terminal

url, ca_file = sys.argv[1:]
ticks = []

def tick():
    while True:
        ticks.append(None)
        gevent.sleep(0.05)

gevent.spawn(tick)
started = time.process_time()
try:
    Urllib3Terminal(verify_ssl=ca_file, http_timeout=1.0)(Request("PUT", url, body=bytes(20_000_000)))
except GlobusTimeoutError as error:
    outcome = str(error)
print(json.dumps([outcome, len(ticks), time.process_time() - started]))
"""
    authority = Authority(tmp_path)

    def deaf(peer: Peer) -> None:
        peer.read_head()
        peer.hold()

    with ScriptedServer(deaf, tls=authority.server_context("127.0.0.1")) as server:
        outcome, ticks, cpu_seconds = _run(program, server.origin, str(authority.file))
    assert "did not take the request within 1 s" in outcome
    assert ticks > 10
    # Nearly all of the second, if it asks again and again.
    assert cpu_seconds < 0.5


def test_greenlets_call_and_renew_once() -> None:
    program = """
import json, sys
import gevent
from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer, TransferClient

auth_url, transfer_url, client_id, refresh_token, revoked_token = sys.argv[1:]
auth_client = NativeAppAuthClient(client_id, base_url=auth_url)
authorizer = RefreshTokenAuthorizer(
    refresh_token, auth_client, access_token=revoked_token, expires_at=4102444800
)
client = TransferClient(authorizer=authorizer, base_url=transfer_url)
greenlets = [gevent.spawn(lambda: client.task_list(limit=1)["DATA"]) for _ in range(20)]
gevent.joinall(greenlets, timeout=20)
print(json.dumps([greenlet.get() for greenlet in greenlets]))
"""
    with Sandbox() as globus:
        token = globus.issue_token(TransferScopes.all)
        assert token.refresh_token is not None
        globus.revoke_all_access_tokens()
        globus.token_delay = 0.2
        urls = globus.auth_url, globus.transfer_url
        assert _run(program, *urls, globus.native_client_id, token.refresh_token, token.access_token) == [[]] * 20
        assert globus.grants["refresh_token"] == 1
        statuses = [request.status for request in globus.requests.select(service="transfer")]
        assert statuses.count(200) == 20
        assert 1 <= statuses.count(401) <= 20


def test_a_greenlet_that_waits_for_a_server_does_not_stop_the_others() -> None:
    program = """
import json, sys, time
import gevent
from globus_transport import TransferClient

client = TransferClient(base_url=sys.argv[1])
ticks = 0

def tick():
    global ticks
    while True:
        gevent.sleep(0.01)
        ticks += 1

ticker = gevent.spawn(tick)
replies = [gevent.spawn(client.get_task, str(number)) for number in range(10)]
gevent.joinall(replies, raise_error=True)
print(json.dumps([ticks, sorted(reply.value["path"] for reply in replies)]))
"""

    def slow(peer: Peer) -> None:
        while True:
            request = peer.read_request()
            all_are_there.append(request.target)
            # No reply comes before every greenlet has sent its request.
            while len(all_are_there) < 10 and not peer.server.stopping.is_set():
                peer.pause(0.01)
            peer.pause(0.3)
            peer.send(whole(json.dumps({"path": request.target}).encode()))

    all_are_there: list[str] = []
    with ScriptedServer(slow) as server:
        ticks, paths = _run(program, server.origin)
    assert paths == [f"/v0.10/task/{number}" for number in range(10)]
    assert ticks >= 5


def test_time_limits_end_a_call_and_the_client_goes_on() -> None:
    program = """
import json, sys
import gevent
from globus_transport import GlobusTimeoutError, TransferClient, Transport

client = TransferClient(base_url=sys.argv[1], transport=Transport(deadline=1.0))
ends = []
try:
    with gevent.Timeout(0.1):
        client.get_task("1")
except gevent.Timeout:
    ends.append("Timeout of gevent")
try:
    client.get_task("2")
except GlobusTimeoutError:
    ends.append("Timeout of the client")
greenlet = gevent.spawn(client.get_task, "3")
gevent.sleep(0.1)
greenlet.kill()
ends.append(type(greenlet.value).__name__)
ends.append(client.get_task("4")["status"])
print(json.dumps(ends))
"""
    with ScriptedServer(silent, silent, silent, answering(whole(b'{"status": "ACTIVE"}'))) as server:
        ends = _run(program, server.origin)
        assert server.connections == 4
    assert ends == ["Timeout of gevent", "Timeout of the client", "GreenletExit", "ACTIVE"]
