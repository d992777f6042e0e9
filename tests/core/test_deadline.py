"""The time limit of a whole call."""

from __future__ import annotations

import math
import pickle
import time
from typing import Any

import pytest

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.middleware.deadline import Deadline
from tests.core.stepping import get


def test_a_request_gets_a_deadline() -> None:
    earliest = time.monotonic() + 5
    request = get(headers={"X": "1"}, attempt=1)
    deadline = Deadline(5)(request).deadline
    assert deadline is not None
    assert earliest <= deadline <= time.monotonic() + 5
    assert request.deadline is None


def test_the_earlier_deadline_counts() -> None:
    early, late = time.monotonic() + 1, time.monotonic() + 3600
    assert Deadline(5)(get(deadline=early)).deadline == early
    shortened = Deadline(5)(get(deadline=late)).deadline
    assert shortened is not None
    assert shortened < late


def test_no_limit() -> None:
    request = get()
    assert Deadline()(request) is request
    kept = get(deadline=1.0)
    assert Deadline(None)(kept) is kept


@pytest.mark.parametrize("seconds", [0, -1, math.nan])
def test_seconds_are_above_zero(seconds: float) -> None:
    with pytest.raises(GlobusSDKUsageError, match="give seconds above 0, or None"):
        Deadline(seconds)


@pytest.mark.parametrize(
    ("deadline", "text"), [(Deadline(), "none"), (Deadline(1.5), "1.5 s for the whole call"), (Deadline(60.0), "60 s")]
)
def test_printing_and_pickling(deadline: Deadline, text: str) -> None:
    assert str(deadline).startswith(text)
    same: Any = pickle.loads(pickle.dumps(deadline))
    assert same == deadline
