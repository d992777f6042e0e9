"""Tests of the portal against a Globus of their own: the fixture ``globus`` comes with
globus_transport."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from in_asgi import list_names
from werkzeug.test import TestResponse

from globus_transport import AuthAPIError, ConfidentialAppAuthClient, Transport
from globus_transport.sandbox import Collection, Sandbox
from globus_transport.token_storage import SQLiteTokenStorage
from portal import create_app


@pytest.fixture
def auth_client(
    globus: Sandbox, globus_environment: dict[str, str]
) -> Iterator[ConfidentialAppAuthClient]:
    with ConfidentialAppAuthClient(globus.client_id, globus.client_secret) as client:
        yield client


@pytest.fixture
def browsers(
    auth_client: ConfidentialAppAuthClient, tmp_path: Path
) -> Iterator[list[FlaskClient]]:
    """Browsers of two worker processes, which share a database."""
    apps = [
        create_app(auth_client, secret_key="for tests", database=tmp_path / "tokens.db")
        for _ in range(2)
    ]
    yield [app.test_client() for app in apps]
    for app in apps:
        app.extensions["logins"].close()


@pytest.fixture
def browser(browsers: list[FlaskClient]) -> FlaskClient:
    return browsers[0]


@pytest.fixture
def data(globus: Sandbox) -> Collection:
    data = globus.add_collection("Data")
    (data.folder / "image.tif").write_text("pixels")
    return data


def log_in(globus: Sandbox, browser: FlaskClient, path: str = "/login") -> TestResponse:
    """What a user does: follow the portal to Globus, approve, and return."""
    address = browser.get(path).location
    assert address
    (state,) = parse_qs(urlsplit(address).query)["state"]
    return browser.get(
        "/callback", query_string={"code": globus.approve(address), "state": state}
    )


def test_login(globus: Sandbox, browser: FlaskClient, data: Collection) -> None:
    page = f"/collections/{data.id}/"
    assert browser.get(page).location == "/login"
    location = log_in(globus, browser).location
    assert location
    assert "image.tif" in browser.get(location).text


def test_a_link_of_another_person_logs_no_user_in(
    globus: Sandbox, browser: FlaskClient
) -> None:
    address = browser.get("/login").location
    assert address
    assert (
        browser.get(
            "/callback", query_string={"code": globus.approve(address), "state": "x"}
        ).status_code
        == 403
    )
    assert browser.get("/").location == "/login"


def test_a_user_may_refuse_the_login(browser: FlaskClient) -> None:
    address = browser.get("/login").location
    assert address
    (state,) = parse_qs(urlsplit(address).query)["state"]
    page = browser.get(f"/callback?error=access_denied&state={state}")
    assert (page.status_code, page.text) == (403, "You did not log in")


def test_a_code_works_once(globus: Sandbox, browser: FlaskClient) -> None:
    address = browser.get("/login").location
    assert address
    code = globus.approve(address)
    for status in (302, 403):
        with browser.session_transaction() as session:
            session["state"] = "s"
        page = browser.get("/callback", query_string={"code": code, "state": "s"})
        assert page.status_code == status


def token_of_forms(browser: FlaskClient) -> str:
    with browser.session_transaction() as session:
        return str(session["token"])


def stored_refresh_tokens(database: Path) -> set[str]:
    everyone = SQLiteTokenStorage(database).iter_namespaces()
    storages = [SQLiteTokenStorage(database, namespace=user) for user in everyone]
    return {
        str(tokens.refresh_token)
        for storage in storages
        for tokens in storage.get_token_data_by_resource_server().values()
    }


def test_logout(
    globus: Sandbox,
    auth_client: ConfidentialAppAuthClient,
    browsers: list[FlaskClient],
    tmp_path: Path,
) -> None:
    browser, other = browsers
    log_in(globus, browser)
    log_in(globus, other)
    (*tokens,) = stored_refresh_tokens(tmp_path / "tokens.db")
    assert browser.post("/logout", data={"token": "x"}).status_code == 403
    assert other.get("/").status_code == 200
    page = browser.post("/logout", data={"token": token_of_forms(browser)})
    assert page.text == "You are logged out"
    # In all browsers of the user.
    assert browser.get("/").location == "/login"
    assert other.get("/").location == "/login"
    assert stored_refresh_tokens(tmp_path / "tokens.db") == set()
    for token in tokens:
        with pytest.raises(AuthAPIError, match="invalid_grant"):
            auth_client.oauth2_refresh_token(token)


def test_two_processes_renew_once(
    globus: Sandbox, browsers: list[FlaskClient], data: Collection
) -> None:
    for browser in browsers:
        log_in(globus, browser)
    globus.clock.advance(3 * 86400)
    for browser in browsers:
        assert "image.tif" in browser.get(f"/collections/{data.id}/").text
    assert globus.grants == {"authorization_code": 2, "refresh_token": 1}


def test_under_asyncio(globus: Sandbox, browser: FlaskClient, data: Collection) -> None:
    log_in(globus, browser)
    with browser.session_transaction() as session:
        user = session["user"]
    logins = browser.application.extensions["logins"]
    globus.clock.advance(3 * 86400)

    async def list_twice() -> list[list[str]]:
        terminal = Transport().make_async_terminal()
        calls = (list_names(logins, terminal, user, data.id) for _ in range(2))
        names = await asyncio.gather(*calls)
        await terminal.close()
        return names

    assert asyncio.run(list_twice()) == [["image.tif"], ["image.tif"]]
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}


def test_a_login_that_was_revoked_leads_to_a_new_one(
    globus: Sandbox,
    auth_client: ConfidentialAppAuthClient,
    browser: FlaskClient,
    data: Collection,
    tmp_path: Path,
) -> None:
    log_in(globus, browser)
    for token in stored_refresh_tokens(tmp_path / "tokens.db"):
        auth_client.oauth2_revoke_token(token)
    globus.revoke_all_access_tokens()
    page = f"/collections/{data.id}/"
    assert browser.get(page).location == "/login"
    location = log_in(globus, browser).location
    assert location
    assert "image.tif" in browser.get(location).text


def test_transfer(globus: Sandbox, browser: FlaskClient, data: Collection) -> None:
    archive = globus.add_collection("Archive")
    log_in(globus, browser)
    token = token_of_forms(browser)
    form = {"source": data.id, "destination": archive.id, "path": "/image.tif"}
    assert browser.post("/send", data={**form, "token": "x"}).status_code == 403
    assert browser.post("/send", data={**form, "token": token}).status_code == 202
    assert globus.requests.count(method="POST", path="/v0.10/transfer") == 1


def test_expired_token(globus: Sandbox, browser: FlaskClient, data: Collection) -> None:
    log_in(globus, browser)
    # Three days, without a pause of the test.
    globus.clock.advance(3 * 86400)
    assert "image.tif" in browser.get(f"/collections/{data.id}/").text
    assert globus.grants == {"authorization_code": 1, "refresh_token": 1}


def test_missing_consent(
    globus: Sandbox, browser: FlaskClient, data: Collection
) -> None:
    log_in(globus, browser)
    globus.require_consent(data)
    again = browser.get(f"/collections/{data.id}/").location
    assert again
    location = log_in(globus, browser, again).location
    assert location
    assert "image.tif" in browser.get(location).text


def test_a_collection_requires_another_login(
    globus: Sandbox, browser: FlaskClient, data: Collection
) -> None:
    log_in(globus, browser)
    globus.require_session(mfa=True, collection=data)
    again = browser.get(f"/collections/{data.id}/").location
    assert again
    location = log_in(globus, browser, again).location
    assert location
    assert "image.tif" in browser.get(location).text


def test_globus_is_down(
    globus: Sandbox, browser: FlaskClient, data: Collection
) -> None:
    log_in(globus, browser)
    # For longer than the deadline of a call.
    globus.faults.add(
        503, path="/v0.10/operation/*", headers={"Retry-After": "3600"}, times=None
    )
    page = browser.get(f"/collections/{data.id}/")
    assert (page.status_code, page.text) == (
        503,
        "Globus cannot be reached; please try again later",
    )
    globus.faults.clear()
    assert "image.tif" in browser.get(f"/collections/{data.id}/").text


def test_one_503_is_retried(
    globus: Sandbox, browser: FlaskClient, data: Collection
) -> None:
    log_in(globus, browser)
    globus.faults.add(503, path="/v0.10/operation/*", headers={"Retry-After": "0"})
    assert "image.tif" in browser.get(f"/collections/{data.id}/").text
