"""Transfer many files, which are in a list, in one task."""

from pathlib import Path

from globus_transport import AccessTokenAuthorizer, TransferClient, TransferData

ACCESS_TOKEN = "..."
SOURCE = "..."
DESTINATION = "..."
LIST = "..."

data = TransferData(SOURCE, DESTINATION, sync_level="checksum", skip_source_errors=True)
for path in Path(LIST).read_text("utf-8").splitlines():
    data.add_item(f"/run-7/{path}", f"/2026/run-7/{path}")

with TransferClient(authorizer=AccessTokenAuthorizer(ACCESS_TOKEN)) as client:
    task_id = client.submit_transfer(data)["task_id"]
    while not client.task_wait(task_id, timeout=3600, progress=True):
        print("still running")
    task = client.get_task(task_id)
    print(task["status"], task["files_transferred"], "of", task["files"])
    for skipped in client.task_skipped_errors.items(task_id):
        print("left out:", skipped["source_path"])
