"""The file in a sandbox's folder that keeps its state for the next sandbox."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from pathlib import Path

from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import State

FILE_NAME = ".globus-sandbox.json"


class StateFile:
    """Keeps the state of a sandbox in a file, which is replaced atomically.

    Tasks, authorization codes, faults and the request log are not kept. The file has secrets in it, so only its owner
    can read it.

    :param state: loaded at once from the file of an earlier sandbox, if there is one
    :param folder: the sandbox's folder
    :raises ValueError: if a sandbox of this version did not write the file
    """

    def __init__(self, state: State, folder: Path) -> None:
        self._state = state
        self._file = folder / FILE_NAME
        self._lock = threading.Lock()
        self._saved_text = ""
        with contextlib.suppress(FileNotFoundError):
            text = self._file.read_text("utf-8")
            try:
                restore(state, json.loads(text))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{self._file} was not written by a sandbox of this version") from error
            self._saved_text = text

    @property
    def was_there(self) -> bool:
        """Whether an earlier sandbox had left the file."""
        return self._saved_text != ""

    def save(self) -> None:
        """Write the file if something has changed.

        :raises OSError: if the file cannot be written
        """
        with self._lock:
            text = json.dumps(snapshot(self._state))
            if text == self._saved_text:
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=FILE_NAME, dir=self._file.parent)
            try:
                with open(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, self._file)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(name)
                raise
            self._saved_text = text
