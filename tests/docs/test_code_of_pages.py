"""The code on the pages: it can be read by Python, and a reader finds on the page where each name comes from."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import symtable
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.examples import DOCS

# A block of code, a program that is shown, or a literal block after a line that ends in two colons.
_BLOCK = re.compile(
    r"^(?P<space> *)(?:\.\. code-block:: python|\.\. literalinclude:: (?P<file>\S+\.py)|(?!\.\. )\S.*(?P<literal>::))\n"
    r"(?P<content>(?:(?P=space) {3,}.*\n|[ \t]*\n)*)",
    re.MULTILINE,
)
_OPTION = re.compile(r"^ +:([\w-]+): *(.*)\n", re.MULTILINE)
_PAGES = sorted(page for page in DOCS.rglob("*.rst") if not {"reference", "_build"} & {*page.parts})


def _blocks(page: Path) -> Iterator[str]:
    """The code of a page, of each program the part that is shown."""
    for found in _BLOCK.finditer(page.read_text("utf-8")):
        code = textwrap.dedent(_OPTION.sub("", found["content"]))
        if found["file"]:
            options = dict(_OPTION.findall(found["content"]))
            code = _part((page.parent / found["file"]).read_text("utf-8"), options)
        if not found["literal"] or _is_code(code):
            yield code


def _part(program: str, options: dict[str, str]) -> str:
    """What a page shows of a program."""
    cuts = {*options} - {"caption", "start-at"}
    assert not cuts, f"a page shows a program with its imports, without {sorted(cuts)}"
    if "start-at" in options:
        lines = program.splitlines(keepends=True)
        first = next(number for number, line in enumerate(lines) if options["start-at"] in line)
        return "".join(lines[first:])
    return program


def _is_code(literal: str) -> bool:
    """Whether a literal block is a program, and not what one prints."""
    try:
        body = ast.parse(literal).body
    except SyntaxError:
        return False
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in body)


def _names(scope: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """The names of the module that a piece of code defines, and those that it uses, with all scopes in it."""
    defined, used = set(), set()
    for symbol in scope.get_symbols():
        if symbol.is_global() or scope.get_type() == "module":
            if symbol.is_assigned() or symbol.is_imported():
                defined.add(symbol.get_name())
            if symbol.is_referenced():
                used.add(symbol.get_name())
    for inner in scope.get_children():
        more_defined, more_used = _names(inner)
        defined |= more_defined
        used |= more_used
    return defined, used


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_name_comes_from_this_page(page: Path) -> None:
    known = {*dir(builtins), "__file__", "__name__"}
    for block in _blocks(page):
        defined, used = _names(symtable.symtable(block, page.name, "exec"))
        known |= defined
        assert used <= known, f"{page.name}: {sorted(used - known)} in\n{block}"


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_import_of_this_package_works(page: Path) -> None:
    for block in _blocks(page):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("globus_transport"):
                try:
                    module = importlib.import_module(node.module or "")
                except ModuleNotFoundError as error:
                    # vcrpy comes with the extra hosts. Its module is imported by tests/hosts.
                    if error.name != "vcr":
                        raise
                    continue
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


def test_blocks_are_found() -> None:
    assert sum(len([*_blocks(page)]) for page in _PAGES) > 110
