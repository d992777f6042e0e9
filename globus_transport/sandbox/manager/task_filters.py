"""The filters of the endpoint manager's task list."""

from collections.abc import Callable
from typing import TypeAlias

from werkzeug.datastructures import MultiDict

from globus_transport.sandbox.clock import from_iso_time
from globus_transport.sandbox.listing import number
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import bad_request

_Filter: TypeAlias = Callable[[Task], bool]
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def task_filters(arguments: MultiDict[str, str]) -> list[_Filter]:
    """What a task has to fulfil to be listed.

    :raises TransferError: A filter makes no sense.
    """
    filters: list[_Filter] = []

    def one_of(name: str, value: Callable[[Task], str]) -> None:
        if text := arguments.get(name):
            wanted = set(text.split(","))
            filters.append(lambda task: value(task) in wanted)

    one_of("filter_status", lambda task: task.status)
    one_of("filter_task_id", lambda task: task.id)
    one_of("filter_owner_id", lambda task: task.owner.id)
    _add_place(arguments, filters)
    if text := arguments.get("filter_is_paused"):
        if text.lower() not in _TRUTH:
            raise bad_request("filter_is_paused must be true or false")
        paused = _TRUTH[text.lower()]
        filters.append(lambda task: task.is_paused == paused)
    if "filter_min_faults" in arguments:
        least = number(arguments, "filter_min_faults", 0, 0, 10**9)
        filters.append(lambda task: task.document()["faults"] >= least)
    if text := arguments.get("filter_completion_time"):
        start, _, end = text.partition(",")
        try:
            first, last = from_iso_time(start), from_iso_time(end)
        except ValueError as error:
            raise bad_request("filter_completion_time must be two dates in ISO 8601 with a comma between") from error
        filters.append(lambda task: task.completed is not None and first <= task.completed < last)
    if arguments.get("filter_local_user"):
        # Nobody has a local account in a sandbox.
        filters.append(lambda task: False)
    return filters


def _add_place(arguments: MultiDict[str, str], filters: list[_Filter]) -> None:
    place, use = arguments.get("filter_endpoint"), arguments.get("filter_endpoint_use")
    if use and (not place or use not in ("source", "destination")):
        raise bad_request("filter_endpoint_use is source or destination and needs filter_endpoint")
    if place and use == "source":
        filters.append(lambda task: task.places[0] == place)
    elif place and use:
        filters.append(lambda task: task.places[1:] == (place,))
    elif place:
        filters.append(lambda task: place in task.places)
