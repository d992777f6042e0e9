"""Running the example programs of the documentation, each as the page shows it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeGuard

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"

#: Runs an example and returns its names: ``run("authorization/basic.py", CLIENT_ID="...")``.
RunExample = Callable[..., dict[str, Any]]


def run_example(name: str, **constants: str) -> dict[str, Any]:
    """Run a program of ``docs/examples``. Only the values of its open constants are changed.

    :param name: the path of the file in ``docs/examples``
    :param constants: values for the constants that the page leaves open, as ``"..."``
    :return: the names that the program defined
    """
    file = EXAMPLES / name
    program = ast.parse(file.read_text("utf-8"))
    left_open = {_name(statement): statement for statement in program.body if _is_left_open(statement)}
    assert left_open.keys() == constants.keys(), f"{name} leaves open {sorted(left_open)}"
    for constant, statement in left_open.items():
        statement.value = ast.copy_location(ast.Constant(constants[constant]), statement.value)
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(file)}
    exec(compile(program, str(file), "exec"), namespace)
    return namespace


def _is_left_open(statement: ast.stmt) -> TypeGuard[ast.Assign]:
    """Whether the statement is ``NAME = "..."``."""
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value == "..."
    )


def _name(statement: ast.Assign) -> str:
    return ast.unparse(statement.targets[0])
