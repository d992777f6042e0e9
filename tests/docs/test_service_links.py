"""The reference leads from each route, and from each class of documents, to the service's own documentation."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.docs.examples import DOCS

_EXTENSION = DOCS / "_ext"
_LINK = re.compile(r"https://(?:docs\.globus\.org|(?:groups|compute)\.api\.globus\.org/redoc|flows\.globus\.org/redoc)")


@pytest.fixture(scope="module", autouse=True)
def extension() -> Iterator[None]:
    """The modules that write the reference can be imported by their short names."""
    sys.path.insert(0, str(_EXTENSION))
    yield
    sys.path.remove(str(_EXTENSION))
    for file in _EXTENSION.glob("*.py"):
        sys.modules.pop(file.stem, None)


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)


def _routes() -> Iterator[tuple[str, str]]:
    """The entries of all clients' pages, each with the name of its route."""
    tables = _module("route_tables")
    for client in tables.CLIENTS:
        text = "\n".join(tables.client_page(client))
        routes = re.split(r"^\.\. py:method:: ", text[text.index("\nRoutes\n") :], flags=re.MULTILINE)[1:]
        yield from ((route.partition("(")[0], route) for route in routes)


def test_every_route_has_a_link() -> None:
    routes = dict(_routes())
    assert len(routes) > 200
    assert [name for name, entry in routes.items() if not _LINK.search(entry)] == []


def test_every_class_of_documents_has_a_link() -> None:
    names, pages = _module("public_names"), _module("service_pages").DOCUMENTS
    (payloads,) = [page for page in _module("reference_pages").PAGES if page.file == "payloads"]
    modules = tuple(f"globus_transport.{part}" for part in payloads.parts if not part.startswith("routing."))
    classes = {entry.name for entry in names.PUBLIC_NAMES if entry.module.startswith(modules)}
    assert {*pages} == classes
    assert all(_LINK.match(page) for page in pages.values())


def test_a_class_of_documents_shows_its_link() -> None:
    pytest.importorskip("sphinx", reason="install the extra docs: pip install 'globus_transport[docs]'")
    lines = ["A transfer."]
    app: Any = None
    show = _module("reference").show_service_page
    show(app, "class", "globus_transport.TransferData", None, None, lines)
    show(app, "method", "globus_transport.TransferData.add_item", None, None, lines)
    assert [line for line in lines if _LINK.search(line)] == [lines[1]]


def test_no_link_is_left_over() -> None:
    tables, pages = _module("route_tables"), _module("service_pages").PAGES
    routes = [(client, route.name) for client in map(tables.named_client, tables.CLIENTS) for route in client.routes]
    known = {f"{prefix}.{route}" for client, route in routes for prefix in (client.__name__, client.service_name)}
    assert {*pages} <= known
