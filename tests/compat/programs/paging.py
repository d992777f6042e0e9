"""Lists that are longer than a page."""

import os

import globus_sdk

client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(os.environ["TRANSFER_TOKEN"]))
for number in range(5):
    data = globus_sdk.TransferData(os.environ["SOURCE"], os.environ["DESTINATION"], label=f"number {number}")
    data.add_item("/a.txt", f"/{number}.txt")
    client.submit_transfer(data)
pages = [len(page["DATA"]) for page in client.paginated.task_list()]
print(pages, client.paginated.has_method("task_list") if hasattr(client.paginated, "has_method") else True)
print(sorted(task["label"] for task in client.paginated.task_list().items()))
print([task["label"] for task in client.task_list(limit=2, orderby="label ASC", filter={"label": "~number*"})])
reply = client.task_list(limit=1)
print(type(reply).__name__, reply["limit"], len(list(reply)), len(reply["DATA"]))
found = client.paginated.endpoint_search(filter_scope="my-endpoints")
print(sorted(endpoint["display_name"] for endpoint in found.items()))
client.close()
