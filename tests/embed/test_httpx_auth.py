"""An authorizer inside httpx and httpx2, in both kinds of clients."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import globus_transport.embed.httpx.public
import globus_transport.embed.httpx2
from globus_transport import (
    AccessTokenAuthorizer,
    AuthAPIError,
    GlobusSDKUsageError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    TransferScopes,
)
from globus_transport.sandbox import Sandbox
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, whole
from tests.core.stepping import FakeAuth
from tests.terminals.fresh_terminal import forget_proxies

REFUSED = whole(b'{"code": "AuthenticationFailed"}', "401 Unauthorized")


class Host:
    """One of the two modules with one of its two kinds of clients: each method sends one request."""

    def __init__(self, library: ModuleType, embed: ModuleType, is_async: bool) -> None:
        self.library: Any = library
        self.auth: Any = embed.GlobusAuth
        self.is_async = is_async

    def send(self, method: str, url: str, *, auth: Any, **options: Any) -> Any:
        if not self.is_async:
            with self.library.Client(auth=auth, follow_redirects=True) as client:
                return client.request(method, url, **options)

        async def main() -> Any:
            async with self.library.AsyncClient(auth=auth, follow_redirects=True) as client:
                return await client.request(method, url, **options)

        return asyncio.run(main())


HOSTS = {
    "httpx.Client": Host(httpx, globus_transport.embed.httpx.public, False),
    "httpx.AsyncClient": Host(httpx, globus_transport.embed.httpx.public, True),
    "httpx2.Client": Host(httpx2, globus_transport.embed.httpx2, False),
    "httpx2.AsyncClient": Host(httpx2, globus_transport.embed.httpx2, True),
}
every_host: Callable[..., Any] = pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def globus() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def tokens() -> RefreshTokenAuthorizer[Any]:
    """Gives token-1, token-2 ..."""
    return RefreshTokenAuthorizer("refresh", FakeAuth())


def seen(server: ScriptedServer) -> list[str | None]:
    return [next(iter(request.values("Authorization")), None) for request in server.requests]


@every_host
def test_the_sandbox_lets_it_in_and_a_refused_token_is_renewed(host: Host, globus: Sandbox) -> None:
    refresh_token = globus.issue_token(TransferScopes.all).refresh_token
    assert refresh_token is not None
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        auth = host.auth(RefreshTokenAuthorizer(refresh_token, auth_client), globus.transfer_url)
        url = f"{globus.transfer_url}v0.10/task_list"
        assert host.send("GET", url, auth=auth).json()["DATA"] == []
        globus.revoke_all_access_tokens()
        reply = host.send("GET", url, auth=auth)
    assert reply.json()["DATA"] == []
    assert globus.grants["refresh_token"] == 2


@every_host
def test_a_cookie_that_the_refusal_set_goes_along(host: Host) -> None:
    refused = whole(b"", "401 Unauthorized", "Set-Cookie: node=7; Path=/")
    with ScriptedServer(answering(refused, whole(b"yes"))) as server:
        assert host.send("GET", server.origin, auth=host.auth(tokens(), server.origin)).text == "yes"
        assert [request.values("Cookie") for request in server.requests] == [[], ["node=7"]]


@every_host
def test_the_body_is_sent_again(host: Host) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"yes"))) as server:
        reply = host.send("POST", server.origin, auth=host.auth(tokens(), server.origin), json={"a": 1})
        assert reply.text == "yes"
        assert [json.loads(request.body) for request in server.requests] == [{"a": 1}] * 2
        assert seen(server) == ["Bearer token-1", "Bearer token-2"]


@every_host
def test_a_body_that_can_be_sent_once_is_sent_once(host: Host) -> None:
    async def parts() -> Any:
        yield b"ab"

    with ScriptedServer(answering(REFUSED, whole(b"yes"))) as server:
        content = parts() if host.is_async else iter([b"ab"])
        auth = host.auth(tokens(), server.origin)
        reply = host.send("POST", server.origin, auth=auth, content=content)
        assert (reply.status_code, reply.json()["code"]) == (401, "AuthenticationFailed")
        assert len(server.requests) == 1
        # The refused token is discarded nevertheless.
        host.send("GET", server.origin, auth=auth)
        assert seen(server)[:2] == ["Bearer token-1", "Bearer token-2"]


@every_host
def test_a_second_refusal_is_given_back(host: Host) -> None:
    with ScriptedServer(answering(REFUSED)) as server:
        assert host.send("GET", server.origin, auth=host.auth(tokens(), server.origin)).status_code == 401
        assert len(server.requests) == 2


@every_host
def test_a_refused_renewal_is_raised_as_it_is(host: Host, globus: Sandbox) -> None:
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        auth = host.auth(RefreshTokenAuthorizer("never issued", auth_client), globus.transfer_url)
        with pytest.raises(AuthAPIError):
            host.send("GET", f"{globus.transfer_url}v0.10/task_list", auth=auth)


@every_host
def test_other_servers_see_nothing(host: Host) -> None:
    with ScriptedServer(answering(REFUSED)) as other:
        away = whole(b"", "302 Found", f"Location: {other.origin}/there")
        with ScriptedServer(answering(away)) as mine:
            auth = host.auth(tokens(), mine.origin)
            assert host.send("GET", other.origin, auth=auth).status_code == 401
            # The server there refuses another credential, so nothing is renewed.
            assert host.send("GET", mine.origin, auth=auth).status_code == 401
            assert seen(mine) == ["Bearer token-1"]
        assert seen(other) == [None, None]


@every_host
def test_a_redirect_within_the_server_keeps_it(host: Host) -> None:
    there = whole(b"", "302 Found", "Location: /there")
    with ScriptedServer(answering(there, whole(b"yes"))) as server:
        assert host.send("GET", server.origin, auth=host.auth(tokens(), server.origin)).text == "yes"
        assert seen(server) == ["Bearer token-1"] * 2


@every_host
def test_after_a_redirect_only_what_was_refused_is_sent_again(host: Host) -> None:
    # The POST was carried out: the redirect is its response.
    there = whole(b"", "303 See Other", "Location: /there")
    with ScriptedServer(answering(there, REFUSED, whole(b"yes"))) as server:
        reply = host.send("POST", server.origin, auth=host.auth(tokens(), server.origin), content=b"{}")
        assert reply.text == "yes"
        assert [request.line[:10] for request in server.requests] == ["POST / HTT", "GET /there", "GET /there"]
        assert seen(server) == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


@every_host
def test_a_refusal_of_a_request_without_it_says_nothing_about_it(host: Host) -> None:
    # httpx removes the credential in a redirect to another server, and does not restore it in a redirect back.
    grants = FakeAuth()

    def back(peer: Peer) -> None:
        answering(whole(b"", "302 Found", f"Location: {mine.origin}/back"))(peer)

    with ScriptedServer(back) as other:
        away = whole(b"", "302 Found", f"Location: {other.origin}/")
        with ScriptedServer(answering(away, REFUSED)) as mine:
            auth = host.auth(RefreshTokenAuthorizer("refresh", grants), mine.origin)
            assert host.send("GET", mine.origin, auth=auth).status_code == 401
            assert seen(mine) == ["Bearer token-1", None]
            host.send("GET", mine.origin, auth=auth)
        assert seen(other) == [None, None]
    assert len(grants.grants) == 1


class Pipe(io.RawIOBase):
    """A file that can be read once."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


@every_host
@pytest.mark.parametrize(("kind", "times"), [(bytes, 2), (io.BytesIO, 2), (Pipe, 1)])
def test_a_form_is_sent_again_if_its_files_can_be_read_again(host: Host, kind: Any, times: int) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"yes"))) as server:
        auth = host.auth(tokens(), server.origin)
        host.send("POST", server.origin, auth=auth, files={"file": ("name", kind(b"content"))})
        assert len(server.requests) == times
        assert all(b"content" in request.body for request in server.requests)


@every_host
def test_where_a_request_goes_is_what_httpx_makes_of_its_address(host: Host) -> None:
    auth = host.auth(AccessTokenAuthorizer("s3cret"), "https://service.example.org")
    for url, is_home in {
        "https://service.example.org:443/x": True,
        "https://SERVICE.example.org/": True,
        "https://service.example.org./": False,
        "https://service.example.org@other.example.org/": False,
        "https://service.example.org:444/": False,
        "ftp://service.example.org/": False,
        "service.example.org/": False,
    }.items():
        request = next(auth.sync_auth_flow(host.library.Request("GET", url)))
        assert ("Authorization" in request.headers) is is_home, url


@every_host
def test_an_address_with_an_empty_host_gets_no_token(host: Host) -> None:
    auth = host.auth(AccessTokenAuthorizer("s3cret"), "https://service.example.org")
    try:
        # httpx parses an empty host here. Other libraries do not, and httpx 0.27 refuses it.
        request = host.library.Request("GET", "https:////service.example.org/")
    except host.library.InvalidURL:
        return
    assert "Authorization" not in next(auth.sync_auth_flow(request)).headers


@every_host
def test_addresses_that_are_none_are_httpx_s_affair(host: Host) -> None:
    auth = host.auth(AccessTokenAuthorizer("t"), "https://service.example.org")
    with pytest.raises(host.library.UnsupportedProtocol):
        host.send("GET", "service.example.org/task_list", auth=auth)


@every_host
def test_what_httpx_would_carry_on_is_refused(host: Host) -> None:
    with pytest.raises(GlobusSDKUsageError, match="name the https URL"):
        host.auth(AccessTokenAuthorizer("t"), "http://service.example.org")
    with pytest.raises(GlobusSDKUsageError, match="give the URL"):
        host.auth(AccessTokenAuthorizer("t"))
    auth = host.auth(AccessTokenAuthorizer("s3cret"), "https://service.example.org")
    assert isinstance(auth, host.library.Auth)
    assert repr(auth) == "<GlobusAuth: AccessTokenAuthorizer for https://service.example.org only>"


@every_host
def test_a_user_name_in_the_url(host: Host) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        url = server.origin.replace("http://", "http://someone:s3cret@")
        assert host.send("GET", url, auth=host.auth(tokens(), server.origin)).text == "ok"
        assert seen(server) == ["Bearer token-1"]


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_threads_and_event_loops_make_one_renewal_together(name: str, globus: Sandbox) -> None:
    refresh_token = globus.issue_token(TransferScopes.all).refresh_token
    assert refresh_token is not None
    sync, with_tasks = HOSTS[f"{name}.Client"], HOSTS[f"{name}.AsyncClient"]
    url = f"{globus.transfer_url}v0.10/task_list"
    statuses: list[int] = []

    async def tasks(auth: Any) -> None:
        async with with_tasks.library.AsyncClient(auth=auth) as client:
            statuses.extend(reply.status_code for reply in await asyncio.gather(*(client.get(url) for _ in range(5))))

    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        auth = sync.auth(RefreshTokenAuthorizer(refresh_token, auth_client), globus.transfer_url)
        threads = [
            *(threading.Thread(target=lambda: asyncio.run(tasks(auth))) for _ in range(2)),
            *(threading.Thread(target=lambda: statuses.append(sync.send("GET", url, auth=auth).status_code))
              for _ in range(5)),
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert statuses == [200] * 15
    assert globus.grants["refresh_token"] == 1


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_cancelling_whoever_renews_does_not_lose_the_token(name: str) -> None:
    host = HOSTS[f"{name}.AsyncClient"]

    async def main(server: ScriptedServer) -> None:
        asked, may_go_on = threading.Event(), threading.Event()

        def before(_number: int) -> None:
            asked.set()
            assert may_go_on.wait(10)

        auth = host.auth(RefreshTokenAuthorizer("refresh", FakeAuth(before)), server.origin)
        async with host.library.AsyncClient(auth=auth) as client:
            leader = asyncio.create_task(client.get(server.origin))
            await asyncio.to_thread(asked.wait, 10)
            follower = asyncio.create_task(client.get(server.origin))
            await asyncio.sleep(0)
            leader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leader
            may_go_on.set()
            assert (await follower).text == "yes"
        assert seen(server) == ["Bearer token-1"]

    with ScriptedServer(answering(whole(b"yes"))) as server:
        asyncio.run(main(server))
