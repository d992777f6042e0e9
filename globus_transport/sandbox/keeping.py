"""State that outlives a sandbox: one file in its folder."""

import contextlib
import json
import os
import tempfile
import threading
from pathlib import Path

from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import State

FILE_NAME = ".globus-sandbox.json"


class Keeper:
    """Keeps what a sandbox knows in a file, which is replaced as a whole: whoever reads it never sees half of it.

    Tasks, authorization codes, faults and the log of requests are not kept. There are secrets in the file, so only its
    owner can read it.

    :param folder: The sandbox's folder. What an earlier sandbox left there is read at once.
    :raises ValueError: The file there is none of a sandbox.
    """

    def __init__(self, state: State, folder: Path) -> None:
        self._state = state
        self._file = folder / FILE_NAME
        self._lock = threading.Lock()
        self._written = ""
        with contextlib.suppress(FileNotFoundError):
            text = self._file.read_text("utf-8")
            try:
                restore(state, json.loads(text))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{self._file} was not written by a sandbox of this version") from error
            self._written = text

    def save(self) -> None:
        """Write the file if something has changed.

        :raises OSError: It cannot be written.
        """
        with self._lock:
            text = json.dumps(snapshot(self._state))
            if text == self._written:
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
            self._written = text
