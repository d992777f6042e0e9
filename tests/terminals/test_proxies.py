"""Proxies: which one the environment names, and what is sent to it."""

import base64
import select
import socket
import time
from collections.abc import Iterator

import pytest

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
)
from globus_transport.http.messages import Request
from globus_transport.terminals.proxies import proxy_for
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, once, silent, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, forget_proxies, get

FROM_PROXY = answering(whole(b"from the proxy"))
CREDENTIALS = "user:s%20%E2%82%ACcret"
BASIC = "Basic " + base64.b64encode("user:s \u20accret".encode()).decode()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    forget_proxies(monkeypatch)
    return monkeypatch


@pytest.fixture
def terminal(fresh: Fresh, environment: pytest.MonkeyPatch, authority: Authority) -> Iterator[OwnTerminal]:
    with fresh(connect_timeout=0.5, verify_ssl=str(authority.file)) as terminal:
        yield terminal


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def tunnel(peer: Peer) -> None:
    """A proxy that opens tunnels, and passes on the bytes of both sides."""
    request = peer.read_head()
    peer.server.requests.append(request)
    host, _, port = request.target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as far:
        peer.send(b"HTTP/1.0 200 Connection established\r\nVia: tiny\r\n\r\n")
        while True:
            for ready in select.select([peer.socket, far], [], [], 5)[0]:
                data = ready.recv(65_536)
                if not data:
                    return
                (far if ready is peer.socket else peer.socket).sendall(data)


# Which proxy.


@pytest.mark.parametrize(
    ("variables", "origin", "expected"),
    [
        ({}, "http://h.org", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://h.org", "http://p:1"),
        ({"http_proxy": "http://p:1"}, "http://h.org", "http://p:1"),
        ({"HTTP_PROXY": "http://upper:1", "http_proxy": "http://lower:1"}, "http://h.org", "http://lower:1"),
        ({"HTTP_PROXY": "http://upper:1", "http_proxy": ""}, "http://h.org", None),
        ({"HTTP_PROXY": "http://p:1"}, "https://h.org", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://h.org", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://h.org", None),
        ({"https_proxy": "https://P.org"}, "https://h.org", "https://p.org"),
        ({"ALL_PROXY": "http://p:1"}, "https://h.org", "http://p:1"),
        ({"all_proxy": "http://p:1", "HTTPS_PROXY": "http://q:2"}, "https://h.org", "http://q:2"),
        ({"HTTP_PROXY": "p:1"}, "http://h.org", "http://p:1"),
        ({"HTTP_PROXY": "http://[::1]:8"}, "http://h.org", "http://[::1]:8"),
        ({"HTTP_PROXY": f"http://{CREDENTIALS}@p:1/path"}, "http://h.org", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "h.org"}, "http://h.org", None),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "other.org, h.org"}, "http://h.org:81", None),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "h.org"}, "http://sub.h.org", None),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": ".h.org"}, "http://sub.h.org", None),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "h.org"}, "http://other-h.org", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "h.org:80"}, "http://h.org:81", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "h.org:81"}, "http://h.org:81", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, "http://h.org", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "h.org, 10.0.0.0/8"}, "http://10.1.2.3:81", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.1.2.3/8"}, "http://10.9.9.9", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "http://11.1.2.3", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "http://h.org", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "h.org/8, 10.0.0.0/99"}, "http://10.1.2.3", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8, ::1"}, "http://[::1]:81", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "fe80::/10"}, "http://[fe80::1]", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://10.1.2.3", "http://p:1"),
        # A CGI server sets this variable to the header "Proxy" of a request.
        ({"HTTP_PROXY": "http://evil:1", "REQUEST_METHOD": "GET"}, "http://h.org", None),
    ],
)
def test_the_environment_names_the_proxy(
    environment: pytest.MonkeyPatch, variables: dict[str, str], origin: str, expected: str | None
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    proxy = proxy_for(origin)
    assert (proxy and proxy.url) == expected


@pytest.mark.parametrize(
    "address",
    ["socks5://u:secret@p:1", "http://u:secret@p:port", "http://u:secret@", "http://u:secret@[::1", "ftp://p"],
)
def test_an_address_that_is_no_use_is_refused_without_being_shown(
    environment: pytest.MonkeyPatch, address: str
) -> None:
    environment.setenv("HTTPS_PROXY", address)
    with pytest.raises(GlobusSDKUsageError, match="HTTPS_PROXY") as caught:
        proxy_for("https://h.org")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_credentials_are_decoded_and_never_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTP_PROXY", f"http://{CREDENTIALS}@p:1")
    proxy = proxy_for("http://h.org")
    assert proxy is not None
    assert proxy.headers == {"Proxy-Authorization": BASIC}
    assert repr(proxy) == "Proxy(url='http://p:1')"
    environment.setenv("HTTP_PROXY", "http://name@p:1")
    nameless = proxy_for("http://h.org")
    assert nameless is not None
    assert nameless.headers == {"Proxy-Authorization": "Basic " + base64.b64encode(b"name:").decode()}


# Requests through it.


def test_a_plain_request_goes_to_the_proxy_with_its_whole_url(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal
) -> None:
    with ScriptedServer(FROM_PROXY) as proxy:
        environment.setenv("http_proxy", proxy.origin)
        for _ in range(2):
            answer = terminal(Request("POST", "http://data.example.org:81/a?b=c", {"X": "y"}, b"body"))
            assert answer.body == b"from the proxy"
    assert proxy.connections == 1
    request = proxy.requests[0]
    assert request.line == "POST http://data.example.org:81/a?b=c HTTP/1.1"
    assert (request["Host"], request["X"], request.body) == ("data.example.org:81", "y", b"body")
    assert request.values("Proxy-Authorization") == []


def test_the_credentials_go_to_the_proxy(environment: pytest.MonkeyPatch, terminal: OwnTerminal) -> None:
    with ScriptedServer(FROM_PROXY) as proxy:
        environment.setenv("ALL_PROXY", proxy.origin.replace("//", f"//{CREDENTIALS}@"))
        terminal(get("http://data.example.org"))
    assert proxy.requests[0]["Proxy-Authorization"] == BASIC
    assert proxy.requests[0].target == "http://data.example.org/"


def test_a_secure_request_goes_through_a_tunnel(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal, authority: Authority
) -> None:
    with (
        ScriptedServer(answering(whole(b"secure")), tls=authority.server_context("127.0.0.1")) as server,
        ScriptedServer(tunnel) as proxy,
    ):
        environment.setenv("https_proxy", proxy.origin.replace("//", f"//{CREDENTIALS}@"))
        headers = {"Authorization": "Bearer token"}
        assert [terminal(get(f"{server.origin}/a", headers=headers)).body for _ in range(3)] == [b"secure"] * 3
        terminal.close()
    assert [request.line for request in proxy.requests] == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
    assert proxy.requests[0]["Proxy-Authorization"] == BASIC
    assert proxy.requests[0].values("Authorization") == []
    assert server.connections == 1
    assert {request.line for request in server.requests} == {"GET /a HTTP/1.1"}
    for request in server.requests:
        assert request["Host"] == f"127.0.0.1:{server.port}"
        assert request.values("Proxy-Authorization") == []


def test_a_tunnel_can_lead_through_a_proxy_with_tls(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal, authority: Authority
) -> None:
    context = authority.server_context("127.0.0.1")
    with (
        ScriptedServer(answering(whole(b"secure")), tls=context) as server,
        ScriptedServer(tunnel, tls=context) as proxy,
    ):
        environment.setenv("https_proxy", proxy.origin)
        assert [terminal(get(server.origin)).body for _ in range(2)] == [b"secure"] * 2
        terminal.close()
    assert (proxy.connections, server.connections) == (1, 1)


def test_a_long_request_and_a_long_response_go_through_it(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal, authority: Authority
) -> None:
    def echo(peer: Peer) -> None:
        peer.send(whole(peer.read_request().body))

    body = bytes(range(256)) * (1 << 14)
    context = authority.server_context("127.0.0.1")
    with ScriptedServer(echo, tls=context) as server, ScriptedServer(tunnel, tls=context) as proxy:
        environment.setenv("https_proxy", proxy.origin)
        assert terminal(Request("PUT", server.origin, body=body)).body == body
        terminal.close()


def test_an_early_answer_comes_through_it(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal, authority: Authority
) -> None:
    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"too large", "413 Content Too Large"))
        peer.wait_for_close()

    context = authority.server_context("127.0.0.1")
    with ScriptedServer(refuse, tls=context) as server, ScriptedServer(tunnel, tls=context) as proxy:
        environment.setenv("https_proxy", proxy.origin)
        response = terminal(Request("PUT", server.origin, body=bytes(50 << 20)))
        assert (response.status, response.body) == (413, b"too large")


@pytest.mark.parametrize("limit", ["http_timeout", "deadline"])
def test_an_answer_that_does_not_come_through_it_is_not_waited_for(
    environment: pytest.MonkeyPatch, fresh: Fresh, authority: Authority, limit: str
) -> None:
    context = authority.server_context("127.0.0.1")
    deadline = time.monotonic() + 0.3 if limit == "deadline" else None
    with (
        fresh(verify_ssl=str(authority.file), http_timeout=30 if deadline else 0.2) as terminal,
        ScriptedServer(silent, tls=context) as server,
        ScriptedServer(tunnel, tls=context) as proxy,
    ):
        environment.setenv("https_proxy", proxy.origin)
        with pytest.raises(GlobusTimeoutError, match=r"deadline" if deadline else r"within 0\.2 s"):
            terminal(get(server.origin, deadline=deadline))


def test_bytes_that_a_proxy_sends_before_the_tunnel_are_refused(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal
) -> None:
    def forge(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nforged")

    with ScriptedServer(forge) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        with pytest.raises(GlobusConnectionError, match="more than the answer to CONNECT") as caught:
            terminal(get("https://data.example.org"))
    assert not caught.value.request_began


def test_the_deadline_ends_a_proxy_that_drips(environment: pytest.MonkeyPatch, terminal: OwnTerminal) -> None:
    def drip(peer: Peer) -> None:
        peer.read_head()
        while not peer.server.stopping.is_set():
            peer.send(b"H")
            peer.pause(0.02)

    with ScriptedServer(drip) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        with pytest.raises(GlobusTimeoutError) as caught:
            terminal(get("https://data.example.org", deadline=time.monotonic() + 0.2))
    assert not caught.value.request_began


def test_a_tunnel_that_the_server_closed_is_made_anew(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal, authority: Authority
) -> None:
    context = authority.server_context("127.0.0.1")
    closing = once(whole(b"secure", "200 OK", "Connection: close"))
    with ScriptedServer(closing, tls=context) as server, ScriptedServer(tunnel) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        assert [terminal(get(server.origin)).body for _ in range(2)] == [b"secure"] * 2
    assert (proxy.connections, server.connections) == (2, 2)


def test_a_proxy_can_be_spoken_to_through_tls(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal, authority: Authority
) -> None:
    with ScriptedServer(FROM_PROXY, tls=authority.server_context("127.0.0.1")) as proxy:
        environment.setenv("HTTP_PROXY", proxy.origin)
        assert terminal(get("http://data.example.org/x")).body == b"from the proxy"
    assert proxy.requests[0].target == "http://data.example.org/x"


def test_a_host_in_no_proxy_is_reached_directly(environment: pytest.MonkeyPatch, terminal: OwnTerminal) -> None:
    with ScriptedServer(FROM_PROXY) as proxy, ScriptedServer(answering(whole(b"direct"))) as server:
        environment.setenv("HTTP_PROXY", proxy.origin)
        environment.setenv("no_proxy", "localhost,127.0.0.1")
        assert terminal(get(server.origin)).body == b"direct"
        assert terminal(get("http://data.example.org")).body == b"from the proxy"
    assert server.requests[0].target == "/"
    assert proxy.connections == 1


# Failures.


def test_a_proxy_that_refuses_says_so_and_no_secret(environment: pytest.MonkeyPatch, terminal: OwnTerminal) -> None:
    refusal = whole(b"no", "407 Proxy Authentication Required")

    def refuse(peer: Peer) -> None:
        peer.server.requests.append(peer.read_head())
        peer.send(refusal)

    with ScriptedServer(refuse) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin.replace("//", "//user:secret@"))
        with pytest.raises(GlobusConnectionError, match="407 Proxy Authentication Required") as caught:
            terminal(Request("POST", "https://data.example.org"))
    assert not caught.value.request_began
    assert f"https://data.example.org through the proxy {proxy.origin}" in str(caught.value)
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {terminal} {terminal!r}"
    assert "secret" not in shown
    assert base64.b64encode(b"user:secret").decode() not in shown


def test_a_proxy_that_does_not_answer_the_connect_takes_too_long(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal
) -> None:
    with ScriptedServer(silent) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        with pytest.raises(GlobusConnectionTimeoutError, match=r"within 0\.5 s") as caught:
            terminal(get("https://data.example.org"))
    assert not caught.value.request_began


def test_connecting_ends_in_time_though_the_proxy_drips(environment: pytest.MonkeyPatch, terminal: OwnTerminal) -> None:
    def drip(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\nX: ")
        while not peer.server.stopping.is_set():
            peer.send(b"a")
            peer.pause(0.02)

    with ScriptedServer(drip) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        with pytest.raises(GlobusConnectionTimeoutError, match=r"within 0\.5 s") as caught:
            terminal(get("https://data.example.org"))
    assert not caught.value.request_began


def test_a_proxy_that_switches_protocols_opens_no_tunnel(
    environment: pytest.MonkeyPatch, terminal: OwnTerminal
) -> None:
    def switch(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")

    with ScriptedServer(switch) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        with pytest.raises(GlobusConnectionError, match="refused the tunnel: 101 Switching Protocols") as caught:
            terminal(get("https://data.example.org"))
    assert not caught.value.request_began


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there(environment: pytest.MonkeyPatch, terminal: OwnTerminal, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment.setenv("ALL_PROXY", f"http://u:secret@127.0.0.1:{port}")
    with pytest.raises(GlobusConnectionError, match=f"through the proxy http://127.0.0.1:{port}") as caught:
        terminal(get(f"{scheme}://data.example.org"))
    assert not caught.value.request_began
    assert "secret" not in str(caught.value)


def test_a_proxy_that_answers_nonsense_to_the_connect(environment: pytest.MonkeyPatch, terminal: OwnTerminal) -> None:
    def babble(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"SSH-2.0\r\n\r\n")

    with ScriptedServer(babble) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.origin)
        with pytest.raises(GlobusConnectionError, match=r"no connection to https://data\.example\.org") as caught:
            terminal(get("https://data.example.org"))
    assert not caught.value.request_began
