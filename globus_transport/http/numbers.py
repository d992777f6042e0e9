"""Which numbers a setting may have."""

from __future__ import annotations

import math
import numbers
from typing import SupportsFloat


def is_number(value: object, *, above: float = -math.inf, at_least: float = -math.inf, below: float = math.inf) -> bool:
    """Whether a value is a number in these bounds, and neither NaN nor infinite. A text or a truth value is not."""
    # NumPy's numbers are of this class too.
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not isinstance(value, SupportsFloat):
        return False
    number = float(value)
    return math.isfinite(number) and above < number < below and number >= at_least
