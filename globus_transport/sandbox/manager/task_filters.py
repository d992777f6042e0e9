"""The filters of the endpoint manager's task list."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.datastructures import MultiDict

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.listing import read_number
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import bad_request

_Filter = Callable[[Task], bool]
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def task_filters(arguments: MultiDict[str, str]) -> list[_Filter]:
    """The filters in a query. A listed task must pass all of them.

    :raises TransferError: if a filter is malformed
    """
    filters: list[_Filter] = []

    def add_choice(name: str, value: Callable[[Task], str]) -> None:
        if text := arguments.get(name):
            wanted = set(text.split(","))
            filters.append(lambda task: value(task) in wanted)

    add_choice("filter_status", lambda task: task.status)
    add_choice("filter_task_id", lambda task: task.id)
    add_choice("filter_owner_id", lambda task: task.owner.id)
    _add_collection_filter(arguments, filters)
    if text := arguments.get("filter_is_paused"):
        if text.lower() not in _BOOLEANS:
            raise bad_request("filter_is_paused must be true or false")
        paused = _BOOLEANS[text.lower()]
        filters.append(lambda task: task.is_paused == paused)
    if "filter_min_faults" in arguments:
        minimum = read_number(arguments, "filter_min_faults", 0, 0, 10**9)
        filters.append(lambda task: task.document()["faults"] >= minimum)
    if text := arguments.get("filter_completion_time"):
        start, _, end = text.partition(",")
        try:
            first, last = parse_iso_time(start), parse_iso_time(end)
        except ValueError as error:
            raise bad_request("filter_completion_time must be two dates in ISO 8601 with a comma between") from error
        filters.append(lambda task: task.completed is not None and first <= task.completed < last)
    if arguments.get("filter_local_user"):
        # A sandbox has no local accounts.
        filters.append(lambda task: False)
    return filters


def _add_collection_filter(arguments: MultiDict[str, str], filters: list[_Filter]) -> None:
    collection_id, use = arguments.get("filter_endpoint"), arguments.get("filter_endpoint_use")
    if use and (not collection_id or use not in ("source", "destination")):
        raise bad_request("filter_endpoint_use is source or destination and needs filter_endpoint")
    if collection_id and use == "source":
        filters.append(lambda task: task.collection_ids[0] == collection_id)
    elif collection_id and use:
        filters.append(lambda task: task.collection_ids[1:] == (collection_id,))
    elif collection_id:
        filters.append(lambda task: collection_id in task.collection_ids)
