"""The public API as text, one line for each name: ``python -m tests.package.public_api`` writes it anew.

A changed line in ``public_api.txt`` shows a reviewer what users will notice.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import globus_transport
from globus_transport.routing.table import Declared

FILE = Path(__file__).with_name("public_api.txt")
# Defaults whose repr is an address, a version's own form, or long.
_UNSTABLE = re.compile(r"<[^<>]*>|functools\.partial\([^()]*\)")


def packages() -> Iterator[ModuleType]:
    """The package and its packages, with their lists of public names."""
    yield globus_transport
    for module in pkgutil.walk_packages(globus_transport.__path__, "globus_transport."):
        if module.ispkg:
            yield importlib.import_module(module.name)


def public_objects() -> dict[str, Any]:
    """Every public class and function of the package, by one of its import paths."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    for package in packages():
        for name in sorted(getattr(package, "__all__", ())):
            value = getattr(package, name)
            if id(value) not in seen and getattr(value, "__module__", "").startswith("globus_transport"):
                seen.add(id(value))
                found[f"{package.__name__}.{name}"] = value
    return found


def describe() -> str:
    """The public API, sorted."""
    lines: list[str] = []
    objects = public_objects()
    classes = {value for value in objects.values() if inspect.isclass(value)}
    for path, value in objects.items():
        if inspect.isclass(value) and issubclass(value, enum.Enum):
            lines.append(f"enum {path}: {', '.join(value.__members__)}")
        elif inspect.isclass(value):
            lines.append(f"class {path}{_signature(value)}")
            lines += [f"{path}.{line}" for line in _members(value, classes)]
        elif callable(value):
            lines.append(f"def {path}{_signature(value)}")
        else:
            lines.append(f"name {path}")
    return "\n".join(sorted(lines)) + "\n"


def _members(cls: type, public_classes: set[type]) -> Iterator[str]:
    """Those that the class has itself or from bases that are not public."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if (base is not cls and base in public_classes) or not base.__module__.startswith("globus_transport"):
            continue
        for name, value in vars(base).items():
            if name.startswith("_") or name in seen:
                continue
            seen.add(name)
            function = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
            if isinstance(function, Declared) or inspect.isfunction(function):
                yield f"{name}{_signature(function)}"
            elif isinstance(value, property):
                yield f"{name}: property"


def _signature(function: Any) -> str:
    try:
        found = function.signature if isinstance(function, Declared) else inspect.signature(function)
    except (TypeError, ValueError):
        return "(...)"
    plain = [parameter.replace(annotation=parameter.empty) for parameter in found.parameters.values()]
    return _UNSTABLE.sub("...", str(inspect.Signature(plain)))


if __name__ == "__main__":
    FILE.write_text(describe(), "utf-8")
