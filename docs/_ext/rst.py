"""Small pieces of reStructuredText."""

from __future__ import annotations

from collections.abc import Iterable


def title(text: str, underline: str = "=") -> list[str]:
    """A heading."""
    return [text, underline * len(text), ""]


def directive(name: str, argument: str, content: Iterable[str] = ()) -> list[str]:
    """A directive with its content. Options are the first lines of the content."""
    return [f".. {name}:: {argument}".rstrip(), *indented(content), ""]


def indented(lines: Iterable[str]) -> list[str]:
    """Lines indented by three columns."""
    return [f"   {line}" if line else "" for line in lines]
