"""Records the responses of a service in a file, and replays them without a network. It is meant for tests.

The file holds no secrets. Of a request it holds only the method, the URL and the body (decompressed). In these and in
the response, the values of headers, parameters and members that are credentials are replaced by ``<hidden>``. The
credential of the request is also replaced wherever the service repeats it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from globus_transport.core.flow import Flow, Read, Run
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.cassette.tape import NotRecordedError, Player, RecordedCall, RecordedRequest, Recorder
from globus_transport.middleware.redaction import Redaction

__all__ = ["Cassette", "NotRecordedError"]

_MODES = {
    "auto": "replays {}, or records it if there is none",
    "record": "records {}",
    "replay": "replays {}",
}
_PARTS = ("method", "url", "body")


class Cassette:
    """Record the responses of a service, or replay them.

    Place it next to the terminal, which it replaces during replay. Every response is replayed once, in the order of the
    recording. A request without a recorded response raises :exc:`NotRecordedError` and is not sent. Streamed bodies are
    read completely, so a response to ``stream=True`` has a ``body`` and no ``stream``. Network errors are not recorded.

    Threads, tasks and stacks may share one cassette. Two cassettes that record into the same file overwrite each other.

    :param path: path of the JSON file
    :param mode: ``"auto"`` replays if the file exists at the first request, and records otherwise; ``"record"``
        replaces the file; ``"replay"`` never sends a request
    :param secrets: more names of headers, parameters and members whose values are hidden
    :param match: the parts in which a request must equal a recorded one: some of ``"method"``, ``"url"`` and
        ``"body"``. Secrets are not compared
    :raises GlobusSDKUsageError: if ``mode`` or ``match`` has another value
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        mode: Literal["auto", "record", "replay"] = "auto",
        *,
        secrets: Iterable[str] = (),
        match: Iterable[str] = _PARTS,
    ) -> None:
        if mode not in _MODES:
            raise GlobusSDKUsageError(f"Cassette(mode={mode!r}): give one of {', '.join(map(repr, _MODES))}")
        self.match = (match,) if isinstance(match, str) else tuple(match)
        if not self.match or not set(self.match) <= set(_PARTS):
            raise GlobusSDKUsageError(f"Cassette(match={match!r}): give some of {', '.join(map(repr, _PARTS))}")
        self.path = Path(path)
        self.mode = mode
        self.redaction = Redaction.from_names(secrets)
        self._tapes: list[Player | Recorder] = []

    def __call__(self, request: Request) -> Flow:
        """:raises NotRecordedError: during replay, if there is no response to the request"""
        tape: Player | Recorder = self._tapes[0] if self._tapes else (yield Run(self._open_tape))
        recorded_request = RecordedRequest.from_request(request, self.redaction)
        if isinstance(tape, Player):
            return tape.play(recorded_request).make_response(request)
        response: Response = yield request
        if response.stream is not None:
            response = yield Read(response)
        yield Run(tape.add, RecordedCall.from_response(recorded_request, request, response, self.redaction))
        return response

    def _open_tape(self) -> Player | Recorder:
        records = self.mode == "record" or (self.mode == "auto" and not self.path.exists())
        tape = Recorder(self.path) if records else Player(self.path, self.match)
        # Several threads may do this at once. All of them use the tape that was appended first.
        self._tapes.append(tape)
        return self._tapes[0]

    def __str__(self) -> str:
        return _MODES[self.mode].format(self.path)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_tapes": []}
