"""Copy files, show the progress, and say what was copied."""

import os

import globus_sdk

authorizer = globus_sdk.AccessTokenAuthorizer(os.environ["TRANSFER_TOKEN"])
client = globus_sdk.TransferClient(authorizer=authorizer)
source, destination = os.environ["SOURCE"], os.environ["DESTINATION"]
for entry in client.operation_ls(source, path="/", orderby="name"):
    print(entry["name"], entry["type"], entry["size"] if entry["type"] == "file" else "")
client.operation_mkdir(destination, path="/copy")

data = globus_sdk.TransferData(source, destination, label="a copy", sync_level="checksum", notify_on_succeeded=False)
data.add_item("/a.txt", "/copy/a.txt")
data.add_item("/folder/", "/copy/folder/", recursive=True)
print(
    data["DATA_TYPE"],
    len(data["DATA"]),
    data["label"],
    data["sync_level"],
    next(iter(data.iter_items()))["source_path"],
)
reply = client.submit_transfer(data)
print(reply["code"], reply.http_status, "task_id" in reply, reply.get("nothing", "no such field"))
while not client.task_wait(reply["task_id"], timeout=1, polling_interval=1):
    print("not yet")
task = client.get_task(reply["task_id"])
print(task["status"], task["label"], task["files_transferred"], task["bytes_transferred"])
for copied in client.task_successful_transfers(reply["task_id"]):
    print(copied["source_path"], copied["destination_path"])
print(sorted(entry["name"] for entry in client.operation_ls(destination, path="/copy/")))

delete = globus_sdk.DeleteData(endpoint=destination, recursive=True)
delete.add_item("/copy")
reply = client.submit_delete(delete)
print(client.task_wait(reply["task_id"], timeout=10, polling_interval=1), client.get_task(reply["task_id"])["type"])
client.close()
