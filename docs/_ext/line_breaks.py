"""Where a browser may break long names and code: after a sign, and in headings before a capital letter.

Without these places the names in tables, signatures and headings break anywhere, or leave the page. ``<wbr>`` is not
copied with the text.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_HEADING = re.compile(r"<h[1-6]>.*?</h[1-6]>", re.DOTALL)
_TABLE_OR_SIGNATURE = re.compile(r'<table\b.*?</table>|<dt class="sig\b.*?</dt>', re.DOTALL)
_TEXT = re.compile(r">[^<]+")
# The dot in a number is no such place. A quotation mark is written as ``&quot;``.
_AFTER_A_SIGN = re.compile(r"(?<=[a-zA-Z])\.(?=[a-zA-Z]|$)|[_/](?=[\w{])|[=(\[](?=[\w&({])")
_BEFORE_A_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def add_line_breaks(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Called by Sphinx for each page, with its HTML in ``context["body"]``."""
    if "body" in context:
        body = _HEADING.sub(lambda heading: _break(_BEFORE_A_WORD, _break(_AFTER_A_SIGN, heading[0])), context["body"])
        context["body"] = _TABLE_OR_SIGNATURE.sub(lambda code: _break(_AFTER_A_SIGN, code[0]), body)


def _break(place: re.Pattern[str], html: str) -> str:
    return _TEXT.sub(lambda text: place.sub(r"\g<0><wbr>", text[0]), html)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("html-page-context", add_line_breaks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
