"""A Sphinx extension that writes ``docs/reference/`` before the pages are read."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, get_origin

from docutils import nodes
from public_names import defining_module, import_line, is_public, named, page_lines, unplaced
from reference_pages import PAGES
from route_tables import CLIENTS, client_page
from rst import directive, title
from service_pages import DOCUMENTS
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.inspect import TypeAliasForwardRef
from sphinx.util.nodes import make_refnode

from globus_transport.routing.readable_types import without_machine_names

# Sphinx marks a name that it will shorten.
_MISSING = re.compile(r" \| ~?[\w.]*MissingType(?= = optional)")
_SEVERAL = re.compile(r"^(\s*):param (\w+(?:, \w+)+):(.*)$")


def write_reference(app: Sphinx) -> None:
    """Write every page of the reference."""
    left = unplaced()
    if left:
        raise ExtensionError(f"no page of the reference has: {', '.join(left)}; see docs/_ext/reference_pages.py")
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    pages = {name: client_page(name) for name in CLIENTS}
    pages |= {page.file: page_lines(page) for page in PAGES}
    for file, lines in (*pages.items(), ("index", _index(list(pages)))):
        _write(folder / f"{file}.rst", "\n".join(lines) + "\n")
    for old in folder.glob("*.rst"):
        if old.stem not in {*pages, "index"}:
            old.unlink()


def _index(pages: list[str]) -> list[str]:
    return [*title("Reference"), *directive("toctree", "", [":maxdepth: 1", "", *pages])]


def _write(file: Path, text: str) -> None:
    # The time of an unchanged page stays the same, so that Sphinx does not read it again.
    if not file.exists() or file.read_text("utf-8") != text:
        file.write_text(text, "utf-8")


def split_shared_parameters(
    _app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]
) -> None:
    """``:param a, b: text`` explains two parameters; Sphinx would take the first for a type."""
    lines[:] = [part for line in lines for part in _split(line)]


def _split(line: str) -> list[str]:
    match = _SEVERAL.match(line)
    if match is None:
        return [line]
    space, names, text = match.groups()
    return [f"{space}:param {name}:{text}" for name in names.split(", ")]


def show_readable_signature(
    _app: Sphinx, _what: str, _name: str, _object: object, _options: object, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """Signatures show names that readers know."""
    if signature is not None:
        # As in the signatures of routes: what may be left out is optional.
        signature = _MISSING.sub("", without_machine_names(signature))
    return signature, result


def keep_public_bases(_app: Sphinx, _name: str, _object: object, _options: object, bases: list[Any]) -> None:
    """Show only the public bases of a class, without their type parameters."""
    known = [get_origin(base) or base for base in bases]
    bases[:] = [base for base in known if is_public(base)]


def show_service_page(_app: Sphinx, what: str, name: str, _object: object, _options: object, lines: list[str]) -> None:
    """A class of documents leads to the operation that takes it, in the service's own documentation."""
    page = DOCUMENTS.get(name.rpartition(".")[2]) if what == "class" else None
    if page is not None:
        lines += [f":Reference: `the service's own documentation <{page}>`__", ""]


def show_import(_app: Sphinx, what: str, name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Every name of the reference begins with the line that imports it."""
    text = import_line(name) if what in ("class", "exception", "function", "data") else None
    if text is not None:
        lines[:0] = [f"``{text}``", ""]


def find_public_name(
    app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.TextElement
) -> nodes.TextElement | None:
    """A docstring may mention a public name by its last part alone, or by the module that defines it."""
    if node.get("refdomain") != "py":
        return None
    # A name in a sentence has to lead somewhere. A type in a signature may come from another library, and an
    # attribute that its class explains with ``:ivar:`` has no entry of its own.
    needs_an_entry = "refwarn" in node and node["reftype"] != "attr"
    needs_an_entry = needs_an_entry and not _is_of_same_module(node)
    return _link(app, env, node, content) or (None if needs_an_entry else content)


def _is_of_same_module(node: Any) -> bool:
    """Whether the docstring of a module, or of a class, mentions a name of the same module that has no entry."""
    place = node.get("py:module") or ""
    modules = [place, defining_module(f"{place}.{node.get('py:class')}")]
    return any(hasattr(sys.modules.get(module or ""), node["reftarget"].lstrip("~")) for module in modules)


def _link(app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.TextElement) -> nodes.TextElement | None:
    target = node["reftarget"].lstrip("~")
    objects = env.domains.python_domain.objects
    owner, _, attribute = target.rpartition(".")
    for name, rest in ((target, ""), (owner, f".{attribute}")):
        entry = named(name) if name else None
        found = objects.get(f"{entry.documented_as}{rest}") if entry is not None else None
        if found is not None:
            return make_refnode(app.builder, node["refdoc"], found.docname, found.node_id, content)
    return None


def _alias_name(alias: TypeAliasForwardRef) -> str:
    return alias.name


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    # Sphinx prints an alias of ``autodoc_type_aliases`` with its repr where the alias is a part of a type.
    TypeAliasForwardRef.__repr__ = _alias_name
    app.connect("builder-inited", write_reference)
    app.connect("autodoc-process-docstring", split_shared_parameters)
    app.connect("autodoc-process-docstring", show_import)
    app.connect("autodoc-process-docstring", show_service_page)
    app.connect("autodoc-process-signature", show_readable_signature)
    app.connect("autodoc-process-bases", keep_public_bases)
    app.connect("missing-reference", find_public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
