"""Small HTML tables, for what notebooks show of an object (``_repr_html_``). All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_LEFT = ' style="text-align: left; vertical-align: top"'
_HEAD = ' style="text-align: left; vertical-align: top; white-space: nowrap"'
# Notebooks give a pre the background of the page, and some a proportional font.
_TEXT = ' style="margin: 0; white-space: pre-wrap; text-align: left; font-family: monospace; background: none"'


class Html(str):
    """A cell of a table that is HTML already."""

    __slots__ = ()


def html_table(title: str, rows: Iterable[Sequence[str]], heads: Sequence[str] = ()) -> str:
    """A table with a title above it.

    :param rows: the cells of each row; text is escaped, :class:`Html` is taken as it is
    :param heads: the heads of the columns; without them the first cell of a row is its head
    """
    lines = [f"<table><caption{_HEAD}><b>{escape(title)}</b></caption>"]
    if heads:
        lines.append(_row(heads, len(heads)))
    lines += [_row(cells, 0 if heads else 1) for cells in rows]
    return "\n".join([*lines, "</table>"])


def folded(summary: str, content: str) -> Html:
    """Something long, of which only the summary is shown until the reader opens it.

    :param content: a text, whose line breaks are kept, or :class:`Html`
    """
    return Html(f"<details><summary>{escape(summary)}</summary>{_cell(content, as_text=True)}</details>")


def _row(cells: Sequence[str], heads: int) -> str:
    first = "".join(f"<th{_HEAD}>{_cell(cell)}</th>" for cell in cells[:heads])
    rest = "".join(f"<td{_LEFT}>{_cell(cell)}</td>" for cell in cells[heads:])
    return f"<tr>{first}{rest}</tr>"


def _cell(cell: str, *, as_text: bool = False) -> str:
    if isinstance(cell, Html):
        return cell
    return f"<pre{_TEXT}>{escape(cell)}</pre>" if as_text else escape(cell)
