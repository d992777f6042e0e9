"""The state of Globus Timers, and the thread that waits for the next run."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable

import attrs

from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.timers.timer import MAX_MISSED_RUNS, MAX_RESULTS, Timer

# Condition.wait() overflows with a moment in a thousand years, so each wait is this short at most.
_MAX_WAIT = 3600.0


@attrs.frozen
class Outcome:
    """What became of a moment at which a timer was to run.

    :ivar result: ``None`` if the run was left out, because the one before still goes on
    :ivar inactive_reason: if the run lacked a consent or a login; the timer becomes inactive, and its run is still due
    """

    result: Document | None
    is_error: bool = False
    inactive_reason: Document | None = None


StartRun = Callable[[Timer, float], Outcome]


class TimersStore:
    """The timers. Callers get copies.

    They run by the sandbox's clock: when it is advanced past a moment, or the real time passes it. Runs start one at a
    time, in the order of their moments.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._by_id: dict[str, Timer] = {}
        self._start_run: StartRun | None = None
        self._save: Callable[[], None] = lambda: None
        self._is_starting = False
        self._is_closed = False
        self._thread: threading.Thread | None = None
        clock.on_advance(self.run_due)

    def attach(self, start_run: StartRun, save: Callable[[], None]) -> None:
        """Let the timers run.

        :param start_run: starts the run of a timer at a moment, in seconds since the epoch
        :param save: called after each run
        """
        with self._changed:
            self._start_run, self._save = start_run, save
            self._wake()

    @property
    def has_waiting(self) -> bool:
        """Whether a timer waits for its next run."""
        with self._changed:
            return self._next() is not None

    def add(self, timer: Timer) -> None:
        """Add a timer. It is started at once if its time has come."""
        with self._changed:
            self._by_id[timer.id] = attrs.evolve(timer, status="loaded")
            self._wake()
        self.run_due()

    def get(self, id: str, owner_id: str) -> Timer | None:
        """The owner's timer with this id; ``None`` if there is none."""
        with self._changed:
            found = self._by_id.get(id)
            return copy.deepcopy(found) if found and found.owner_id == owner_id else None

    def owned_by(self, owner_id: str) -> list[Timer]:
        """The owner's timers, oldest first."""
        with self._changed:
            return [copy.deepcopy(timer) for timer in self._by_id.values() if timer.owner_id == owner_id]

    def change(self, id: str, change: Callable[[Timer], None]) -> Timer | None:
        """Change a timer, and start it if its time has come.

        :return: the timer; ``None`` if there is no such timer
        """
        with self._changed:
            timer = self._by_id.get(id)
            if timer is None:
                return None
            change(timer)
            self._wake()
        self.run_due()
        with self._changed:
            return copy.deepcopy(timer)

    def remove(self, id: str) -> None:
        """Remove a timer. The tasks and runs that it started go on."""
        with self._changed:
            self._by_id.pop(id, None)
            self._wake()

    def run_due(self) -> None:
        """Start all runs whose moment has come. After it returns, they have started."""
        while (due := self._claim()) is not None:
            start_run, timer, moment = due
            outcome = None
            try:
                outcome = start_run(timer, moment)
            finally:
                with self._changed:
                    self._is_starting = False
                    if outcome is not None and timer.id in self._by_id:
                        _note(self._by_id[timer.id], moment, outcome)
                    self._changed.notify_all()
            self._save()

    def close(self) -> None:
        """Start no further runs, and end the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        with self._changed:
            return {"timers": [timer.dump() for timer in self._by_id.values()]}

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned. Of the runs that were missed since, the last one is due."""
        timers = [Timer.load(timer) for timer in copy.deepcopy(document["timers"])]
        for timer in timers:
            timer.skip_missed_runs(self._clock.now())
        with self._changed:
            self._by_id = {timer.id: timer for timer in timers}
            self._wake()

    def _next(self) -> Timer | None:
        waiting = [timer for timer in self._by_id.values() if timer.is_waiting]
        return min(waiting, key=lambda timer: timer.next_run or 0.0, default=None)

    def _claim(self) -> tuple[StartRun, Timer, float] | None:
        """The next run that is due, which the caller has to start; ``None`` if all have started."""
        with self._changed:
            while self._is_starting:
                # What another thread starts counts, too: a clock's advance() returns when all runs have started.
                self._changed.wait()
            now, timer = self._clock.now(), self._next()
            if self._is_closed or self._start_run is None or timer is None or (timer.next_run or 0.0) > now:
                self._changed.notify_all()
                return None
            timer.skip_missed_runs(now, keep=MAX_MISSED_RUNS)
            self._is_starting = True
            # Only the last result matters to the next run. All of them may be many.
            return self._start_run, attrs.evolve(timer, results=timer.results[:1]), timer.next_run or 0.0

    def _wake(self) -> None:
        """Make the thread look again; start it if there is something to wait for."""
        if self._thread is None and not self._is_closed and self._start_run is not None and self._next() is not None:
            self._thread = threading.Thread(target=self._wait_for_runs, name="sandbox timers", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _wait_for_runs(self) -> None:
        while True:
            with self._changed:
                timer = self._next()
                if self._is_closed or timer is None:
                    self._thread = None
                    return
                seconds = (timer.next_run or 0.0) - self._clock.now()
                if seconds > 0:
                    self._changed.wait(min(seconds, _MAX_WAIT))
                    continue
            self.run_due()


def _note(timer: Timer, moment: float, outcome: Outcome) -> None:
    if outcome.result is not None:
        timer.results = [outcome.result, *timer.results[: MAX_RESULTS - 1]]
        timer.n_errors += outcome.is_error
        timer.last_ran_at = moment
    if outcome.inactive_reason is not None:
        timer.status, timer.inactive_reason = "inactive", outcome.inactive_reason
        return
    timer.n_runs += outcome.result is not None
    if timer.next_run is not None:
        timer.move_on(moment)
