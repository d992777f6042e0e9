"""The table that the soak prints, and whether all is well."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from benchmarks.soak.counts import Counts

#: MiB of growth that cannot be told from the noise of the allocators. Up to
#: four were seen after one minute, and after ten minutes no more. In ten minutes 25 bytes a call are more.
MOST_GROWTH = 10.0


@attrs.frozen
class Report:
    """What a soak has found.

    :ivar counts: of all callers
    :ivar server: what the server counted
    :ivar leaked_files: file descriptors that are open after the end and were not before, sockets among them
    :ivar leaked_threads: threads, in the same way
    :ivar memory: MiB at rest, after the warm-up and at the end; 0 where the system does not tell
    :ivar events: what happened besides the calls, in numbers
    """

    counts: Counts
    server: Mapping[str, int]
    leaked_files: int
    leaked_threads: int
    memory: tuple[float, float]
    events: Mapping[str, int] = attrs.field(factory=dict)

    @property
    def doubled(self) -> int:
        """Requests that came again though they may have been carried out, and refresh tokens that were used again."""
        return self.server.get("doubled requests", 0) + self.server.get("doubled grants", 0)

    @property
    def mixed_up(self) -> int:
        """Replies and bodies of requests that belong to other calls."""
        return self.counts.mixed_up + self.server.get("mixed up requests", 0)

    @property
    def unexpected(self) -> int:
        """Errors that should not have come, here and in the server."""
        return self.counts.unexpected + self.server.get("server errors", 0)

    @property
    def memory_growth(self) -> float:
        """The growth of the memory, in MiB."""
        return max(0.0, self.memory[1] - self.memory[0])

    @property
    def is_well(self) -> bool:
        """Whether nothing failed that is promised."""
        failures = (
            self.counts.lost,
            self.doubled,
            self.mixed_up,
            self.unexpected,
            self.leaked_files,
            self.leaked_threads,
        )
        return self.counts.calls > 0 and not any(failures) and self.memory_growth <= MOST_GROWTH

    def __str__(self) -> str:
        rows = [
            ("calls", f"{self.counts.calls}"),
            ("lost", f"{self.counts.lost}"),
            ("doubled", f"{self.doubled}"),
            ("mixed up", f"{self.mixed_up}"),
            ("unexpected errors", f"{self.unexpected}"),
            ("leaked sockets", f"{self.leaked_files}"),
            ("leaked threads", f"{self.leaked_threads}"),
            (
                "growth of memory",
                f"{self.memory_growth:.1f} MiB, from {self.memory[0]:.1f} to {self.memory[1]:.1f}; "
                f"up to {MOST_GROWTH:.0f} is noise of the allocators",
            ),
        ]
        lines = [f"{name:20}{value}" for name, value in rows]
        lines += ["", "For information:"]
        lines += [f"{number:10} {name}" for name, number in self.events.items()]
        lines += [f"{number:10} calls: {outcome}" for outcome, number in self.counts.outcomes.most_common()]
        lines += [f"{number:10} server: {name}" for name, number in sorted(self.server.items())]
        if self.counts.examples:
            lines += ["", *self.counts.examples[:20]]
        return "\n".join([*lines, "", "All is well." if self.is_well else "Something is wrong."])
