"""The table that is printed: one row for each thing measured, with a line for each peer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from benchmarks.figures import Spread


@attrs.frozen
class Goal:
    """What a figure is to reach, and whether it did."""

    text: str
    met: bool

    @classmethod
    def at_most(cls, figure: float, limit: float, unit: str = "") -> Goal:
        """A figure that is good when small."""
        return cls(f"at most {limit:g}{unit}", figure <= limit)

    @classmethod
    def at_least(cls, figure: float, limit: float) -> Goal:
        """A figure that is good when large."""
        return cls(f"at least {limit:g}", figure >= limit)


@attrs.frozen
class Peer:
    """Another library's figure, and ours as a multiple of it."""

    name: str
    figure: str
    ratio: Spread | None = None
    goal: Goal | None = None


@attrs.frozen
class Row:
    """One thing measured. ``figure`` is this package's."""

    what: str
    figure: str
    peers: Sequence[Peer] = ()
    goal: Goal | None = None


_HEADINGS = ("what", "figure", "ours / theirs (quartiles)", "to reach", "")


def render(rows: Iterable[Row]) -> str:
    """The table as text."""
    lines: list[tuple[str, ...]] = [_HEADINGS]
    for row in rows:
        lines.append(())
        lines.append((row.what, row.figure, "", *_goal(row.goal)))
        for peer in row.peers:
            ratio = "" if peer.ratio is None else str(peer.ratio)
            lines.append((f"  {peer.name}", peer.figure, ratio, *_goal(peer.goal)))
    widths = [max(len(line[column]) for line in lines if line) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)).rstrip() for line in lines
    )


def _goal(goal: Goal | None) -> tuple[str, str]:
    if goal is None:
        return "", ""
    return goal.text, "met" if goal.met else "NOT MET"
