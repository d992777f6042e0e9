"""TLS: which certificates are accepted, and the shared contexts."""

import os
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request
from globus_transport.terminals import tls
from globus_transport.terminals.tls import shared_context
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, once, whole
from globus_transport.transport import Transport
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, forget_proxies, get


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[ScriptedServer]:
    with ScriptedServer(answering(whole(b"secure")), tls=authority.server_context("127.0.0.1")) as server:
        yield server


@pytest.fixture(autouse=True)
def no_contexts_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_shared", tls._SharedContexts())


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_server_is_verified_by_the_authorities_of_a_path(
    fresh: Fresh, authority: Authority, server: ScriptedServer, kind: str
) -> None:
    path = str(authority.file if kind == "file" else authority.folder)
    with fresh(verify_ssl=path) as terminal:
        assert [terminal(get(server.origin)).body for _ in range(3)] == [b"secure"] * 3
        assert path in str(terminal)
    assert server.connections == 1


def test_the_systems_authorities_are_the_default(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch, authority: Authority, server: ScriptedServer
) -> None:
    # OpenSSL reads the path from this variable.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with fresh() as terminal:
        assert terminal(get(server.origin)).body == b"secure"


def test_an_unknown_authority_is_refused_before_anything_is_sent(fresh: Fresh, server: ScriptedServer) -> None:
    with (
        fresh() as terminal,
        pytest.raises(GlobusConnectionError, match="CERTIFICATE_VERIFY_FAILED") as caught,
    ):
        terminal(Request("POST", server.origin, {"Authorization": "Bearer secret"}))
    assert not caught.value.request_began
    assert isinstance(caught.value.__cause__, ssl.SSLError)
    assert server.requests == []


def test_a_certificate_of_another_host_is_refused(fresh: Fresh, authority: Authority) -> None:
    context = authority.server_context("other.example.org")
    with (
        fresh(verify_ssl=str(authority.file)) as terminal,
        ScriptedServer(answering(whole()), tls=context) as server,
    ):
        with pytest.raises(GlobusConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            terminal(get(server.origin))
        assert server.requests == []


def test_verification_can_be_turned_off_for_one_terminal_alone(fresh: Fresh, server: ScriptedServer) -> None:
    with fresh(verify_ssl=False) as careless, fresh() as careful:
        assert careless(get(server.origin)).body == b"secure"
        with pytest.raises(GlobusConnectionError):
            careful(get(server.origin))
        assert careless(get(server.origin)).body == b"secure"
        assert "NOT VERIFIED" in str(careless)
        assert "TLS verified" in str(careful)


def test_the_environment_variable_decides_if_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, server: ScriptedServer
) -> None:
    forget_proxies(monkeypatch)
    for value, works in [(str(authority.file), True), ("false", True), ("true", False)]:
        monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", value)
        terminal = Transport(http_timeout=5).make_terminal()
        if works:
            assert terminal(get(server.origin)).body == b"secure"
        else:
            with pytest.raises(GlobusConnectionError):
                terminal(get(server.origin))
        terminal.close()


def test_a_path_without_certificates_is_a_usage_error(fresh: Fresh, server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        with (
            fresh(verify_ssl=str(path)) as terminal,
            pytest.raises(GlobusSDKUsageError, match=path.name),
        ):
            terminal(get(server.origin))
    assert server.connections == 0


def test_all_connections_of_all_terminals_share_one_context(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch, authority: Authority, server: ScriptedServer
) -> None:
    made = []
    original = tls._make_context

    def count(verify: bool | str) -> ssl.SSLContext:
        made.append(verify)
        return original(verify)

    monkeypatch.setattr(tls, "_make_context", count)
    path = str(authority.file)
    for _ in range(2):
        with fresh(verify_ssl=path) as terminal:
            stream = terminal(get(server.origin, stream=True)).stream
            assert terminal(get(server.origin)).body == b"secure"
            assert isinstance(stream, ByteStream)
            stream.close()
    assert server.connections == 4
    assert made == [path]


def test_the_shared_contexts_are_strict() -> None:
    strict, loose = shared_context(True), shared_context(False)
    assert strict is shared_context(True)
    assert loose is shared_context(False)
    assert (strict.verify_mode, strict.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (loose.verify_mode, loose.check_hostname) == (ssl.CERT_NONE, False)
    assert strict.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_connecting_without_verification_leaves_the_strict_context_strict(
    fresh: Fresh, authority: Authority, server: ScriptedServer
) -> None:
    for verify in (str(authority.file), False, str(authority.file)):
        with fresh(verify_ssl=verify) as terminal:
            terminal(get(server.origin))
        context = shared_context(verify)
        assert context.verify_mode == (ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
        assert context.check_hostname is bool(verify)


def test_faults_inside_tls_are_the_same_errors(fresh: Fresh, authority: Authority) -> None:
    context = authority.server_context("127.0.0.1")

    def drip(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK"))
        while not peer.server.stopping.is_set():
            peer.send(b"x")
            peer.pause(0.02)

    with fresh(verify_ssl=str(authority.file)) as terminal:
        with ScriptedServer(once(), once(head("200 OK", "Content-Length: 9") + b"abc"), tls=context) as broken:
            for message in ("without an answer", "in the middle of the body"):
                with pytest.raises(GlobusConnectionError, match=message) as caught:
                    terminal(get(broken.origin))
                assert caught.value.request_began
        with ScriptedServer(drip, tls=context) as slow, pytest.raises(GlobusTimeoutError, match="deadline"):
            terminal(get(slow.origin, deadline=time.monotonic() + 0.15))
        with ScriptedServer(answering(whole(b"x" * 300_000)), tls=context) as large:
            assert terminal(get(large.origin)).body == b"x" * 300_000
            assert terminal(Request("PUT", large.origin, body=b"y" * 300_000)).status == 200
            assert large.requests[1].body == b"y" * 300_000
            assert large.connections == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_forked_while_a_context_was_made_can_make_its_own() -> None:
    with tls._shared._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if tls._shared._lock.acquire(timeout=5) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_plain_http_needs_no_context(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(verify: bool | str) -> ssl.SSLContext:
        raise AssertionError

    monkeypatch.setattr(tls, "_make_context", fail)
    terminal: OwnTerminal
    with fresh() as terminal, ScriptedServer(answering(whole())) as server:
        assert terminal(get(server.origin)).status == 200
