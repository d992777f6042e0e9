"""The state of Globus Flows, and what a test says about its action providers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Union

from globus_transport.sandbox.records import Document, Records

#: What an action provider of the sandbox returns: a document, or a function of the parameters that returns one.
Answer = Union[Document, Callable[[Any], Document]]


class ActionFailedError(Exception):
    """Raised by the function of an answer: the action fails with this text."""


class FlowsStore:
    """Flows, their runs, web inputs and registered APIs.

    :ivar lock: held while a run goes on from one state to the next, and while a request changes a flow or a run
    """

    def __init__(self) -> None:
        self.flows = Records()
        self.runs = Records()
        self.inputs = Records()
        self.apis = Records()
        self.lock = threading.RLock()
        self._answers: dict[str, Answer] = {}

    def answer(self, action_url: str, answer: Answer) -> None:
        """Say what the action provider at an address returns.

        :param action_url: as in ``ActionUrl`` of a flow's definition
        :param answer: the details of the finished action, or a function of its parameters that returns them; it may
            raise :class:`ActionFailedError`
        """
        self._answers[_without_slash(action_url)] = answer

    def find_answer(self, action_url: str) -> Answer | None:
        """What a test said about an action provider; ``None`` if nothing.

        :param action_url: with or without a slash at its end
        """
        return self._answers.get(_without_slash(action_url))

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        return {name: records.where() for name, records in self._records().items()}

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned. The answers of action providers are forgotten."""
        with self.lock:
            self._answers.clear()
            for name, records in self._records().items():
                records.clear()
                for record in document[name]:
                    records.add(record)

    def _records(self) -> dict[str, Records]:
        return {"flows": self.flows, "runs": self.runs, "inputs": self.inputs, "apis": self.apis}


def _without_slash(url: str) -> str:
    return url.rstrip("/")
