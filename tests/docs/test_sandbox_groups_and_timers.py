"""The programs of the pages on the sandbox's Groups and Timers."""

from __future__ import annotations

import pytest

from tests.docs.examples import run_example


def test_a_newcomer_joins(capsys: pytest.CaptureFixture[str]) -> None:
    run_example("sandbox_groups/newcomer.py")
    assert capsys.readouterr().out.splitlines() == ["before: False", "after: True", "INVALID_STATUS"]


def test_a_timer_copies_every_six_hours(capsys: pytest.CaptureFixture[str]) -> None:
    run_example("sandbox_timers/every_six_hours.py")
    runs = [f"202 Copy, run {run}" for run in (3, 2, 1)]
    assert capsys.readouterr().out.splitlines() == [*runs, "inactive ConsentRequired"]
