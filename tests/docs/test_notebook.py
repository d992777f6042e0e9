"""The recipe for notebooks: its cells run, in Python's own way for an interactive session, and the page shows them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import re
import textwrap
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from globus_transport.sandbox import Sandbox
from tests.docs.examples import DOCS, EXAMPLES
from tests.docs.person import Person

_BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", re.MULTILINE)


def _cells() -> list[str]:
    notebook = json.loads((EXAMPLES / "notebook" / "transfers.ipynb").read_text("utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_page_shows_the_cells() -> None:
    page = (DOCS / "recipes" / "notebook.rst").read_text("utf-8")
    assert [textwrap.dedent(block).strip() for block in _BLOCK.findall(page)] == _cells()


def test_a_notebook_is_saved_without_outputs() -> None:
    notebook = json.loads((EXAMPLES / "notebook" / "transfers.ipynb").read_text("utf-8"))
    assert all(cell["outputs"] == [] for cell in notebook["cells"] if cell["cell_type"] == "code")


class Kernel:
    """Runs cells in one event loop, as Jupyter does: a cell may await, and the value of its last line is shown."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}

    async def run_cell(self, text: str) -> Any:
        """Run a cell, and return the value of its last line."""
        cell = ast.parse(text)
        last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
        await self._run(compile(cell, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
        if not isinstance(last, ast.Expr):
            return None
        return await self._run(compile(ast.Expression(last.value), "cell", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))

    async def _run(self, code: CodeType) -> Any:
        value = eval(code, self.names)
        return await value if inspect.isawaitable(value) else value


@pytest.mark.usefixtures("no_pauses")
def test_all_cells(globus: Sandbox, person: Person, tmp_path: Path) -> None:
    instrument, archive = globus.add_collection("Instrument"), globus.add_collection("Archive")
    for collection in (instrument, archive):
        (collection.folder / "run-7").mkdir()
    (instrument.folder / "run-7" / "image").write_bytes(b"an image")
    first, *others = _cells()
    for constant in (globus.native_client_id, instrument.id, archive.id):
        first = first.replace('"..."', repr(constant), 1)
    assert '"..."' not in first

    async def run_all() -> list[Any]:
        kernel = Kernel()
        return [await kernel.run_cell(cell) for cell in (first, *others)]

    for _ in range(2):
        _, _, stack, listing, _, ended, task, names, _ = asyncio.run(run_all())
        assert "<b>Stack</b>" in stack._repr_html_()
        assert "1 item" in listing._repr_html_()
        assert ended is True
        assert "SUCCEEDED" in task._repr_html_()
        assert names == ["Instrument", "Archive"]
    assert (archive.folder / "run-7" / "image").read_bytes() == b"an image"
    # The second run, and a script with the same names, use the login of the first.
    assert person.logins == 1
    assert [*(tmp_path / ".globus" / "app").rglob("lab/tokens.json")]
