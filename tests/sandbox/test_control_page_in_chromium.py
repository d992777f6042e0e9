"""The control page as a person sees it: Chromium, without a window, watches requests as they happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from globus_transport.sandbox import Sandbox
from tests.sandbox.chromium import open_chromium
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

wait = pytest.importorskip("selenium.webdriver.support.wait")


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with open_chromium(scripts=True) as chrome:
        yield chrome


def until(driver: Any, script: str, expected: object) -> None:
    """Wait until a script in the page returns what is expected."""
    wait.WebDriverWait(driver, 10, poll_frequency=0.02).until(lambda _: driver.execute_script(script) == expected)


_REQUESTS = (
    "return [...document.querySelectorAll('#requests tr')]"
    ".map((tr) => [...tr.children].slice(1).map((td) => td.innerText))"
)


def test_a_person_watches_and_resets(driver: Any) -> None:
    with Sandbox(seed="two-collections") as globus:
        driver.get(globus.control_url)
        until(driver, "return document.querySelectorAll('#services tr').length", 8)
        until(driver, "return document.querySelector('#collections td').innerText", "Source")
        transfer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)
        transfer("GET", "/v0.10/task_list", query={"limit": "1"})
        first = ["transfer", "GET /v0.10/task_list?limit=1", "200"]
        until(driver, _REQUESTS, [first])
        transfer("GET", "/v0.10/task/<b>unknown</b>")
        until(driver, _REQUESTS, [["transfer", "GET /v0.10/task/<b>unknown</b>", "404"], first])
        globus.add_collection("Third")
        driver.execute_script("document.getElementById('reset').click()")
        until(driver, _REQUESTS, [])
        assert len(globus.collections) == 2
