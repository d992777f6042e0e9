"""A user's application: when it logs in, what it keeps, and that nobody logs in twice."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

from globus_transport import (
    AsyncTransferClient,
    AuthClient,
    AuthScopes,
    GlobusAppConfig,
    GlobusSDKUsageError,
    LoginRequiredError,
    TransferAPIError,
    TransferScopes,
    UserApp,
)
from globus_transport.sandbox import Sandbox
from globus_transport.token_storage import (
    DeadLoginError,
    ExpiredTokenError,
    IdentityMismatchError,
    MemoryTokenStorage,
    MissingTokenError,
    TokenStorageData,
    TokenStorageError,
    UnmetScopeRequirementsError,
)
from globus_transport.token_storage.file_lock import FileLock
from tests.app.conftest import Apps
from tests.app.people import User
from tests.core.stepping import exit_code_of_child

TRANSFER = TransferScopes.resource_server


def tokens_file(home: Path) -> Path:
    (found,) = home.glob(".globus/app/*/my-app/tokens.json")
    return found


def test_the_first_call_logs_in(globus: Sandbox, user: User, apps: Apps, home: Path) -> None:
    app = apps.user_app()
    client = apps.transfer(app)
    assert app.login_required()
    assert user.logins == 0
    assert client.task_list()["DATA"] == []
    assert not app.login_required()
    assert user.logins == 1
    assert set(user.asked["scope"].split()) == {"openid", str(TransferScopes.all)}
    assert user.asked["access_type"] == "online"
    assert user.asked["prefill_named_grant"].startswith("my app")
    stored = json.loads(tokens_file(home).read_text())["data"]["DEFAULT"]
    assert stored.keys() == {"auth.globus.org", TRANSFER}
    assert {one["identity_id"] for one in stored.values()} == {globus.user.id}
    assert tokens_file(home).stat().st_mode & 0o777 == 0o600


def test_the_next_program_needs_no_login(user: User, apps: Apps) -> None:
    apps.transfer(apps.user_app()).task_list()
    app = apps.user_app()
    client = apps.transfer(app)
    app.login()
    client.task_list()
    assert user.logins == 1
    app.login(force=True)
    assert user.logins == 2


def test_one_login_for_several_services(globus: Sandbox, user: User, apps: Apps) -> None:
    app = apps.user_app()
    transfer = apps.transfer(app)
    with AuthClient(app=app) as auth:
        assert auth.userinfo()["sub"] == globus.user.id
        transfer.task_list()
    assert user.logins == 1
    assert app.scope_requirements == {
        "auth.globus.org": [AuthScopes.openid, AuthScopes.profile, AuthScopes.email],
        TRANSFER: [TransferScopes.all],
    }


def test_more_scopes_need_another_login(user: User, apps: Apps) -> None:
    app = apps.user_app()
    client = apps.transfer(app)
    client.task_list()
    client.add_app_scope(TransferScopes.gcp_install).add_app_scope([str(TransferScopes.all)])
    assert app.scope_requirements[TRANSFER] == [TransferScopes.all, TransferScopes.gcp_install]
    assert app.login_required()
    client.task_list()
    assert user.logins == 2
    assert str(TransferScopes.gcp_install) in user.asked["scope"].split()


def test_expired_tokens_need_another_login(user: User, apps: Apps, later: Callable[[float], None]) -> None:
    app = apps.user_app()
    client = apps.transfer(app)
    client.task_list()
    later(172800)
    assert app.login_required()
    later(172700)
    assert not app.login_required()
    client.task_list()
    assert user.logins == 1
    later(172800)
    # The login brings tokens that have expired by this clock, too.
    with pytest.raises(ExpiredTokenError, match=r"expired at .*app\.login") as expired:
        client.task_list()
    assert expired.value.args == (str(expired.value),)
    copy = pickle.loads(pickle.dumps(expired.value))
    assert (str(copy), copy.expiration) == (str(expired.value), expired.value.expiration)
    assert user.logins == 2
    later(0)
    client.task_list()
    assert user.logins == 2


def test_a_renewal_is_stored(globus: Sandbox, user: User, apps: Apps, home: Path) -> None:
    app = apps.user_app(request_refresh_tokens=True)
    client = apps.transfer(app)
    client.task_list()
    assert user.asked["access_type"] == "offline"
    before = json.loads(tokens_file(home).read_text())["data"]["DEFAULT"][TRANSFER]
    globus.revoke_all_access_tokens()
    client.task_list()
    after = json.loads(tokens_file(home).read_text())["data"]["DEFAULT"][TRANSFER]
    assert before["access_token"] != after["access_token"]
    assert before["refresh_token"] != after["refresh_token"]
    assert after["identity_id"] == globus.user.id
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}


def test_tokens_that_another_program_renewed_are_used(globus: Sandbox, user: User, apps: Apps) -> None:
    first, second = (apps.transfer(apps.user_app(request_refresh_tokens=True)) for _ in range(2))
    first.task_list()
    second.task_list()
    globus.revoke_all_access_tokens()
    first.task_list()
    second.task_list()
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}
    globus.revoke_all_access_tokens()
    second.task_list()
    first.task_list()
    assert globus.grants == {"authorization_code": 1, "refresh_token": 2}


def test_renewed_tokens_that_could_not_be_stored_are_not_lost(
    globus: Sandbox, user: User, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = apps.transfer(apps.user_app(request_refresh_tokens=True))
    client.task_list()
    globus.revoke_all_access_tokens()
    with monkeypatch.context() as patched:
        patched.setattr("os.replace", no_space)
        with pytest.raises(OSError, match="No space"):
            client.task_list()
    client.task_list()
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}
    # Another program can go on with what was stored.
    globus.revoke_all_access_tokens()
    apps.transfer(apps.user_app(request_refresh_tokens=True)).task_list()
    assert globus.grants == {"authorization_code": 1, "refresh_token": 2}


def no_space(*_paths: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_dead_login_says_so_and_the_next_call_logs_in(globus: Sandbox, user: User, apps: Apps) -> None:
    app = apps.user_app(request_refresh_tokens=True)
    client = apps.transfer(app)
    client.task_list()
    kill_login(app)
    with pytest.raises(LoginRequiredError, match=r"app\.login\(force=True\)"):
        client.task_list()
    assert user.logins == 1
    assert app.login_required()
    client.task_list()
    assert user.logins == 2
    assert not app.login_required()


def test_a_dead_login_without_a_handler(globus: Sandbox, user: User, apps: Apps) -> None:
    app = apps.user_app(request_refresh_tokens=True, token_validation_error_handler=None)
    client = apps.transfer(app)
    with pytest.raises(MissingTokenError, match=f"no tokens are stored for {TRANSFER}"):
        client.task_list()
    app.login()
    kill_login(app)
    with pytest.raises(LoginRequiredError):
        client.task_list()
    with pytest.raises(DeadLoginError, match=r"app\.login"):
        client.task_list()
    app.login()
    client.task_list()
    assert user.logins == 2


def kill_login(app: UserApp) -> None:
    """Revoke the tokens for Transfer, behind the application's back."""
    data = app.token_storage.get_token_data(TRANSFER)
    for token in (data.access_token, data.refresh_token):
        app._login_client.oauth2_revoke_token(token or "")


def test_refresh_tokens_are_needed_if_they_are_wanted(user: User, apps: Apps) -> None:
    apps.transfer(apps.user_app()).task_list()
    app = apps.user_app(request_refresh_tokens=True)
    apps.transfer(app).task_list()
    assert user.logins == 2
    assert app.token_storage.get_token_data(TRANSFER).refresh_token


def test_logout_revokes_and_forgets(globus: Sandbox, user: User, apps: Apps, home: Path) -> None:
    app = apps.user_app(request_refresh_tokens=True)
    client = apps.transfer(app)
    client.task_list()
    stored = app.token_storage.get_token_data(TRANSFER)
    other = attrs.evolve(stored, resource_server="another.service", access_token="x", refresh_token=None)
    app.token_storage.token_storage.store_token_data_by_resource_server({"another.service": other})
    app.logout()
    assert app.login_required()
    left = json.loads(tokens_file(home).read_text())["data"]["DEFAULT"]
    assert left.keys() == {"another.service"}
    with pytest.raises(LoginRequiredError):
        app._login_client.oauth2_refresh_token(stored.refresh_token or "")
    before = len(globus.requests)
    client.task_list()
    assert user.logins == 2
    sent = [one.headers["Authorization"] for one in globus.requests[before:] if one.service == "transfer"]
    assert f"Bearer {stored.access_token}" not in sent
    app.logout(sweep=True)
    assert json.loads(tokens_file(home).read_text())["data"]["DEFAULT"] == {}


def test_somebody_else_cannot_take_over(globus: Sandbox, user: User, apps: Apps) -> None:
    storage = MemoryTokenStorage()
    storage.store_token_data_by_resource_server(
        {TRANSFER: TokenStorageData(TRANSFER, "somebody else", "another scope", "a", None, 2**40, "Bearer")}
    )
    app = apps.user_app(token_storage=storage)
    client = apps.transfer(app)
    with pytest.raises(IdentityMismatchError, match="somebody else") as caught:
        client.task_list()
    assert (caught.value.stored_id, caught.value.new_id) == ("somebody else", globus.user.id)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.new_id) == (str(caught.value), globus.user.id)
    assert storage.get_token_data_by_resource_server()[TRANSFER].identity_id == "somebody else"
    # After a logout anybody may come.
    storage.remove_token_data(TRANSFER)
    app.logout()
    client.task_list()
    assert user.logins == 2


def test_a_handler_of_ones_own(user: User, apps: Apps) -> None:
    seen: list[Exception] = []

    def handler(app: object, error: Exception) -> None:
        seen.append(error)
        assert isinstance(app, UserApp)
        app.login(force=True)

    app = apps.user_app(token_validation_error_handler=handler)
    client = apps.transfer(app)
    client.task_list()
    client.add_app_scope(TransferScopes.gcp_install)
    client.task_list()
    assert [type(one) for one in seen] == [MissingTokenError, UnmetScopeRequirementsError]
    assert str(TransferScopes.gcp_install) in str(seen[1])


def test_threads_wait_for_one_login(globus: Sandbox, user: User, apps: Apps) -> None:
    client = apps.transfer(apps.user_app())
    together = threading.Barrier(5)

    def call() -> object:
        together.wait()
        return client.task_list()["DATA"]

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda _: call(), range(5))) == [[]] * 5
    assert user.logins == 1


def test_calls_go_on_while_a_user_logs_in(globus: Sandbox, user: User, apps: Apps) -> None:
    app = apps.user_app()
    client = apps.transfer(app)
    client.task_list()
    types, done = user.types, threading.Event()
    waiting = threading.Event()

    def slow(prompt: str) -> str:
        waiting.set()
        assert done.wait(10)
        return types(prompt)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("builtins.input", slow)
        login = threading.Thread(target=app.login, kwargs={"force": True})
        login.start()
        assert waiting.wait(10)
        assert client.task_list()["DATA"] == []
        done.set()
        login.join(10)
    assert user.logins == 2


def test_tokens_that_may_only_be_read_serve_until_they_have_to_be_renewed(
    globus: Sandbox, user: User, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps.transfer(apps.user_app(request_refresh_tokens=True)).task_list()

    def refuse(lock: FileLock) -> None:
        raise TokenStorageError("the folder may only be read")

    monkeypatch.setattr(FileLock, "__enter__", refuse)
    client = apps.transfer(apps.user_app(request_refresh_tokens=True))
    client.task_list()
    globus.revoke_all_access_tokens()
    with pytest.raises(TokenStorageError, match="only be read"):
        client.task_list()
    # The refresh token is still unused.
    assert globus.grants == {"authorization_code": 1}


def test_asyncio(globus: Sandbox, user: User, apps: Apps) -> None:
    app = apps.user_app(request_refresh_tokens=True)

    async def main() -> None:
        async with AsyncTransferClient(app=app) as client:
            await asyncio.gather(*(client.task_list() for _ in range(5)))
            globus.revoke_all_access_tokens()
            await asyncio.gather(*(client.task_list() for _ in range(5)))

    asyncio.run(main())
    assert user.logins == 1
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}


def test_a_pickled_client_finds_the_tokens(user: User, apps: Apps) -> None:
    app = apps.user_app(request_refresh_tokens=True)
    client = apps.transfer(app)
    client.task_list()
    with pickle.loads(pickle.dumps(client)) as copied:
        assert copied.task_list()["DATA"] == []
        copied.app.close()
    with pickle.loads(pickle.dumps(app)) as copied_app:
        assert not copied_app.login_required()
    assert user.logins == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_does_not_wait_for_the_parents_login(user: User, apps: Apps) -> None:
    app = apps.user_app()
    client = apps.transfer(app)
    client.task_list()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with app._lock:
            held.set()
            done.wait(30)

    def in_the_child() -> int:
        app.add_scope_requirements({TRANSFER: TransferScopes.all})
        return 7

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        code = exit_code_of_child(in_the_child)
    finally:
        done.set()
        thread.join()
    assert code == 7


def test_a_refused_call_is_an_error_as_ever(user: User, apps: Apps) -> None:
    client = apps.transfer(apps.user_app())
    with pytest.raises(TransferAPIError) as caught:
        client.get_task("no-task")
    assert caught.value.http_status == 404


def test_the_app_prints_no_secrets(user: User, apps: Apps) -> None:
    app = apps.user_app(request_refresh_tokens=True)
    client = apps.transfer(app)
    client.task_list()
    data = app.token_storage.get_token_data(TRANSFER)
    shown = f"{app} {app!r} {client.stack} {app.token_storage} {data} {client!r}"
    assert data.access_token not in shown
    assert data.refresh_token is not None
    assert data.refresh_token not in shown
    assert "UserApp 'my app' for" in str(client.stack)


def test_a_service_whose_scopes_nobody_requires_needs_no_login(user: User, apps: Apps) -> None:
    app = apps.user_app()
    with pytest.raises(GlobusSDKUsageError, match=r"requires no scopes of other\.server; call app\.add_scope"):
        app.get_authorizer("other.server")
    assert user.logins == 0


def test_what_cannot_be(globus: Sandbox) -> None:
    with pytest.raises(GlobusSDKUsageError, match="give client_id= or login_client="):
        UserApp("x")
    with pytest.raises(GlobusSDKUsageError, match="token_storage='yaml'"):
        UserApp("x", client_id="c", config=GlobusAppConfig(token_storage="yaml"))  # type: ignore[arg-type]
    with pytest.raises(GlobusSDKUsageError, match="login_flow_manager='telepathy'"):
        UserApp("x", client_id="c", config=GlobusAppConfig(login_flow_manager="telepathy"))  # type: ignore[arg-type]
    for name in ("", "AUX"):
        with pytest.raises(GlobusSDKUsageError, match="app_name"):
            UserApp(name, client_id="c")
    with pytest.raises(GlobusSDKUsageError, match="client_id"):
        UserApp("x", client_id="../../elsewhere")
    with pytest.raises(GlobusSDKUsageError, match="redirect"):
        UserApp("x", client_id="c", client_secret="s", config=GlobusAppConfig(token_storage="memory"))


def test_without_the_extra_it_says_so_before_the_login(globus: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_transport.services.auth.id_tokens.find_spec", lambda name: None)
    with pytest.raises(GlobusSDKUsageError, match=r"globus_transport\[app\]"):
        UserApp("x", client_id="c")


def test_the_name_in_the_user_agent(globus: Sandbox, user: User, apps: Apps) -> None:
    client = apps.transfer(apps.user_app())
    assert client.app_name == "my app"
    client.task_list()
    (sent,) = [one for one in globus.requests if one.service == "transfer"]
    assert (sent.headers["User-Agent"] or "").endswith("/my app")


def test_many_programs_renew_once(globus: Sandbox, user: User, apps: Apps) -> None:
    """Each application has a lock of its own on the file, as if it were in another process."""
    clients = [apps.transfer(apps.user_app(request_refresh_tokens=True)) for _ in range(4)]
    for client in clients:
        client.task_list()
    globus.revoke_all_access_tokens()
    globus.token_delay = 0.1
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda client: client.task_list(), clients))
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}
