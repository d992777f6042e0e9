"""The other pages of the reference: every public name stands on exactly one, under the docstring of its module."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterable
from importlib import import_module

import attrs
from reference_pages import PAGES, Page
from route_tables import CLIENTS, generic_calls
from rst import directive, title

import globus_transport
from globus_transport.scopes.collections import ScopeCollection
from globus_transport.scopes.scope import Scope

_TOP = "globus_transport"
# Modules from which programs import, as globus-sdk has them.
_WITHOUT_A_PACKAGE = (f"{_TOP}.gare",)


@attrs.frozen
class PublicName:
    """A name that programs import.

    :ivar package: exports it
    :ivar module: defines it
    """

    name: str
    package: str
    module: str

    @property
    def import_line(self) -> str:
        """How a program imports it."""
        return f"from {self.package} import {self.name}"

    @property
    def value(self) -> object:
        """What the name stands for."""
        return getattr(import_module(self.package), self.name)

    @property
    def documented_as(self) -> str:
        """The full name under which the reference has it.

        That is the public one for a class or a function. The comment that explains a constant or a type stands in the
        module that defines it, and Sphinx looks for it there.
        """
        value = self.value
        is_exported = isinstance(value, (type, ScopeCollection)) or inspect.isfunction(value)
        return f"{self.package if is_exported else self.module}.{self.name}"


def _public_names() -> list[PublicName]:
    """Every name of every package; of a name that several packages export, the one with the shortest path."""
    packages = [_TOP, *_WITHOUT_A_PACKAGE]
    packages += [module.name for module in pkgutil.walk_packages(globus_transport.__path__, f"{_TOP}.") if module.ispkg]
    found: dict[tuple[str, str], PublicName] = {}
    for package in sorted(packages, key=lambda name: (name.count("."), name)):
        for module, names in _names_by_module(package).items():
            for name in names:
                found.setdefault((module, name), PublicName(name, package, module))
    return list(found.values())


def _names_by_module(package: str) -> dict[str, Iterable[str]]:
    exporter = import_module(package)
    if hasattr(exporter, "_NAMES"):
        return {f"{_TOP}.{module}": names for module, names in exporter._NAMES.items()}
    return {package: getattr(exporter, "__all__", ())}


# What a class inherits from one of these stands with that class, or in its library's documentation.
_DOCUMENTED_ELSEWHERE = (
    "ABC",
    "AsyncBaseTransport",
    "Auth",
    "AuthBase",
    "BaseAdapter",
    "BaseException",
    "BaseTransport",
    "GenericCalls",
    "GlobusAPIError",
    "GlobusAuthorizer",
    "GlobusError",
    "GlobusHTTPResponse",
    "GlobusOAuthFlowManager",
    "GlobusPayload",
    "Mapping",
    "ClientBase",
    "NetworkError",
    "OAuthTokenResponse",
    "PoolManager",
    "RenewingAuthorizer",
    "RequestMethods",
    "RouteTable",
    "dict",
    "str",
    "tuple",
)

_ON_CLIENT_PAGES = {*CLIENTS, *(f"Async{name}" for name in CLIENTS)}

PUBLIC_NAMES = _public_names()
_UNEXPORTED = [
    PublicName(name, f"{_TOP}.{module}", f"{_TOP}.{module}")
    for page in PAGES
    for module, _, name in (full.rpartition(".") for full in page.names)
]
#: Every name of the reference by its full name in the module that defines it.
_BY_MODULE = {f"{entry.module}.{entry.name}": entry for entry in (*PUBLIC_NAMES, *_UNEXPORTED)}
#: The same by the full name under which the reference has it.
_BY_DOCUMENTED_NAME = {entry.documented_as: entry for entry in _BY_MODULE.values()}


def named(target: str) -> PublicName | None:
    """The public name that a docstring means by a full name or a short one; ``None`` if it is not clear which."""
    if target in _BY_MODULE:
        return _BY_MODULE[target]
    short = target.rpartition(".")[2]
    found = [entry for entry in _BY_MODULE.values() if entry.name == short]
    return next((entry for entry in found if entry.package == _TOP), found[0] if len(found) == 1 else None)


def defining_module(documented_name: str) -> str | None:
    """The module that defines what the reference has under this full name."""
    entry = _BY_DOCUMENTED_NAME.get(documented_name)
    return None if entry is None else entry.module


def import_line(documented_name: str) -> str | None:
    """How a program imports what the reference has under this full name."""
    entry = _BY_DOCUMENTED_NAME.get(documented_name)
    return None if entry is None else entry.import_line


def is_public(value: type) -> bool:
    """Whether users know a class by its name."""
    return f"{value.__module__}.{value.__name__}" in _BY_MODULE


def _part_of(module: str) -> str | None:
    """The part of a page that has the names of a module: the module itself, or the nearest package above it."""
    parts = {f"{_TOP}.{part}" for page in PAGES for part in page.parts}
    while module not in parts:
        module, _, _ = module.rpartition(".")
        if not module:
            return None
    return module


def unplaced() -> list[str]:
    """Public names that stand on no page."""
    return [
        f"{entry.module}.{entry.name}"
        for entry in PUBLIC_NAMES
        if entry.name not in _ON_CLIENT_PAGES and _part_of(entry.module) is None
    ]


def page_lines(page: Page) -> list[str]:
    """The text of a page."""
    lines = title(page.title)
    further = [entry for entry in _UNEXPORTED if f"{entry.module}.{entry.name}".removeprefix(f"{_TOP}.") in page.names]
    for part in page.parts:
        lines += directive("automodule", f"{_TOP}.{part}")
        for entry in (*PUBLIC_NAMES, *further):
            if _part_of(entry.module) == f"{_TOP}.{part}" and entry.name not in _ON_CLIENT_PAGES:
                lines += _name_lines(entry)
    for entry in further:
        if _part_of(entry.module) not in {f"{_TOP}.{part}" for part in page.parts}:
            lines += _name_lines(entry)
    if page.file == "clients":
        lines += generic_calls(globus_transport.BaseClient)
    return lines


def _name_lines(entry: PublicName) -> list[str]:
    name, value = entry.documented_as, entry.value
    if isinstance(value, type):
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        options = [":members:", f":inherited-members: {', '.join(_DOCUMENTED_ELSEWHERE)}"]
        if any(is_public(base) for base in value.__bases__):
            options.append(":show-inheritance:")
        return directive(kind, name, options)
    if inspect.isfunction(value):
        return directive("autofunction", name)
    scopes = ["", *_scopes(value)] if isinstance(value, ScopeCollection) else []
    return directive("autodata", name, [":no-value:", *scopes])


def _scopes(collection: ScopeCollection) -> Iterable[str]:
    for name, value in vars(type(collection)).items():
        if isinstance(value, Scope):
            yield f"- ``{name}``: ``{value}``"
