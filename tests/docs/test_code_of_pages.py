"""The code on the pages: it can be read by Python, and a reader finds on the page where each name comes from."""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from pathlib import Path

import pytest

from tests.docs.examples import DOCS

_BLOCK = re.compile(
    r"^( *)\.\. (?:code-block:: python|literalinclude:: (\S+\.py))\n((?:\1   .*\n|[ \t]*\n)*)", re.MULTILINE
)
_OPTION = re.compile(r"^ +:[\w-]+:.*$", re.MULTILINE)
_PAGES = sorted(page for page in DOCS.rglob("*.rst") if not {"reference", "_build"} & {*page.parts})


def _blocks(page: Path) -> list[ast.Module]:
    text = page.read_text("utf-8")
    found = []
    for _, file, content in _BLOCK.findall(text):
        code = (page.parent / file).read_text("utf-8") if file else textwrap.dedent(_OPTION.sub("", content))
        found.append(ast.parse(code))
    return found


def _defined(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_name_comes_from_this_page(page: Path) -> None:
    known = {*dir(builtins), "__file__", "__name__"}
    for block in _blocks(page):
        known |= _defined(block)
        used = {node.id for node in ast.walk(block) if isinstance(node, ast.Name)}
        assert used <= known, f"{page.name}: {sorted(used - known)} in {ast.unparse(block)[:200]}"


def test_blocks_are_found() -> None:
    assert sum(len(_blocks(page)) for page in _PAGES) > 100
