"""The public names: they change on purpose only, and ``help()`` describes each parameter."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.package.public_api import FILE, describe, public_objects

_FIELDS = re.compile(r":(?:param|ivar|cvar) ([\w, *\[\].|]+?):(?:\s|$)")


def test_the_public_api_is_as_listed() -> None:
    now, listed = describe().splitlines(), FILE.read_text("utf-8").splitlines()
    changes = [f"+ {line}" for line in now if line not in listed] + [f"- {line}" for line in listed if line not in now]
    assert not changes, "\n".join(
        ["the public API changed; if that is meant, run python -m tests.package.public_api", *changes]
    )


def _functions() -> Iterator[tuple[str, Any, str]]:
    """Every public function and method, with the text in which its parameters may be described."""
    for path, value in public_objects().items():
        if inspect.isfunction(value):
            yield path, value, value.__doc__ or ""
        elif inspect.isclass(value):
            bases = [base for base in value.__mro__ if base.__module__.startswith("globus_transport")]
            of_class = "\n".join(str(vars(base).get("__doc__")) for base in bases)
            for name, member in vars(value).items():
                function = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
                is_made = name == "__init__" and not getattr(value, "_is_protocol", False)
                is_public = is_made or not name.startswith("_")
                if is_public and inspect.isfunction(function):
                    overridden = "\n".join(inspect.getdoc(vars(base).get(name)) or "" for base in bases)
                    yield f"{path}.{name}", function, f"{overridden}\n{of_class}"


_ALL = [
    pytest.param(function, text, id=path.removeprefix("globus_transport.")) for path, function, text in _functions()
]


@pytest.mark.parametrize(("function", "text"), _ALL)
def test_every_parameter_is_described(function: Any, text: str) -> None:
    if "The other fields are the parameters of" in text:
        # An object that programs do not make; the function that makes it describes them.
        return
    described = {name for names in _FIELDS.findall(text) for name in re.findall(r"\w+", names)}
    given = {name for name in inspect.signature(function).parameters if name not in ("self", "cls")}
    assert {name for name in given if not name.startswith("_")} <= described


def test_functions_are_found() -> None:
    assert len(_ALL) > 400
    assert any("RetryConfig.__init__" in str(param.id) for param in _ALL)
