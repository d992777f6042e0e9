"""The public names of a package, loaded when they are first used (PEP 562).

A package's ``__init__.py`` lists its public names by the module that defines them, and ``__init__.pyi`` beside it tells
type checkers the same. Importing the package then costs nothing, and a program pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

NamesByModule = Mapping[str, tuple[str, ...]]


def lazy_names(
    package: str,
    names_by_module: NamesByModule,
    submodules: tuple[str, ...] = (),
    with_an_extra: tuple[str, ...] = (),
    packages_of_extra: tuple[str, ...] = (),
) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """A package's ``__all__``, ``__getattr__`` and ``__dir__``.

    :param package: the package's ``__name__``
    :param names_by_module: public names by the module that defines them, relative to the top of ``globus_transport``
    :param submodules: modules of the package that a program may use as attributes without importing them
    :param with_an_extra: names that need an extra, which ``import *`` leaves out
    :param packages_of_extra: what the extra with the package's own name installs; if one of these packages is missing,
        using a name raises an ``ImportError`` that names the extra
    """
    module_of = {name: module for module, names in names_by_module.items() for name in names}

    def get_attribute(name: str) -> object:
        if name in submodules:
            return import_module(f"{package}.{name}")
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            module = import_module(f"globus_transport.{module_of[name]}")
        except ModuleNotFoundError as error:
            missing = (error.name or "").partition(".")[0]
            if missing not in packages_of_extra:
                raise
            extra = package.rpartition(".")[2]
            raise ImportError(
                f'The {extra} needs {missing}, which is not installed: run pip install "globus_transport[{extra}]"',
                name=missing,
            ) from error
        value: object = getattr(module, name)
        # The next look-up finds it in the package itself.
        setattr(import_module(package), name, value)
        return value

    def list_names() -> list[str]:
        return sorted({*vars(import_module(package)), *module_of, *submodules})

    return [name for name in sorted(module_of) if name not in with_an_extra], get_attribute, list_names
