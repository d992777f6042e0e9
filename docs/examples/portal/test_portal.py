"""Tests of the portal against a Globus of their own: the fixture ``globus`` comes with
globus_transport."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from globus_transport import ConfidentialAppAuthClient
from globus_transport.sandbox import Collection, Sandbox
from portal import create_app


@pytest.fixture
def browser(
    globus: Sandbox, globus_environment: dict[str, str]
) -> Iterator[FlaskClient]:
    with ConfidentialAppAuthClient(
        globus.client_id, globus.client_secret
    ) as auth_client:
        app = create_app(auth_client, secret_key="for tests")
        yield app.test_client()
        app.extensions["logins"].close()


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


def test_transfer(globus: Sandbox, browser: FlaskClient, data: Collection) -> None:
    archive = globus.add_collection("Archive")
    log_in(globus, browser)
    with browser.session_transaction() as session:
        token = session["token"]
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
