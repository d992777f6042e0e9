"""The state in which a sandbox started, for ``reset()``."""

from __future__ import annotations

import attrs

from globus_transport.sandbox.seeds import Seed
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import State


class StartingPoint:
    """Remembers the state as it is when this object is made.

    :param seed: what the state was made from; its files are written again
    """

    def __init__(self, state: State, seed: Seed) -> None:
        self._state = state
        self._seed = seed
        self._document = snapshot(state)
        self._settings = attrs.asdict(state.settings)

    def restore(self) -> None:
        """Bring the state back.

        :raises OSError: if a file of the seed cannot be written
        """
        self._state.forget()
        restore(self._state, self._document)
        for name, value in self._settings.items():
            setattr(self._state.settings, name, value)
        for collection in self._state.collections.all():
            collection.folder.mkdir(parents=True, exist_ok=True)
        self._seed.write_files(self._state)
        self._state.save()
