"""The state of Globus Timers."""

from __future__ import annotations

from globus_transport.sandbox.records import Document


class TimersStore:
    """What Globus Timers keeps."""

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        return {}

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned."""
