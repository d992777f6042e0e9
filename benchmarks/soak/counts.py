"""What the callers count. Each has counts of its own: they need no lock, and a fork copies none that is held."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any, Self

import attrs

from globus_transport.exc import GlobusAPIError, GlobusError, GlobusSDKUsageError, MiddlewareError
from globus_transport.services.auth.errors import LoginRequiredError

# Examples that are kept of each kind of failure. Keeping all would be growth of memory.
_MOST_EXAMPLES = 5


class BodyError(Exception):
    """The body of a request failed, as it was meant to. It reaches the caller as it is."""


@attrs.define
class Counts:
    """What happened to calls.

    :ivar calls: how many were begun
    :ivar outcomes: how the calls ended, by what was done with the reply or by the class of the error
    :ivar lost: calls without an outcome, and calls that found the login lost
    :ivar mixed_up: replies that were not the call's own
    :ivar unexpected: errors that are not of this package, and complaints of the interpreter or an event loop
    :ivar examples: some of the failures, in words
    """

    calls: int = 0
    outcomes: Counter[str] = attrs.field(factory=Counter)
    lost: int = 0
    mixed_up: int = 0
    unexpected: int = 0
    examples: list[str] = attrs.field(factory=list)

    def add_lost(self, what: str, number: int = 1) -> None:
        """Count calls that have no outcome, or that found the login lost."""
        self.lost += number
        self._add_example(f"lost: {what}")

    def add_mixed_up(self, what: str) -> None:
        """Count a reply that was not the call's own."""
        self.mixed_up += 1
        self._add_example(f"mixed up: {what}")

    def add_unexpected(self, what: str) -> None:
        """Count an error that should not have come."""
        self.unexpected += 1
        self._add_example(f"unexpected: {what}")

    def add_error(self, call_id: str, error: BaseException) -> None:
        """Count how a call failed."""
        name = type(error).__name__
        if isinstance(error, GlobusAPIError):
            name = f"{name} {error.http_status}"
        self.outcomes[name] += 1
        if isinstance(error, LoginRequiredError) or getattr(error, "code", None) == "invalid_grant":
            self.add_lost(f"the login, as {call_id} found: {error}")
        elif isinstance(error, (GlobusSDKUsageError, MiddlewareError)) or not isinstance(
            error, (GlobusError, BodyError, TimeoutError)
        ):
            self.add_unexpected(f"{call_id}: {error!r}")

    def add(self, other: Counts) -> None:
        """Add the counts of another caller."""
        self.calls += other.calls
        self.outcomes += other.outcomes
        self.lost += other.lost
        self.mixed_up += other.mixed_up
        self.unexpected += other.unexpected
        self.examples += other.examples

    @classmethod
    def total(cls, several: Iterable[Counts]) -> Self:
        """The sum of counts."""
        total = cls()
        for counts in several:
            total.add(counts)
        return total

    def to_dict(self) -> dict[str, Any]:
        """These counts as a JSON document."""
        return attrs.asdict(self)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        """Counts from their JSON document."""
        return cls(**{**document, "outcomes": Counter(document["outcomes"])})

    def _add_example(self, what: str) -> None:
        if len(self.examples) < _MOST_EXAMPLES:
            self.examples.append(what[:500])


def note_unraisable(counts: Counts) -> None:
    """Count the exceptions that the interpreter can raise nowhere, ``ResourceWarning`` among them."""

    def note(unraisable: Any) -> None:
        counts.add_unexpected(f"in {unraisable.object!r}: {unraisable.exc_value!r}")

    sys.unraisablehook = note
