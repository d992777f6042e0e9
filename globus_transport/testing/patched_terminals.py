"""The default terminals with other methods, for tools that do not see their connections."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Self


class PatchedTerminals:
    """The base of classes that replace methods of the default terminals, until :meth:`stop` or the end of ``with``.

    Python looks up ``__call__`` on the class, so this affects the terminals of existing stacks too.
    """

    def __init__(self) -> None:
        self._originals = ExitStack()

    def _replace(self, terminal_class: type, name: str, method: Any) -> None:
        self._originals.callback(setattr, terminal_class, name, getattr(terminal_class, name))
        setattr(terminal_class, name, method)

    def stop(self) -> None:
        """Make the clients send as usual again. A second call changes nothing."""
        self._originals.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()
