"""Write metadata of images to an index, and wait until the index has it."""

import time
from collections.abc import Iterable
from typing import Any

from globus_transport import AccessTokenAuthorizer, SearchClient

INDEX_ID = "..."
SEARCH_ACCESS_TOKEN = "..."


def publish(
    client: SearchClient, index_id: str, entries: Iterable[dict[str, Any]]
) -> str:
    """Write entries in one task.

    :return: the final state of the task
    """
    ingest = {"ingest_type": "GMetaList", "ingest_data": {"gmeta": list(entries)}}
    task_id = client.ingest(index_id, ingest)["task_id"]
    while (task := client.get_task(task_id))["state"] not in (
        "SUCCESS",
        "FAILED",
        "CANCELLED",
    ):
        time.sleep(2)
    return str(task["state"])


entry = {
    "subject": "globus://e6f3c6a0-0000-4000-8000-000000000001/images/0001.tif",
    "visible_to": ["public"],
    "content": {"title": "Gold on glass", "date": "2026-03-01", "tags": ["raw"]},
}
with SearchClient(authorizer=AccessTokenAuthorizer(SEARCH_ACCESS_TOKEN)) as client:
    print(publish(client, INDEX_ID, [entry]))
