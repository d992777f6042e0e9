"""Run a function with many inputs on an endpoint, and collect the results."""

import time
from collections.abc import Iterable
from typing import Any

from globus_transport import ComputeClientV2, ComputeClientV3

ENDED = ("success", "failed")


def run_all(
    v2: ComputeClientV2,
    v3: ComputeClientV3,
    endpoint_id: str,
    function_id: str,
    inputs: Iterable[str],
) -> list[dict[str, Any]]:
    """Submit a task for each input, and wait until all have ended.

    :param inputs: the arguments of each task, as text
    :return: the tasks in the order of the inputs
    """
    status = v2.get_endpoint_status(endpoint_id)["status"]
    if status != "online":
        raise RuntimeError(f"the endpoint is {status}; the tasks would wait for it")

    submitted = v3.submit(endpoint_id, {"tasks": {function_id: list(inputs)}})
    task_ids = submitted["tasks"][function_id]

    ended: dict[str, dict[str, Any]] = {}
    while len(ended) < len(task_ids):
        time.sleep(2)
        open_ids = [task_id for task_id in task_ids if task_id not in ended]
        tasks = v2.get_task_batch(open_ids)["results"]
        ended.update(
            {
                task_id: task
                for task_id, task in tasks.items()
                if task["status"] in ENDED
            }
        )
    return [ended[task_id] for task_id in task_ids]
