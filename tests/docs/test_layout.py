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

import attrs
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
# Names in headings and tables that go on in the next line, where nothing says that they may break.
_FIND_BROKEN = r"""
const broken = [];
for (const element of document.querySelectorAll("article :is(h1, h2, h3, h4), article table.docutils")) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        for (const name of texts.currentNode.data.matchAll(/[^\s\/\u2014-]+/g)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, name.index);
            range.setEnd(texts.currentNode, name.index + name[0].length);
            const [line] = range.getClientRects();
            if (line && range.getBoundingClientRect().height > 1.5 * line.height)
                broken.push(`${element.tagName}: ${name[0]}`);
        }
    }
}
return broken;
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
        self._page: Path | None = None
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run(self, page: Path, script: str) -> Any:
        """Run a script on a page, which is opened if it is not open yet.

        :return: what the script returns
        """
        if page != self._page:
            self._driver.get(page.as_uri())
            self._page = page
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


@attrs.frozen
class Seen:
    """What a reader sees of a page, in a window of a given width."""

    cut: list[str]
    broken: list[str]
    width: int


def see(driver: Any, pages: list[Path], width: int) -> dict[str, Seen]:
    """Open each page once, and measure it."""
    browser = Browser(driver, width)
    scripts = (_FIND_CUT, _FIND_BROKEN, _PAGE_WIDTH)
    return {_name(page): Seen(*(browser.run(page, script) for script in scripts)) for page in pages}


@pytest.fixture(scope="module")
def on_desktop(driver: Any, pages: list[Path]) -> dict[str, Seen]:
    return see(driver, pages, 1280)


@pytest.fixture(scope="module")
def on_telephone(driver: Any, pages: list[Path]) -> dict[str, Seen]:
    return see(driver, pages, 390)


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
    found = {_name(page): _MACHINE_NAME.findall(_text(page)) for page in pages}
    assert {name: names for name, names in found.items() if names} == {}


def test_on_a_desktop_nothing_is_cut(on_desktop: dict[str, Seen]) -> None:
    assert {name: seen.cut for name, seen in on_desktop.items() if seen.cut} == {}


def test_on_a_desktop_names_break_where_they_may(on_desktop: dict[str, Seen]) -> None:
    assert {name: seen.broken for name, seen in on_desktop.items() if seen.broken} == {}


def test_the_first_page_fits_one_screen_of_a_desktop(driver: Any, pages: list[Path]) -> None:
    first = min(pages, key=lambda page: (len(page.parts), page.name != "index.html"))
    assert Browser(driver, 1280).run(first, _BOTTOM) < 900


def test_no_page_is_wider_than_a_telephone(on_telephone: dict[str, Seen]) -> None:
    assert {name: seen.width for name, seen in on_telephone.items() if seen.width > 390} == {}


def test_on_a_telephone_names_break_where_they_may(on_telephone: dict[str, Seen]) -> None:
    assert {name: seen.broken for name, seen in on_telephone.items() if seen.broken} == {}


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


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        ("<h1 style='width: 4em'>globus_transport</h1>", ["H1: globus_transport"]),
        ("<h1 style='width: 3em'>globus_<wbr>transport</h1>", ["H1: globus_", "H1: transport"]),
        ("<h1 style='width: 6em'>globus_<wbr>transport</h1>", []),
        ("<h1 style='width: 6em'>several short words</h1>", []),
    ],
)
def test_the_measure_sees_a_broken_name(driver: Any, tmp_path: Path, content: str, broken: list[str]) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        f"<!doctype html><body style='font: 16px monospace; overflow-wrap: anywhere'><article>{content}</article>"
    )
    assert Browser(driver, 1280).run(page, _FIND_BROKEN) == broken


def test_the_measure_sees_a_page_wider_than_a_telephone(driver: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><meta name=viewport content='width=device-width'><div style='width: 500px'>wide</div>"
    )
    assert Browser(driver, 390).run(page, _PAGE_WIDTH) >= 500


def _name(page: Path) -> str:
    # Several folders have a page of the same name.
    return f"{page.parent.name}/{page.name}"


def _text(page: Path) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8")))
