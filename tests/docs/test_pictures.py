"""The pictures of the documentation: text that a reader of any theme, or of no picture, can read."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.docs.examples import DOCS

_PICTURES = sorted((DOCS / "pictures").glob("*.svg"))
_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = (DOCS / "_static" / "layout.css").read_text("utf-8")


@pytest.fixture(params=_PICTURES, ids=lambda file: file.stem)
def picture(request: pytest.FixtureRequest) -> Path:
    file: Path = request.param
    return file


def test_a_page_shows_it(picture: Path) -> None:
    assert any(f":file: pictures/{picture.name}" in page.read_text("utf-8") for page in DOCS.glob("*.rst"))


def test_it_has_a_title_and_a_description(picture: Path) -> None:
    root = ElementTree.parse(picture).getroot()
    assert root.findtext(f"{_SVG}title")
    assert root.findtext(f"{_SVG}desc")


def test_its_colours_are_those_of_the_theme(picture: Path) -> None:
    for element in ElementTree.parse(picture).iter():
        assert not {"fill", "stroke", "style", "color"} & element.attrib.keys()
        for name in element.get("class", "").split():
            assert re.search(rf"\.picture \.{name}\b", _STYLE)
    assert set(re.findall(r"(?:fill|stroke): ([\w-]+)", _STYLE)) <= {"var", "none"}


def test_its_names_are_its_own(picture: Path) -> None:
    # Several pictures stand on one page.
    names = [element.attrib["id"] for element in ElementTree.parse(picture).iter() if "id" in element.attrib]
    assert all(name.startswith(f"{picture.stem}-") for name in names)
