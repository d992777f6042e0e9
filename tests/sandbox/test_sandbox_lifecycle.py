"""Start, stop and attributes of a sandbox."""

from __future__ import annotations

import gc
import math
import os
import socket
import threading
import uuid
from pathlib import Path

import globus_sdk
import pytest

from globus_transport.sandbox import Clock, Collection, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

TASKS = "/v0.10/task_list"


def open_sockets() -> int:
    gc.collect()
    found = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
        except FileNotFoundError:
            # The descriptor that listed the folder.
            continue
    return found


def copy_document(collection: Collection) -> dict[str, object]:
    return {
        "submission_id": str(uuid.uuid4()),
        "source_endpoint": collection.id,
        "destination_endpoint": collection.id,
        "DATA": [{"source_path": "/file", "destination_path": "/copy"}],
    }


def use_and_close() -> None:
    with Sandbox(task_delay=3600.0) as globus:
        source = globus.add_collection("Source")
        (source.folder / "file").touch()
        transfer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)
        # A persistent connection, an unused connection, and a task that would take hours.
        kept, unused = transfer.connect(), transfer.connect()
        unused.connect()
        kept.request("GET", TASKS)
        assert transfer("POST", "/v0.10/transfer", document=copy_document(source)).status == 202
        urls = [globus.auth_url, globus.transfer_url]
    kept.close()
    unused.close()
    for url in urls:
        with pytest.raises(ConnectionRefusedError):
            Http(url)("GET", "/")


def test_what_it_tells(globus: Sandbox) -> None:
    assert globus.auth_url.startswith("http://127.0.0.1:")
    assert globus.auth_url != globus.transfer_url
    services = ("auth", "transfer", "groups", "search", "flows", "timer", "compute")
    assert globus.environ == {f"GLOBUS_SDK_SERVICE_URL_{name.upper()}": globus.url_of(name) for name in services}
    assert len({*globus.environ.values(), globus.url_of("connect_server")}) == len(services) + 1
    with pytest.raises(ValueError, match="'timers' is no service of the sandbox; there are: auth, transfer"):
        globus.url_of("timers")
    assert len({uuid.UUID(text) for text in (globus.client_id, globus.native_client_id, globus.user.id)}) == 3
    assert globus.auth_url in repr(globus)
    assert globus.client_secret not in repr(globus)


def test_settings_can_be_given_and_changed() -> None:
    sandbox = Sandbox(access_token_lifetime=5.0, rotate_refresh_tokens=False, token_delay=1.0, task_delay=2.0)
    settings = ("access_token_lifetime", "rotate_refresh_tokens", "token_delay", "task_delay")
    assert [getattr(sandbox, name) for name in settings] == [5.0, False, 1.0, 2.0]
    for name, value in zip(settings, (6.0, True, 3.0, 4.0), strict=True):
        setattr(sandbox, name, value)
    assert [getattr(sandbox, name) for name in settings] == [6.0, True, 3.0, 4.0]
    lifetime = sandbox.issue_token(TRANSFER_ALL).expires_at_seconds - sandbox.clock.now()
    assert 4 < lifetime <= 6


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf, 10**400])
def test_a_time_that_makes_no_sense_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="token_delay"):
        Sandbox(token_delay=seconds)
    sandbox = Sandbox()
    with pytest.raises(ValueError, match="access_token_lifetime"):
        sandbox.access_token_lifetime = seconds


def test_it_runs_once() -> None:
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = sandbox.auth_url
    assert repr(sandbox) == "Sandbox(not running)"
    with sandbox, pytest.raises(RuntimeError, match="only once"):
        sandbox.start()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = sandbox.environ
    with pytest.raises(RuntimeError, match="closed"):
        sandbox.add_collection("Too late")
    sandbox.close()


def test_temporary_folder_goes_and_a_given_one_stays(tmp_path: Path) -> None:
    with Sandbox() as globus:
        temporary = globus.add_collection("A").folder
        (temporary / "file").touch()
    assert not temporary.parent.exists()
    with Sandbox(tmp_path) as globus:
        given = globus.add_collection("My / data").folder
        (given / "file").touch()
    assert given == tmp_path.resolve() / "My-data"
    assert (given / "file").exists()


@pytest.mark.parametrize("name", ["..", ".", "/", "../../x", "\0"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    with Sandbox(home) as globus:
        assert globus.add_collection(name).folder.parent == home.resolve()


@pytest.mark.parametrize("folder", [None, "home/circle", "home/circle/new"])
def test_a_link_to_itself_is_no_folder(tmp_path: Path, folder: str | None) -> None:
    with Sandbox(tmp_path / "home") as globus:
        globus.add_collection("first")
        (tmp_path / "home" / "circle").symlink_to("circle")
        with pytest.raises(OSError, match="circle"):
            globus.add_collection("circle", None if folder is None else tmp_path / folder)


def test_a_link_to_itself_is_no_folder_of_a_restored_collection_either(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    with Sandbox(tmp_path / "home") as globus:
        globus.add_collection("Data")
    with Sandbox(tmp_path / "home") as globus, pytest.raises(OSError, match="circle"):
        globus.add_collection("Data", tmp_path / "circle")


def test_an_empty_text_is_no_folder(globus: Sandbox) -> None:
    for use in (Sandbox, lambda folder: globus.add_collection("Data", folder)):
        with pytest.raises(ValueError, match="folder=''"):
            use("")


def test_several_at_once_share_nothing() -> None:
    with Sandbox() as first, Sandbox() as second:
        token = first.issue_token(TRANSFER_ALL)
        collection = first.add_collection("One")
        second.faults.add(503, times=None)
        second.clock.advance(10**6)
        here, there = Http(first.transfer_url, token.access_token), Http(second.transfer_url, token.access_token)
        assert here("GET", f"/v0.10/endpoint/{collection.id}").status == 200
        second.faults.clear()
        assert there("GET", TASKS).status == 401
        assert second.collections == []
        form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL}
        secret = (first.client_id, first.client_secret)
        assert Http(first.auth_url)("POST", "/v2/oauth2/token", form=form, basic=secret).status == 200
        assert Http(second.auth_url)("POST", "/v2/oauth2/token", form=form, basic=secret).status == 401
        assert (first.grants.total(), second.grants.total()) == (1, 0)
        assert [len(first.requests), len(second.requests)] == [2, 2]
        with pytest.raises(ValueError, match="Not an authorize address"):
            second.approve(f"{first.auth_url}v2/oauth2/authorize?client_id={first.client_id}")
        second.close()
        assert here("GET", TASKS).status == 200


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs a list of open files")
def test_nothing_is_left_behind() -> None:
    sockets, threads = open_sockets(), set(threading.enumerate())
    for _ in range(2):
        use_and_close()
    assert open_sockets() == sockets
    assert set(threading.enumerate()) == threads


def test_a_port_that_is_taken() -> None:
    threads = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sandbox = Sandbox(transfer_port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            sandbox.start()
    with pytest.raises(OverflowError):
        Sandbox(transfer_port=70000).start()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = sandbox.auth_url
    assert set(threading.enumerate()) == threads


def test_a_task_submitted_while_closing_ends_too(globus: Sandbox, transfer: Http, source: Collection) -> None:
    globus.task_delay = 3600.0
    (source.folder / "file").touch()
    stop = globus._servers._running["auth"].close

    def submit_late() -> None:
        assert transfer("POST", "/v0.10/transfer", document=copy_document(source)).status == 202
        stop()

    globus._servers._running["auth"].close = submit_late  # type: ignore[method-assign]
    globus.close()
    (task,) = globus._state.tasks.owned_by(globus.user)
    assert task.document()["fatal_error"]["code"] == "CANCELED"
    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox task"]


def test_plain_http_needs_no_environment_variable(
    monkeypatch: pytest.MonkeyPatch, globus: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    monkeypatch.delenv("AUTHLIB_INSECURE_TRANSPORT", raising=False)
    before = dict(os.environ)
    native.oauth2_start_flow([TRANSFER_ALL])
    code = globus.approve(native.oauth2_get_authorize_url())
    assert native.oauth2_exchange_code_for_tokens(code)["access_token"]
    assert dict(os.environ) == before


def test_log_of_requests(globus: Sandbox, transfer: Http, auth: Http) -> None:
    globus.clock.advance(1000)
    started = globus.clock.now()
    transfer("GET", TASKS, query={"limit": "1", "filter": ""})
    auth("GET", "/nowhere")
    first, second = globus.requests
    assert (first.service, first.method, first.path, first.status) == ("transfer", "GET", TASKS, 200)
    assert first.query == {"limit": ["1"], "filter": [""]}
    assert first.headers["host"] == first.headers["HOST"] == globus.transfer_url[len("http://") : -1]
    assert started <= first.time <= second.time <= globus.clock.now()
    assert (second.service, second.status) == ("auth", 404)
    log = globus.requests
    assert [log.count(), log.count(service="auth"), log.count(method="get"), log.count(path="/v0.10/*")] == [2, 1, 2, 1]
    assert log.count(service="auth", path="/v0.10/*") == 0
    assert log.select(path="/now*") == [second] == log[1:]
    assert len(log) == 2
    log.clear()
    assert (len(log), log.count()) == (0, 0)


def test_clock() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(100.5)
    assert 100.5 <= clock.now() - before < 110
    assert "100.5" in repr(clock)
