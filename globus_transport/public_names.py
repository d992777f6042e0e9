"""The public names of a package, loaded when they are first used (PEP 562).

A package's ``__init__.py`` lists its public names by the module that defines them, and ``__init__.pyi`` beside it tells
type checkers the same. Importing the package then costs nothing, and a program pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

NamesByModule = Mapping[str, tuple[str, ...]]

#: The packages that an extra installs, and the extra.
EXTRAS = {
    "aiohttp": "aiohttp",
    "authlib": "sandbox",
    "cryptography": "app",
    "flask": "sandbox",
    "httpx": "httpx",
    "joserfc": "sandbox",
    "jsonschema": "sandbox",
    "jwt": "app",
    "keyring": "keyring",
    "opentelemetry": "otel",
    "redis": "redis",
    "requests": "requests",
    "responses": "testing",
    "werkzeug": "sandbox",
}


def explain_missing(what: str, error: ModuleNotFoundError, extra: str | None = None) -> ImportError:
    """The error for a part that needs an extra which is not installed; any other error as it is.

    :param what: the part, as it begins the message
    :param extra: that the part needs; by default the one that brings the missing package
    """
    missing = (error.name or "").partition(".")[0]
    if missing not in EXTRAS:
        return error
    install = f'run pip install "globus_transport[{extra or EXTRAS[missing]}]"'
    return ImportError(f"{what} needs {missing}, which is not installed: {install}", name=missing)


def lazy_names(
    package: str,
    names_by_module: NamesByModule,
    submodules: tuple[str, ...] = (),
    with_an_extra: tuple[str, ...] = (),
) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """A package's ``__all__``, ``__getattr__`` and ``__dir__``. A name that needs an extra says so where it is missing.

    :param package: the package's ``__name__``
    :param names_by_module: public names by the module that defines them, relative to the top of ``globus_transport``
    :param submodules: modules of the package that a program may use as attributes without importing them
    :param with_an_extra: names of classes that need an extra, in a package whose other names do not. ``import *``
        leaves them out. Where the extra is missing, only making an object is an error: ``hasattr`` and ``help`` work
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
            explained = explain_missing(f"{package}.{name}", error)
            if name in with_an_extra:
                return _needs_extra(name, explained)
            if explained is error:
                raise
            raise explained from error
        value: object = getattr(module, name)
        # The next look-up finds it in the package itself.
        setattr(import_module(package), name, value)
        return value

    def list_names() -> list[str]:
        return sorted({*vars(import_module(package)), *module_of, *submodules})

    return [name for name in sorted(module_of) if name not in with_an_extra], get_attribute, list_names


def _needs_extra(name: str, error: ImportError) -> type:
    """A class in the place of one that cannot be imported."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise error

    # Classes of storages are given to an application, which makes the object.
    return type(name, (), {"__new__": refuse, "for_globus_app": refuse, "__doc__": str(error)})
