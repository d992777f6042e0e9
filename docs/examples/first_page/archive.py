"""Copy a folder from one collection to another, as the user who logs in."""

from globus_transport import TransferClient, TransferData, UserApp

CLIENT_ID = "..."
INSTRUMENT = "..."
ARCHIVE = "..."

with UserApp("archive", client_id=CLIENT_ID) as app, TransferClient(app=app) as client:
    data = TransferData(INSTRUMENT, ARCHIVE)
    data.add_item("/run-7/", "/2026/run-7/", recursive=True)
    task_id = client.submit_transfer(data)["task_id"]
    client.task_wait(task_id, timeout=600)
    print(client.get_task(task_id)["status"])
