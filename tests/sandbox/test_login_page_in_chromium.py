"""The login page as a person sees it: Chromium, without a window, follows a login to the program and back."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from globus_transport.sandbox import Identity, Sandbox
from tests.sandbox.chromium import open_chromium, webdriver
from tests.sandbox.login_pages import authorize_url, introspect
from tests.sandbox.sandbox_http import Http

wait = pytest.importorskip("selenium.webdriver.support.wait")
conditions = pytest.importorskip("selenium.webdriver.support.expected_conditions")

_CONTRAST = """
const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = (text) => {
    const [r, g, b] = rgb(text).map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const back = (element) => {
    for (let box = element; box; box = box.parentElement) {
        const color = getComputedStyle(box).backgroundColor;
        if (!/, 0\\)$/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
};
const ratio = (element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(back(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
};
return [...document.querySelectorAll("h1, p, small, code, legend, button, input, span")].map(ratio);
"""
_UNNAMED = """
const fields = [...document.querySelectorAll("input:not([type=hidden])")];
return fields.filter((field) => field.labels.length !== 1 || !field.labels[0].textContent.trim()).length;
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    # The page has to work without scripts.
    with open_chromium(scripts=False) as chrome:
        yield chrome


@pytest.fixture(scope="module")
def manual() -> Iterator[Sandbox]:
    with Sandbox(auto_approve=False) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def callback() -> Iterator[str]:
    """The address of a program that waits for the answer to its login, and sends the browser on to another site."""

    class Program(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/back"):
                self.send_response(302)
                # Another host, for the browser.
                self.send_header("Location", f"http://localhost:{port}/done?{urlsplit(self.path).query}")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>Done</title>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Program)
    port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{port}/back"
    server.shutdown()
    thread.join()
    server.server_close()


class Person:
    """Somebody at the browser."""

    def __init__(self, driver: Any, globus: Sandbox, callback: str, **parameters: str) -> None:
        self._driver = driver
        self._globus = globus
        self._callback = callback
        driver.get(authorize_url(globus, redirect_uri=callback, **parameters))

    def choose(self, text: str) -> None:
        """Click on the label with a text."""
        self._driver.find_element("xpath", f"//label[contains(., '{text}')]").click()

    def press(self, text: str) -> None:
        """Click on the button with a text, and wait for the page that follows."""
        button = self._driver.find_element("xpath", f"//button[contains(., '{text}')]")
        button.click()
        wait.WebDriverWait(self._driver, 20, 0.01).until(conditions.staleness_of(button))

    def fill_in(self, name: str, text: str) -> None:
        self._driver.find_element("name", name).send_keys(text)

    @property
    def text(self) -> str:
        return str(self._driver.find_element("tag name", "main").text)

    @property
    def answer(self) -> dict[str, str]:
        """The parameters with which the browser came to the program."""
        assert self._driver.title == "Done"
        return {name: values[0] for name, values in parse_qs(urlsplit(self._driver.current_url).query).items()}

    def who(self) -> Any:
        """The introspection of the token that the program gets for its code."""
        form = {
            "grant_type": "authorization_code",
            "code": self.answer["code"],
            "redirect_uri": self._callback,
            "client_id": self._globus.native_client_id,
            "code_verifier": "v" * 43,
        }
        tokens = Http(self._globus.auth_url)("POST", "/v2/oauth2/token", form=form).document
        return introspect(self._globus, tokens["access_token"])


def test_approval_as_another_identity(driver: Any, manual: Sandbox, callback: str) -> None:
    grace = manual.add_identity(Identity("grace@sandbox.example", name="Grace Hopper"))
    person = Person(driver, manual, callback)
    person.choose("Grace Hopper")
    person.press("Log in and allow")
    assert person.who()["sub"] == grace.id
    assert person.answer["state"] == "my state"


def test_denial(driver: Any, manual: Sandbox, callback: str) -> None:
    person = Person(driver, manual, callback)
    person.press("Deny")
    assert person.answer["error"] == "access_denied"


def test_a_new_identity_and_a_second_factor_that_was_forgotten_first(
    driver: Any, manual: Sandbox, callback: str
) -> None:
    person = Person(driver, manual, callback, session_required_mfa="true")
    person.choose("Somebody else")
    person.fill_in("username", "alan@sandbox.example")
    person.press("Log in and allow")
    assert "The second factor is missing." in person.text
    person.choose("Second factor done")
    person.press("Log in and allow")
    who = person.who()
    assert who["username"] == "alan@sandbox.example"
    assert who["session_info"]["authentications"][who["sub"]]["amr"] == ["mfa"]


def test_the_keyboard_is_enough(driver: Any, manual: Sandbox, callback: str) -> None:
    person = Person(driver, manual, callback)
    keys = webdriver.Keys
    # To the choice of the identity, to the username, and to the button that approves.
    webdriver.ActionChains(driver).send_keys(keys.TAB, keys.TAB, keys.TAB, keys.ENTER).perform()
    wait.WebDriverWait(driver, 20, 0.01).until(conditions.title_is("Done"))
    assert person.who()["sub"] == manual.user.id


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_and_every_field_has_a_label(driver: Any, manual: Sandbox, callback: str, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    person = Person(driver, manual, callback, session_required_mfa="true", session_message="Please")
    person.press("Log in and allow")
    # Web Content Accessibility Guidelines 2.2, success criterion 1.4.3.
    assert min(driver.execute_script(_CONTRAST)) >= 4.5
    assert driver.execute_script(_UNNAMED) == 0
    (severe,) = [driver.get_log("browser")] if scheme == "light" else [[]]
    assert [entry["message"] for entry in severe if "Content Security Policy" in entry["message"]] == []


def test_the_page_fits_a_telephone(driver: Any, manual: Sandbox, callback: str) -> None:
    metrics = {"width": 360, "height": 700, "deviceScaleFactor": 1, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scope = f"https://auth.globus.org/scopes/{manual.client_id}/data_access"
    Person(driver, manual, callback, scope=scope, session_required_policies=manual.client_id)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
