"""Chromium without a window, for tests of the sandbox's pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

webdriver = pytest.importorskip(
    "selenium.webdriver", reason="install the extra dev: pip install 'globus_transport[dev]'"
)

_HOW = "Chromium and its driver are missing. On Debian: apt-get install chromium chromium-driver"


@contextmanager
def open_chromium(*, scripts: bool) -> Iterator[Any]:
    """The driver of a new Chromium; skips the test if there is none.

    :param scripts: whether pages may run scripts. The driver's own scripts run all the same
    """
    browser, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or chromedriver is None:
        pytest.skip(_HOW)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    # Containers run as root, which Chromium's sandbox refuses, and have a small /dev/shm. Only our own pages are open.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server"):
        options.add_argument(argument)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=chromedriver))
    try:
        yield chrome
    finally:
        chrome.quit()
