"""A Sphinx extension that keeps names out of signatures that only Python knows, and warns if one is left."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

_LOG = logging.getLogger(__name__)

#: What no reader should see: full names of private modules, private classes, representations of objects.
MACHINE_NAME = re.compile(
    r"TypeAliasForwardRef|ForwardRef|\bNoneType\b|\|\s*MissingType|\btyping\.|\bglobus_transport\.\w+\.\w+"
    r"|\bobject at 0x|<object|<function|<class|(?<![\w.'])_[A-Z]\w*|~\w"
)
#: The parts of a signature: parameters with their types and defaults, the result, the type of an attribute.
SIGNATURE_PARTS = (addnodes.desc_parameter, addnodes.desc_returns, addnodes.desc_annotation)


def hide_private_result(_app: Sphinx, _domain: str, _kind: str, content: addnodes.desc_content) -> None:
    """A decorator's result is a class without a public name, so it is left out."""
    assert content.parent is not None
    for result in list(content.parent.findall(addnodes.desc_returns)):
        if "-> _" in result.astext():
            result.parent.remove(result)


def warn_of_machine_names(_app: Sphinx, document: nodes.document, name: str) -> None:
    """Check the signatures of a page of the reference, and the types of its parameters."""
    if not name.startswith("reference/"):
        return
    for part in document.findall(lambda node: isinstance(node, SIGNATURE_PARTS)):
        found = MACHINE_NAME.search(part.astext())
        if found:
            _LOG.warning("a signature has the name %r: %s", found[0], part.astext()[:300], location=name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("object-description-transform", hide_private_result)
    app.connect("doctree-resolved", warn_of_machine_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
