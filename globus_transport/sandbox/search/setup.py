"""What a test does with Search without a login: ``sandbox.search``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import PUBLIC, urn
from globus_transport.sandbox.request_fields import InvalidFieldsError, parse_body
from globus_transport.sandbox.search.field_types import FieldTypeError
from globus_transport.sandbox.search.ingest import read_ingest
from globus_transport.sandbox.search.search_index import IngestError
from globus_transport.sandbox.search.tasks import run_due_tasks
from globus_transport.sandbox.state import State


class SearchSetup:
    """Adds indexes and entries to Globus Search, and says how long tasks take."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def task_delay(self) -> float:
        """How long new tasks are pending, in seconds of the sandbox's clock.

        By default 0.0: a write is complete when it is answered. A new value is for later tasks.
        """
        return self._state.search.task_delay

    @task_delay.setter
    def task_delay(self, seconds: float) -> None:
        if not seconds >= 0:
            raise ValueError(f"task_delay={seconds!r}: a delay is a number of seconds, not below 0")
        self._state.search.task_delay = float(seconds)
        self._state.save()

    def add_index(
        self, display_name: str, owner: Identity | None = None, *, description: str = "", is_trial: bool = False
    ) -> str:
        """Add an index.

        :param display_name: its name
        :param owner: gets the role owner; added if it is new. ``None`` for the sandbox's user
        :param description: what it contains
        :param is_trial: whether it counts for the number of trial indexes that a user owns
        :return: the id of the index
        """
        owner = self._state.identities.add(owner or self._state.user)
        now = self._state.clock.now()
        index = self._state.search.add_index(display_name, description, urn(owner.id), now, is_trial=is_trial)
        self._state.save()
        return str(index["id"])

    def ingest(self, index_id: str, documents: Iterable[Mapping[str, Any]]) -> None:
        """Write entries to an index at once, without a task. Nothing is written if one of them is refused.

        :param index_id: the id of the index
        :param documents: entries as the service has them (``GMetaEntry``): each with ``subject`` and ``content``. One
            without ``visible_to`` is public
        :raises KeyError: if there is no such index
        :raises TypeError: if an entry has a value that JSON does not have, such as a date
        :raises ValueError: if the service refuses an entry
        """
        entries = [{"visible_to": [PUBLIC], **document} for document in documents]
        if not entries:
            return
        body = json.dumps({"ingest_type": "GMetaList", "ingest_data": {"gmeta": entries}}).encode()
        store = self._state.search
        with store.lock:
            # Tasks that are due come first, and the index may be due to go.
            run_due_tasks(store, self._state.clock.now())
            content = store.contents[index_id]
            try:
                operation = read_ingest(parse_body(body))
                content.write(operation["entries"], {})
            except InvalidFieldsError as error:
                raise ValueError(f"The entries are refused: {error.errors}") from None
            except (FieldTypeError, IngestError) as error:
                raise ValueError(f"The entries are refused: {error}") from None
        self._state.save()
