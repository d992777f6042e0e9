"""A page shows every example, and a test runs it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.examples import DOCS, EXAMPLES

_SHOWN = re.compile(r"^\.\. literalinclude:: (\S+)$", re.MULTILINE)
_PROGRAMS = sorted(EXAMPLES.rglob("*.py"))


def _shown() -> set[Path]:
    pages = [*DOCS.rglob("*.rst")]
    return {(page.parent / name).resolve() for page in pages for name in _SHOWN.findall(page.read_text("utf-8"))}


@cache
def _tests() -> str:
    return "".join(file.read_text("utf-8") for file in DOCS.parent.glob("tests/**/test_*.py"))


@pytest.mark.parametrize("program", _PROGRAMS, ids=lambda program: program.name)
def test_a_page_shows_it_and_a_test_runs_it(program: Path) -> None:
    assert program in _shown()
    assert program.name in _tests()
