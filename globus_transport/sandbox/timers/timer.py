"""Timers, and the moments at which they run."""

from __future__ import annotations

import math
import uuid
from typing import Literal, Self

import attrs

from globus_transport.sandbox.records import Document

#: Of a timer that missed more runs than this at once, the earlier ones are left out.
MAX_MISSED_RUNS = 1000
#: How many results a timer keeps.
MAX_RESULTS = 1000

Kind = Literal["transfer", "flow", "callback"]
Status = Literal["new", "loaded", "active", "inactive", "ended"]


@attrs.frozen(kw_only=True)
class Schedule:
    """When a timer runs. Times are in seconds since the epoch.

    :ivar interval: from one run to the next, in seconds; ``None`` for one run
    :ivar end: no run starts after it
    :ivar max_runs: how often it runs
    """

    start: float
    interval: int | None = None
    end: float | None = None
    max_runs: int | None = None

    def tick_after(self, tick: float) -> float | None:
        """The moment to run that follows another one; ``None`` if there is none."""
        if self.interval is None:
            return None
        following = tick + self.interval
        return None if self.end is not None and following > self.end else following

    def last_tick(self, now: float, missed: int = 0) -> float:
        """The last moment to run that has passed, or one of those before it.

        :param now: not before the start
        :param missed: how many moments before the last one
        """
        if self.interval is None:
            return self.start
        until = now if self.end is None else min(now, self.end)
        return self.start + max(0, math.floor((until - self.start) / self.interval) - missed) * self.interval


@attrs.define(kw_only=True)
class Timer:
    """A timer.

    :ivar document: the schedule in the form in which it was given
    :ivar body: what a run submits: a transfer without its submission id, or the body of a run of a flow
    :ivar flow_id: of a timer that starts a flow
    :ivar login: the id of the login whose consents and session the runs use
    :ivar scopes: of the token whose consents the runs use, with their dependencies
    :ivar next_run: ``None`` if there is none
    :ivar results: of the runs, the latest first
    """

    kind: Kind
    owner_id: str
    name: str | None
    schedule: Schedule
    document: Document
    body: Document
    flow_id: str | None
    callback_url: str
    callback_body: Document
    scope: str | None
    login: str
    scopes: str
    submitted_at: float
    next_run: float | None
    id: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    status: Status = "new"
    inactive_reason: Document | None = None
    last_ran_at: float | None = None
    n_runs: int = 0
    n_errors: int = 0
    results: list[Document] = attrs.field(factory=list)

    @property
    def is_waiting(self) -> bool:
        """Whether it runs when its next moment comes."""
        return self.next_run is not None and self.status in ("new", "loaded", "active")

    def skip_missed_runs(self, now: float, keep: int = 1) -> None:
        """Leave out runs that were missed, but for the last ones."""
        if self.next_run is not None and self.next_run < now:
            self.next_run = max(self.next_run, self.schedule.last_tick(now, keep - 1))

    def move_on(self, moment: float) -> None:
        """Set the next moment, after the one at ``moment`` is done with. The timer ends if there is none."""
        tick = self.schedule.tick_after(moment)
        is_used_up = self.schedule.max_runs is not None and self.n_runs >= self.schedule.max_runs
        self.next_run = None if is_used_up else tick
        if self.next_run is None:
            self.status, self.inactive_reason = "ended", None

    def resume(self, now: float) -> None:
        """Make an inactive timer wait again. If it missed runs, it runs once at once."""
        self.status, self.inactive_reason = "active", None
        if self.schedule.end is not None and self.schedule.end < now:
            self.status, self.next_run = "ended", None
        self.skip_missed_runs(now)

    def dump(self) -> Document:
        """The timer as a JSON document."""
        return attrs.asdict(self)

    @classmethod
    def load(cls, document: Document) -> Self:
        """The timer that :meth:`dump` returned."""
        return cls(**{**document, "schedule": Schedule(**document["schedule"])})
