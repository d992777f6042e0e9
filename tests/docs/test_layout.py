"""The built documentation as a reader sees it: Chromium, without a window, measures every page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.docs.examples import DOCS

_EXTRA = "install the extra dev: pip install 'globus_transport[dev]'"
pytest.importorskip("furo", reason=_EXTRA)
webdriver = pytest.importorskip("selenium.webdriver", reason=_EXTRA)

_BROWSER, _DRIVER = "chromium", "chromedriver"
_HOW = "Chromium and its driver are missing. On Debian: apt-get install chromium chromium-driver"

# The first test waits until the documentation is built.
pytestmark = pytest.mark.timeout(600)

# Code, tables, signatures and pictures that a reader sees a part of only, each with the beginning of its text.
# Measures are rounded to whole pixels.
_FIND_CUT = """
const beginning = (element) => element.textContent.trim().slice(0, 60);
const isClipping = (box) => getComputedStyle(box).overflowX !== "visible";
const cut = [];
for (const element of document.querySelectorAll("article pre, article table, article .sig, article svg")) {
    for (let box = element; box.tagName !== "ARTICLE"; box = box.parentElement) {
        if (isClipping(box) && box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1) {
            cut.push(`${element.tagName} ${box.scrollWidth} > ${box.clientWidth}: ${beginning(element)}`);
            break;
        }
    }
    if (element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        cut.push(`${element.tagName} leaves the page: ${beginning(element)}`);
}
return cut;
"""
_BOTTOM = """
const elements = [...document.querySelectorAll("article p, article pre")];
return Math.max(...elements.map((element) => element.getBoundingClientRect().bottom));
"""
_PAGE_WIDTH = "return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);"

# What Python and Sphinx print for an object that has no name for readers.
_MACHINE_NAME = re.compile(
    r"TypeAliasForwardRef|\bForwardRef\(|object at 0x|<(?:class|function|factory|built-in)\b|\bNOTHING\b"
)


class Browser:
    """Chromium, with a window of a given width in pixels."""

    def __init__(self, driver: Any, width: int) -> None:
        self._driver = driver
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run(self, page: Path, script: str) -> Any:
        """Open a page and run a script there.

        :return: what the script returns
        """
        self._driver.get(page.as_uri())
        return self._driver.execute_script(script)


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    browser, driver = shutil.which(_BROWSER), shutil.which(_DRIVER)
    if browser is None or driver is None:
        pytest.skip(_HOW)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    # Containers run as root, which Chromium's sandbox refuses, and have a small /dev/shm. Only our own pages are open.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("documentation")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=DOCS.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    found = sorted(folder.rglob("*.html"))
    assert len(found) > 80
    return found


def test_signatures_show_names_for_readers(pages: list[Path]) -> None:
    found = {page.name: _MACHINE_NAME.findall(_text(page)) for page in pages}
    assert {name: names for name, names in found.items() if names} == {}


def test_on_a_desktop_nothing_is_cut(driver: Any, pages: list[Path]) -> None:
    browser = Browser(driver, 1280)
    cut = {page.name: browser.run(page, _FIND_CUT) for page in pages}
    assert {name: blocks for name, blocks in cut.items() if blocks} == {}


def test_the_first_page_fits_one_screen_of_a_desktop(driver: Any, pages: list[Path]) -> None:
    first = min(pages, key=lambda page: (len(page.parts), page.name != "index.html"))
    assert Browser(driver, 1280).run(first, _BOTTOM) < 900


def test_no_page_is_wider_than_a_telephone(driver: Any, pages: list[Path]) -> None:
    browser = Browser(driver, 390)
    widths = {page.name: browser.run(page, _PAGE_WIDTH) for page in pages}
    assert {name: width for name, width in widths.items() if width > 390} == {}


@pytest.mark.parametrize(
    ("width", "content", "is_cut"),
    [
        (1280, "<pre style='overflow: auto; width: 300px'>{}</pre>", True),
        (1280, "<pre style='white-space: pre-wrap'>{}</pre>", False),
        (1280, "<div style='overflow: auto'><table><td>{}</td></table></div>", True),
        (1280, "<table><td>{}</td></table>", True),
    ],
)
def test_the_measure_sees_what_is_cut(driver: Any, tmp_path: Path, width: int, content: str, is_cut: bool) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><body><article>{content.format('wide&nbsp;' * 300)}</article>")
    assert bool(Browser(driver, width).run(page, _FIND_CUT)) is is_cut


def test_the_measure_sees_a_page_wider_than_a_telephone(driver: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><meta name=viewport content='width=device-width'><div style='width: 500px'>wide</div>"
    )
    assert Browser(driver, 390).run(page, _PAGE_WIDTH) >= 500


def _text(page: Path) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8")))
