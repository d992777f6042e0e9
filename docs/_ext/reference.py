"""A Sphinx extension that writes ``docs/reference/`` before the pages are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_origin

from docutils import nodes
from public_names import PAGES, is_public, page_lines, unplaced
from readable_types import OPTIONAL
from route_tables import CLIENTS, client_page
from rst import directive, title
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.nodes import make_refnode

import globus_transport

_SEVERAL = re.compile(r"^(\s*):param (\w+(?:, \w+)+):(.*)$")
_ALIAS = re.compile(r"~?[\w.]*TypeAliasForwardRef\('(\w+)'\)")
_PACKAGE = "globus_transport"


def write_reference(app: Sphinx) -> None:
    """Write every page of the reference."""
    left = unplaced()
    if left:
        raise ExtensionError(f"no page of the reference has: {', '.join(left)}; see docs/_ext/public_names.py")
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
    # A page that did not change keeps its time, so that Sphinx does not read it again.
    if not file.exists() or file.read_text("utf-8") != text:
        file.write_text(text, "utf-8")


def split_shared_parameters(
    _app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]
) -> None:
    """``:param a, b: text`` explains two parameters; Sphinx would take the first for a type."""
    lines[:] = [one for line in lines for one in _split(line)]


def _split(line: str) -> list[str]:
    match = _SEVERAL.match(line)
    if match is None:
        return [line]
    space, names, text = match.groups()
    return [f"{space}:param {name}:{text}" for name in names.split(", ")]


def shorten_defaults(
    _app: Sphinx, _what: str, _name: str, _object: object, _options: object, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """attrs shows a default that is made anew for each object as ``NOTHING``, and MISSING has its repr."""
    if signature is not None:
        signature = signature.replace("NOTHING", "...").replace("<globus_transport.MISSING>", OPTIONAL)
        signature = _ALIAS.sub(r"\1", signature)
    return signature, result


def keep_public_bases(_app: Sphinx, _name: str, _object: object, _options: object, bases: list[Any]) -> None:
    """Of a class's bases, readers know the public ones; without their type parameters."""
    known = [get_origin(base) or base for base in bases]
    bases[:] = [base for base in known if is_public(base)]


def find_public_name(
    app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.TextElement
) -> nodes.TextElement | None:
    """A public name is known by its last part, wherever the docstring that mentions it stands."""
    if node.get("refdomain") != "py":
        return None
    # A name in a sentence has to lead somewhere; a type in a signature may be anyone's.
    # An attribute that its class explains with ``:ivar:`` is no place of its own.
    needs_a_place = "refwarn" in node and node["reftype"] != "attr"
    return _public_name(app, env, node, content) or (None if needs_a_place else content)


def _public_name(app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.TextElement) -> nodes.TextElement | None:
    target = node["reftarget"].lstrip("~")
    owner, _, attribute = target.rpartition(".")
    python = env.domains.python_domain
    for wanted in (target.rpartition(".")[2], f"{owner.rpartition('.')[2]}.{attribute}"):
        if wanted.partition(".")[0] not in globus_transport._MODULES:
            continue
        full = f"{_PACKAGE}.{wanted}"
        if full not in python.objects:
            # A type or a constant: it is documented where it is made.
            full = f"{_PACKAGE}.{globus_transport._MODULES[wanted.partition('.')[0]]}.{wanted}"
        if full in python.objects:
            found = python.objects[full]
            return make_refnode(app.builder, node["refdoc"], found.docname, found.node_id, content)
    return None


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("builder-inited", write_reference)
    app.connect("autodoc-process-docstring", split_shared_parameters)
    app.connect("autodoc-process-signature", shorten_defaults)
    app.connect("autodoc-process-bases", keep_public_bases)
    app.connect("missing-reference", find_public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
