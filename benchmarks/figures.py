"""Figures with their spread, and how they are written."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import attrs


@attrs.frozen
class Spread:
    """A median and the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of one value or more."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)

    @classmethod
    def of_ratios(cls, ours: Sequence[float], theirs: Sequence[float]) -> Spread:
        """Of the ratio in each round: what disturbs the machine for a while disturbs both."""
        return cls.of([one / other for one, other in zip(ours, theirs, strict=True)])

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def microseconds(seconds: float) -> str:
    """``0.000123`` as ``123.0 µs``."""
    return f"{seconds * 1e6:.1f} µs"


def milliseconds(seconds: float) -> str:
    """``0.0123`` as ``12.3 ms``."""
    return f"{seconds * 1e3:.1f} ms"
