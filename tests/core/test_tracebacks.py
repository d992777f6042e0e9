"""Tracebacks show the program's own lines, and no secret."""

from __future__ import annotations

import asyncio
import json
import socket
import traceback
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncConfidentialAppAuthClient,
    AsyncNativeAppAuthClient,
    AsyncTransferClient,
    AuthClient,
    BasicAuthorizer,
    ClientApp,
    ClientCredentialsAuthorizer,
    ConfidentialAppAuthClient,
    GlobusAppConfig,
    GlobusConnectionError,
    GlobusError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    Request,
    Response,
    RetryConfig,
    TransferClient,
    UserApp,
)
from globus_transport.core.flow import Flow
from globus_transport.embed.aiohttp import GlobusAuth
from globus_transport.http.messages import Response as OwnResponse
from globus_transport.login_flows import CommandLineLoginFlowManager
from globus_transport.services.auth.response import OAuthTokenResponse
from globus_transport.token_storage import (
    JSONTokenStorage,
    MemoryTokenStorage,
    SQLiteTokenStorage,
    TokenStorageData,
)
from tests.core.tracebacks import own_frames, printed_with_locals

SECRET = "SEC" + "RET1234567890"
JSON = {"Content-Type": "application/json"}
ONCE = RetryConfig(max_retries=0)


def no_connection(_request: Request) -> Response:
    raise GlobusConnectionError("no connection")


def refuses(request: Request) -> Response:
    return Response(400, JSON, b'{"error": "invalid_grant"}', None, "", request)


def grants_half(request: Request) -> Response:
    return Response(200, JSON, json.dumps({"access_token": SECRET, "refresh_token": SECRET}).encode(), request=request)


def grants_nonsense(request: Request) -> Response:
    return Response(200, JSON, b'{"access_token": "%s", ' % SECRET.encode(), request=request)


def grants(request: Request) -> Response:
    document = {
        "access_token": SECRET,
        "refresh_token": SECRET,
        "expires_in": 100,
        "scope": "all",
        "token_type": "Bearer",
        "resource_server": "transfer.api.globus.org",
    }
    return Response(200, JSON, json.dumps(document).encode(), request=request)


def under_asyncio(terminal: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def send(request: Request) -> Response:
        return terminal(request)

    return send


def raised_by(call: Callable[[], Any]) -> BaseException:
    """What a call raises, under asyncio if it returns a coroutine."""
    try:
        result = call()
        if hasattr(result, "__await__"):

            async def run() -> Any:
                return await result

            asyncio.run(run())
    except Exception as error:
        return error
    raise AssertionError("it raised nothing")


CALLS: dict[str, Callable[[Any], Any]] = {
    "refresh": lambda client: client.oauth2_refresh_token(SECRET),
    "revoke": lambda client: client.oauth2_revoke_token(SECRET),
    "form": lambda client: client.oauth2_token({"grant_type": "x", "code": SECRET}),
    "body": lambda client: client.post("/x", data={"token": SECRET}),
    "header": lambda client: client.get("/x", headers={"Authorization": SECRET}),
    "query": lambda client: client.get("/x", query_params={"token": SECRET}),
    "a wrong argument": lambda client: client.oauth2_refresh_token(SECRET, body_params=3),
    "an unknown argument": lambda client: client.oauth2_refresh_token(SECRET, nope=3),
    "a value that is no JSON": lambda client: client.post("/x", data={"token": SECRET, "x": object()}),
    "a value of a query": lambda client: client.get("/x", query_params={"code": SECRET, "x": {}}),
}


def auth_clients(terminal: Callable[[Request], Response]) -> Iterator[Any]:
    awaited = under_asyncio(terminal)
    yield NativeAppAuthClient("id", terminal=terminal, retry_config=ONCE)
    yield ConfidentialAppAuthClient("id", SECRET, terminal=terminal, retry_config=ONCE)
    yield AsyncNativeAppAuthClient("id", terminal=awaited, retry_config=ONCE)
    yield AsyncConfidentialAppAuthClient("id", SECRET, terminal=awaited, retry_config=ONCE)


@pytest.mark.parametrize("terminal", [no_connection, refuses])
@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
def test_calls_with_secrets(call: Callable[[Any], Any], terminal: Callable[[Request], Response]) -> None:
    for client in auth_clients(terminal):
        assert SECRET not in printed_with_locals(raised_by(partial(call, client)))


@pytest.mark.parametrize("terminal", [grants_half, grants_nonsense])
def test_token_replies_that_are_none(terminal: Callable[[Request], Response]) -> None:
    for client in auth_clients(terminal):
        assert SECRET not in printed_with_locals(raised_by(partial(client.oauth2_refresh_token, SECRET)))


@pytest.mark.parametrize("terminal", [no_connection, refuses, grants_half, grants_nonsense])
def test_logins(terminal: Callable[[Request], Response]) -> None:
    class Pasted(CommandLineLoginFlowManager):
        def prompt_for_code(self) -> str:
            return SECRET

        def print_authorize_url(self, authorize_url: str) -> None: ...

    client = NativeAppAuthClient("id", terminal=terminal, retry_config=ONCE)
    flow = client.oauth2_start_flow("all")
    assert SECRET not in printed_with_locals(raised_by(lambda: flow.exchange_code_for_tokens(SECRET)))
    assert SECRET not in printed_with_locals(raised_by(lambda: client.oauth2_exchange_code_for_tokens(SECRET)))
    app = UserApp(
        "app",
        login_client=client,
        scope_requirements={"transfer.api.globus.org": ["all"]},
        config=GlobusAppConfig(token_storage=MemoryTokenStorage(), login_flow_manager=Pasted(client)),
    )
    assert SECRET not in printed_with_locals(raised_by(app.login))


@pytest.fixture
def unused_url() -> str:
    """The URL of a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def failing(_reply: object) -> None:
    raise ValueError("the disk is full")


AUTHORIZERS: dict[str, Callable[[], Any]] = {
    "refused": lambda: RefreshTokenAuthorizer(SECRET, NativeAppAuthClient("id", terminal=refuses, retry_config=ONCE)),
    "not reached": lambda: RefreshTokenAuthorizer(
        SECRET, NativeAppAuthClient("id", terminal=no_connection, retry_config=ONCE)
    ),
    "half": lambda: RefreshTokenAuthorizer(SECRET, NativeAppAuthClient("id", terminal=grants_half)),
    "not stored": lambda: RefreshTokenAuthorizer(
        SECRET, NativeAppAuthClient("id", terminal=grants), on_refresh=failing
    ),
    "no credentials": lambda: ClientCredentialsAuthorizer(
        ConfidentialAppAuthClient("id", SECRET, terminal=refuses), "all"
    ),
    "not connected": lambda: AccessTokenAuthorizer(SECRET),
}


@pytest.mark.parametrize("make", AUTHORIZERS.values(), ids=list(AUTHORIZERS))
def test_authorizers(make: Callable[[], Any]) -> None:
    for call in (
        lambda: TransferClient(authorizer=make(), terminal=no_connection, retry_config=ONCE).get_task("x"),
        lambda: AsyncTransferClient(
            authorizer=make(), terminal=under_asyncio(no_connection), retry_config=ONCE
        ).get_task("x"),
    ):
        assert SECRET not in printed_with_locals(raised_by(call))


REFUSED: dict[str, Callable[[], Any]] = {
    "access token": lambda: AccessTokenAuthorizer(SECRET + "\n"),
    "password": lambda: BasicAuthorizer("a:b", SECRET),
    "refresh token": lambda: RefreshTokenAuthorizer(SECRET, AuthClient()),  # type: ignore[arg-type]
    "half": lambda: RefreshTokenAuthorizer(SECRET, NativeAppAuthClient("id"), access_token=SECRET),
    "client secret": lambda: ConfidentialAppAuthClient("a:b", SECRET),
    "user app": lambda: UserApp("app", client_id="a:b", client_secret=SECRET),
    "client app": lambda: ClientApp("app", client_secret=SECRET),
    "config": lambda: UserApp("app", client_id="id", client_secret=SECRET, config=3),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=list(REFUSED))
def test_what_is_refused_when_it_is_made(make: Callable[[], Any]) -> None:
    error = raised_by(make)
    assert isinstance(error, GlobusError)
    assert not list(own_frames(error))


def tokens() -> dict[str, TokenStorageData]:
    return {"x": TokenStorageData("x", None, "all", SECRET, SECRET, None, None)}


def test_storages(tmp_path: Path) -> None:
    storage = JSONTokenStorage(tmp_path / "tokens.json")
    with mock.patch("os.replace", side_effect=OSError(28, "no space left")):
        assert SECRET not in printed_with_locals(
            raised_by(lambda: storage.store_token_data_by_resource_server(tokens()))
        )
        reply = NativeAppAuthClient("id", terminal=grants).oauth2_refresh_token("x")
        assert SECRET not in printed_with_locals(raised_by(lambda: storage.store_token_response(reply)))
    for text in (f'{{"x": "{SECRET}', f'{{"data": {{"DEFAULT": {{"x": {{"access_token": "{SECRET}"}}}}}}}}'):
        (tmp_path / "tokens.json").write_text(text)
        assert SECRET not in printed_with_locals(raised_by(lambda: storage.get_token_data("x")))
    database = SQLiteTokenStorage(tmp_path / "tokens.db")
    with mock.patch.object(TokenStorageData, "from_dict", side_effect=ValueError("bad row")):
        database.store_token_data_by_resource_server(tokens())
        assert SECRET not in printed_with_locals(raised_by(database.get_token_data_by_resource_server))


def test_inside_aiohttp(unused_url: str) -> None:
    async def get() -> None:
        auth = GlobusAuth(AccessTokenAuthorizer(SECRET), unused_url)
        async with aiohttp.ClientSession(middlewares=[auth]) as session:
            await session.get(unused_url)

    assert SECRET not in printed_with_locals(raised_by(get))


def test_a_half_made_token_reply_prints() -> None:
    printed: list[str] = []

    class Watched(OAuthTokenResponse):
        def _list_token_documents(self) -> list[Any]:
            printed.append(f"{self!r} {self}")
            return super()._list_token_documents()

    with pytest.raises(GlobusError):
        Watched(OwnResponse(200, JSON, b'{"access_token": "x"}'))
    assert printed == ["<Watched 200: tokens for nothing> <Watched 200: tokens for nothing>"]


def test_a_refused_connection_takes_few_lines(unused_url: str) -> None:
    client = TransferClient(base_url=unused_url, retry_config=ONCE)
    error = raised_by(lambda: client.get_task("x"))
    lines = traceback.format_exception(error)
    assert not list(own_frames(error))
    assert "client.get_task" in lines[-2]
    assert len("".join(lines).splitlines()) < 30
    assert isinstance(error.__cause__, ConnectionRefusedError)


def test_frames_of_the_program_stay() -> None:
    def mine(request: Request) -> Flow:
        response: Response = yield request
        return response

    def terminal(_request: Request) -> Response:
        raise GlobusConnectionError("no")

    client = TransferClient(terminal=terminal, retry_config=ONCE)
    client.stack = client.stack.add(mine)
    trace = raised_by(lambda: client.get_task("x")).__traceback__
    names = [frame.name for frame in traceback.extract_tb(trace)]
    assert names[-2:] == ["mine", "terminal"]


def test_a_fault_that_is_not_ours_shows_where_it_is() -> None:
    client = NativeAppAuthClient("id", terminal=grants)
    with mock.patch("globus_transport.services.auth.response._MAX_LIFETIME", None):
        (frame,) = own_frames(raised_by(lambda: client.oauth2_refresh_token("x")))
    assert frame.f_globals["__name__"] == "globus_transport.services.auth.response"


def test_full_tracebacks_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_TRANSPORT_FULL_TRACEBACKS", "1")
    client = TransferClient(terminal=no_connection, retry_config=ONCE)
    assert len(list(own_frames(raised_by(lambda: client.get_task("x"))))) > 5
