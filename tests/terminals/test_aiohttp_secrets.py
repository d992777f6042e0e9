"""Credentials in requests through aiohttp are sent unchanged, and never printed."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from globus_transport import (
    AccessTokenAuthorizer,
    AiohttpTerminal,
    AsyncStack,
    DefaultHeaders,
    Flow,
    NetworkError,
    RefreshTokenAuthorizer,
    Request,
    Response,
)
from globus_transport.core.layers import LayerLike
from globus_transport.embed.aiohttp.middlewares import GlobusAuth, StackMiddleware
from globus_transport.http.headers import SECRET_NAMES
from globus_transport.terminals.aiohttp.secrets import SecretStr, hide_secrets
from globus_transport.testing.loopback_server import ScriptedServer, answering, once, whole
from tests.core.stepping import FakeAuth
from tests.terminals.fresh_terminal import forget_proxies

SECRETS: dict[str, str] = {name.title(): f"hush-{name}" for name in sorted(SECRET_NAMES)}
REFUSED = whole(b"no", "401 Unauthorized")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def _puts_secrets_on(request: Request) -> Flow:
    for name, value in SECRETS.items():
        request = request.with_header(name, value)
    response: Response = yield request
    return response


def test_what_holds_a_credential_stays_hidden_in_copies() -> None:
    fields: CIMultiDict[str] = CIMultiDict(hide_secrets([*SECRETS.items(), ("Accept", "a/b")]))
    copies = (
        fields.copy(),
        CIMultiDictProxy(fields),
        copy.copy(fields),
        copy.deepcopy(fields),
        pickle.loads(pickle.dumps(fields)),
    )
    for headers in copies:
        assert "hush" not in f"{headers!r} {headers} {list(headers.items())}"
        assert repr(headers["accept"]) == "'a/b'"
        assert [f"{headers[name]}" for name in SECRETS] == list(SECRETS.values())


def _said_of(middleware: Any, origin: str, **settings: Any) -> tuple[aiohttp.ClientResponseError, list[str]]:
    """The exception of a session that raises for a status, and what asyncio logs of a task that is not awaited."""
    logged: list[str] = []

    async def main() -> aiohttp.ClientResponseError:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: logged.append(repr(context)))
        async with aiohttp.ClientSession(middlewares=(middleware,), raise_for_status=True, **settings) as session:
            task = asyncio.ensure_future(session._request("GET", origin))
            await asyncio.wait([task])
            del task
            gc.collect()
            with pytest.raises(aiohttp.ClientResponseError) as raised:
                await session.get(origin)
            return raised.value

    return asyncio.run(asyncio.wait_for(main(), 10)), logged


@pytest.mark.parametrize("kind", ["static", "renewing"])
def test_a_token_of_an_authorizer_is_not_in_what_aiohttp_raises(kind: str) -> None:
    authorizer: Any = AccessTokenAuthorizer("token-1")
    if kind == "renewing":
        authorizer = RefreshTokenAuthorizer("refresh", FakeAuth())  # gives token-1, token-2 ...
    with ScriptedServer(answering(REFUSED)) as server:
        error, logged = _said_of(GlobusAuth(authorizer, server.origin), server.origin)
        assert server.requests[0]["Authorization"] == "Bearer token-1"
    assert "Authorization" not in repr(error)
    assert len(logged) == 1
    assert "ClientResponseError" in logged[0]
    assert "token-" not in repr(error) + str(error) + logged[0]


def test_what_layers_put_on_is_not_in_what_aiohttp_raises() -> None:
    with ScriptedServer(answering(whole(b"no", "403 Forbidden"))) as server:
        error, logged = _said_of(StackMiddleware([_puts_secrets_on]), server.origin)
        assert [server.requests[0][name] for name in SECRETS] == list(SECRETS.values())
    assert len(logged) == 1
    assert "hush" not in repr(error) + str(error) + logged[0]


@pytest.mark.parametrize("whose", ["a layer", "the session", "a middleware of the session"])
def test_the_error_of_the_terminal_keeps_nothing_that_prints_them(whose: str) -> None:
    async def puts_secrets_on(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.headers.update(SECRETS)
        return await handler(request)

    settings: dict[str, Any] = {}
    layers: list[LayerLike] = [DefaultHeaders({"X-Layer": "1"})]
    if whose == "a layer":
        layers = [_puts_secrets_on]
    elif whose == "the session":
        settings = {"headers": {"Proxy-Authorization": "hush"}}
    else:
        settings = {"middlewares": (puts_secrets_on,)}

    async def main(origin: str) -> NetworkError:
        async with aiohttp.ClientSession(**settings) as session:
            with pytest.raises(NetworkError) as raised:
                await AsyncStack(AiohttpTerminal(session), layers).send(Request("GET", origin))
            return raised.value

    with ScriptedServer(once(b"SSH-2.0-x\r\n\r\n")) as server:
        error = asyncio.run(main(server.origin))
        assert "hush" in server.requests[0]["Proxy-Authorization"]
    cause = error.underlying_exception
    assert isinstance(cause, aiohttp.ClientResponseError)
    assert "hush" not in f"{error!r} {cause!r} {cause.args!r} {cause.request_info!r}"


def test_a_password_of_a_proxy_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(url: str) -> NetworkError:
        async with aiohttp.ClientSession(trust_env=True) as session:
            with pytest.raises(NetworkError) as raised:
                await AiohttpTerminal(session)(Request("GET", url))
            return raised.value

    with ScriptedServer(answering(whole(b"", "407 Proxy Authentication Required"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pw@127.0.0.1:{proxy.port}")
        error = asyncio.run(main("https://far.example.org/x"))
        assert proxy.requests[0]["Proxy-Authorization"] == "Basic bWU6cHc="
    assert isinstance(error.underlying_exception, aiohttp.ClientHttpProxyError)
    assert "bWU6cHc" not in repr(error.underlying_exception)


def test_a_hidden_value_is_the_same_text() -> None:
    assert SecretStr("Bearer t") == "Bearer t"
    assert f"{SecretStr('Bearer t')}" == "Bearer t"
    assert repr(SecretStr("Bearer t")) == "<hidden>"
