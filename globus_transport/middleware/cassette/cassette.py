"""Records the answers of a service in a file, and gives them again without a network: for tests.

Secrets are left out: of a request nothing is kept but method, URL and body, decoded if it is compressed; in those, and
in the answer, the values of headers, parameters and members that are credentials are replaced by ``<hidden>``, and so
is the request's own credential wherever a service repeats it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from globus_transport.core.flow import Flow, Read, Run
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.cassette.redaction import Redaction
from globus_transport.middleware.cassette.tape import NotRecordedError, Player, Recorded, Recorder, Sent

__all__ = ["Cassette", "NotRecordedError"]

_MODES = {
    "auto": "replays {}, or records it if there is none",
    "record": "records {}",
    "replay": "replays {}",
}
_PARTS = ("method", "url", "body")


class Cassette:
    """Record what a service answers, or replay it.

    Stands next to the terminal, in whose place it answers. Every answer is given once, in the order in which they
    were recorded; a request that has none raises, and nothing is sent. Streamed bodies are read whole, so an answer
    to ``stream=True`` has its ``body`` and no ``stream``. A failure of the network is not recorded.

    Threads, tasks and stacks may share one; two that record into one file overwrite each other.

    :param path: of the JSON file
    :param mode: ``"auto"`` replays if the file is there at the first request, and records otherwise; ``"record"``
        begins anew; ``"replay"`` sends nothing whatever happens
    :param secrets: further names of headers, parameters and members whose values are left out
    :param match: in what a request has to be the same as a recorded one: of ``"method"``, ``"url"`` and ``"body"``.
        Secrets need not be
    :raises GlobusSDKUsageError: if the mode or a part is none of these
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
        self.redaction = Redaction.of(secrets)
        self._tapes: list[Player | Recorder] = []

    def __call__(self, request: Request) -> Flow:
        """:raises NotRecordedError: if a cassette that replays has no answer"""
        tape: Player | Recorder = self._tapes[0] if self._tapes else (yield Run(self._begin))
        sent = Sent.of(request, self.redaction)
        if isinstance(tape, Player):
            return tape.play(sent).response(request)
        response: Response = yield request
        if response.stream is not None:
            response = yield Read(response)
        yield Run(tape.add, Recorded.of(sent, request, response, self.redaction))
        return response

    def _begin(self) -> Player | Recorder:
        records = self.mode == "record" or (self.mode == "auto" and not self.path.exists())
        tape = Recorder(self.path) if records else Player(self.path, self.match)
        # Several threads may begin at once; the first one's is everybody's.
        self._tapes.append(tape)
        return self._tapes[0]

    def __str__(self) -> str:
        return _MODES[self.mode].format(self.path)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_tapes": []}
