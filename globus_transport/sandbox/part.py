"""The part of a sandbox's state that belongs to one service."""

from __future__ import annotations

from typing import Protocol

from globus_transport.sandbox.records import Document


class Part(Protocol):
    """The state of one service. Nothing of it is elsewhere, so that it can be kept in a file, and reset."""

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        ...

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned.

        :raises KeyError: if the document is incomplete
        """
        ...
