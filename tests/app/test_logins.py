"""Ways to log in: at the command line, and with a browser that comes back to this computer."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Iterator
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3

from globus_transport import (
    AuthAPIError,
    AuthLoginClient,
    ConfidentialAppAuthClient,
    GlobusAppConfig,
    GlobusSDKUsageError,
    NativeAppAuthClient,
    UserApp,
)
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.login_flows import (
    CommandLineLoginFlowEOFError,
    CommandLineLoginFlowManager,
    LocalServerEnvironmentalLoginError,
    LocalServerLoginError,
    LocalServerLoginFlowManager,
)
from globus_transport.sandbox import Sandbox
from tests.app.conftest import Apps
from tests.app.people import User

OPENID = GlobusAuthorizationParameters(required_scopes=["openid"])


@pytest.fixture
def native(globus: Sandbox) -> Iterator[NativeAppAuthClient]:
    with NativeAppAuthClient(globus.native_client_id) as client:
        yield client


def test_a_demand_is_passed_on_as_it_is(native: NativeAppAuthClient) -> None:
    # Most of what a service can demand is None.
    demand = GlobusAuthorizationParameters(session_required_single_domain=["uni.example"])
    native.oauth2_start_flow(["openid"])
    url = native.oauth2_get_authorize_url(
        session_required_identities=demand.session_required_identities,  # type: ignore[arg-type]
        session_required_policies=demand.session_required_policies,  # type: ignore[arg-type]
        session_required_single_domain=demand.session_required_single_domain,  # type: ignore[arg-type]
        session_required_mfa=demand.session_required_mfa,  # type: ignore[arg-type]
        session_message=demand.session_message,  # type: ignore[arg-type]
        prompt=demand.prompt,  # type: ignore[arg-type]
    )
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    named = {name: value for name, value in query.items() if name.startswith("session") or name == "prompt"}
    assert named == {"session_required_single_domain": ["uni.example"]}


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_given_has_its_default(native: NativeAppAuthClient, nothing: Any) -> None:
    native.oauth2_start_flow(["openid"], redirect_uri=nothing, verifier=None)  # type: ignore[arg-type]
    query = parse_qs(urlsplit(native.oauth2_get_authorize_url()).query)
    assert query["redirect_uri"] == [f"{native.base_url.rstrip('/')}/v2/web/auth-code"]
    assert len(query["code_challenge"][0]) == 43


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_application_with_a_secret_says_where_the_browser_returns_to(globus: Sandbox, nothing: Any) -> None:
    client = ConfidentialAppAuthClient(globus.client_id, globus.client_secret)
    with pytest.raises(GlobusSDKUsageError, match="redirect_uri: give the URL that the browser returns to"):
        client.oauth2_start_flow(nothing, ["openid"])


def test_a_secret_that_is_missing_is_named(globus: Sandbox) -> None:
    with pytest.raises(GlobusSDKUsageError, match="client_secret: expected the application's secret, got None"):
        ConfidentialAppAuthClient(globus.client_id, None)  # type: ignore[arg-type]


class Browser:
    """Follows the redirects of an address, in a thread of its own, as a browser does.

    :ivar changes: what it sets in the query of the address that it is sent back to; ``None`` takes it away
    """

    name = "a-browser"

    def __init__(self) -> None:
        self.changes: dict[str, str | None] = {}
        self.opens = True
        self.addresses: list[str] = []
        self.pages: list[tuple[int, str]] = []
        self.threads: list[threading.Thread] = []

    def open(self, url: str, new: int = 0) -> bool:
        self.addresses.append(url)
        if self.opens:
            self.threads.append(threading.Thread(target=self._go, args=(url,)))
            self.threads[-1].start()
        return self.opens

    def _go(self, url: str) -> None:
        with urllib3.PoolManager() as pool:
            there = pool.request("GET", url, redirect=False).headers["Location"]
            parts = urlsplit(there)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            # What browsers and others ask for by themselves is no answer.
            assert pool.request("GET", f"{parts.scheme}://{parts.netloc}/favicon.ico?code=x").status == 404
            assert pool.request("GET", f"{parts.scheme}://{parts.netloc}/").status == 404
            changed = {name: value for name, value in {**query, **self.changes}.items() if value is not None}
            page = pool.request("GET", parts._replace(query=urlencode(changed)).geturl())
            self.pages.append((page.status, page.data.decode()))

    def close(self) -> None:
        for thread in self.threads:
            thread.join(10)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    browser = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    monkeypatch.delenv("SSH_TTY", raising=False)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    yield browser
    browser.close()


def test_a_login_in_the_browser(globus: Sandbox, browser: Browser, apps: Apps) -> None:
    client = apps.transfer(apps.user_app(login_flow_manager="local-server", request_refresh_tokens=True))
    assert client.task_list()["DATA"] == []
    (address,) = browser.addresses
    asked = parse_qs(urlsplit(address).query)
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert len(asked["state"][0]) > 40
    browser.close()
    ((status, page),) = browser.pages
    assert status == 200
    assert "Login successful" in page
    # The port is free again.
    with pytest.raises(urllib3.exceptions.HTTPError), urllib3.PoolManager() as pool:
        pool.request("GET", asked["redirect_uri"][0], retries=False)


def test_each_login_has_a_state_of_its_own(native: NativeAppAuthClient, browser: Browser) -> None:
    manager = LocalServerLoginFlowManager(native)
    for _ in range(2):
        assert manager.run_login_flow(OPENID).by_resource_server.keys() == {"auth.globus.org"}
    first, second = (parse_qs(urlsplit(one).query)["state"] for one in browser.addresses)
    assert first != second


@pytest.mark.parametrize("state", [None, "forged", "ü"])
def test_an_answer_that_belongs_to_no_login_does_not_count(
    native: NativeAppAuthClient, browser: Browser, state: str | None
) -> None:
    browser.changes["state"] = state
    manager = LocalServerLoginFlowManager(native)
    manager.wait_timeout = 0.7  # type: ignore[misc]
    with pytest.raises(LocalServerLoginError, match=r"nobody logged in within 0\.7 seconds"):
        manager.run_login_flow(OPENID)
    browser.close()
    assert [status for status, _ in browser.pages] == [400]


def test_a_login_that_fails(native: NativeAppAuthClient, browser: Browser) -> None:
    browser.changes = {"code": None, "error": "access_denied", "error_description": "<b>No</b>"}
    with pytest.raises(LocalServerLoginError, match="the login failed: <b>No</b>"):
        LocalServerLoginFlowManager(native).run_login_flow(OPENID)
    browser.close()
    ((_, page),) = browser.pages
    assert "Login failed" in page
    assert "&lt;b&gt;No" in page


def test_a_page_of_ones_own(native: NativeAppAuthClient, browser: Browser) -> None:
    template = Template("[$login_result|$post_login_message]")
    LocalServerLoginFlowManager(native, html_template=template).run_login_flow(OPENID)
    browser.close()
    assert browser.pages == [(200, "[Login successful|]")]


def test_a_wrong_code(native: NativeAppAuthClient, browser: Browser) -> None:
    browser.changes["code"] = "wrong"
    with pytest.raises(AuthAPIError):
        LocalServerLoginFlowManager(native).run_login_flow(OPENID)


@pytest.mark.parametrize("name", ["SSH_TTY", "SSH_CONNECTION"])
def test_not_in_a_remote_session(
    native: NativeAppAuthClient, browser: Browser, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "something")
    with pytest.raises(LocalServerEnvironmentalLoginError, match="remote"):
        LocalServerLoginFlowManager(native).run_login_flow(OPENID)
    assert browser.addresses == []


def test_not_without_a_browser(native: NativeAppAuthClient, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.opens = False
    manager = LocalServerLoginFlowManager(native)
    with pytest.raises(LocalServerEnvironmentalLoginError, match="a-browser did not open"):
        manager.run_login_flow(OPENID)
    browser.name = "/usr/bin/lynx"
    with pytest.raises(LocalServerEnvironmentalLoginError, match="lynx cannot show"):
        manager.run_login_flow(OPENID)

    def none() -> Any:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    with pytest.raises(LocalServerEnvironmentalLoginError, match="no browser here"):
        manager.run_login_flow(OPENID)
    with pytest.raises(LocalServerEnvironmentalLoginError, match=r"cannot listen at 192\.0\.2\.1"):
        LocalServerLoginFlowManager(native, server_address=("192.0.2.1", 0)).run_login_flow(OPENID)


def test_what_a_browser_login_cannot_be(globus: Sandbox) -> None:
    with pytest.raises(GlobusSDKUsageError, match="login_redirect_uri"):
        UserApp(
            "x",
            client_id="c",
            config=GlobusAppConfig(login_flow_manager="local-server", login_redirect_uri="https://example.org"),
        )
    with pytest.raises(GlobusSDKUsageError, match="only a NativeAppAuthClient"):
        UserApp("x", client_id="c", client_secret="s", config=GlobusAppConfig(login_flow_manager="local-server"))


def test_the_input_ends(native: NativeAppAuthClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    with pytest.raises(CommandLineLoginFlowEOFError, match="at a terminal") as caught:
        CommandLineLoginFlowManager(native).run_login_flow(OPENID)
    assert isinstance(caught.value, EOFError)


def test_what_the_user_sees(
    native: NativeAppAuthClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], globus: Sandbox
) -> None:
    seen = ""

    def types(prompt: str) -> str:
        nonlocal seen
        seen = capsys.readouterr().out
        return globus.approve(seen.split()[-1])

    monkeypatch.setattr("builtins.input", types)
    reply = CommandLineLoginFlowManager(native, native_prefill_named_grant="this one").run_login_flow(OPENID)
    assert reply.by_resource_server.keys() == {"auth.globus.org"}
    assert "Log in with Globus" in seen
    assert "prefill_named_grant=this" in seen


def test_a_client_with_a_secret(globus: Sandbox, user: User, apps: Apps) -> None:
    place = "https://localhost:5000/shows-the-code"
    config = GlobusAppConfig(login_redirect_uri=place, request_refresh_tokens=True)
    app = UserApp("portal", client_id=globus.client_id, client_secret=globus.client_secret, config=config)
    apps.open_things.enter_context(app)
    apps.transfer(app).task_list()
    assert user.asked["redirect_uri"] == place
    globus.revoke_all_access_tokens()
    apps.transfer(app).task_list()
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}
    with (
        ConfidentialAppAuthClient("c", "s") as client,
        pytest.raises(GlobusSDKUsageError, match="redirect addresses of its own"),
    ):
        CommandLineLoginFlowManager(client)


def test_what_a_manager_needs(native: NativeAppAuthClient) -> None:
    with AuthLoginClient("c") as client, pytest.raises(GlobusSDKUsageError, match="not a AuthLoginClient"):
        CommandLineLoginFlowManager(client)
    with pytest.raises(GlobusSDKUsageError, match="no required_scopes"):
        CommandLineLoginFlowManager(native).run_login_flow(GlobusAuthorizationParameters())


def test_a_manager_of_ones_own(globus: Sandbox, native: NativeAppAuthClient, apps: Apps) -> None:
    class Approving(CommandLineLoginFlowManager):
        address = ""

        def print_authorize_url(self, authorize_url: str) -> None:
            self.address = authorize_url

        def prompt_for_code(self) -> str:
            return globus.approve(self.address)

    for manager in (Approving, Approving(native)):
        app = apps.user_app(login_flow_manager=manager, token_storage="memory")
        assert apps.transfer(app).task_list()["DATA"] == []
