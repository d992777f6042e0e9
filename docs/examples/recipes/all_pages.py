"""All items of a list that the service sends in pages."""

from itertools import islice

from globus_transport import AccessTokenAuthorizer, TransferClient

ACCESS_TOKEN = "..."

with TransferClient(authorizer=AccessTokenAuthorizer(ACCESS_TOKEN)) as client:
    # Every item; a page is fetched when its first item is needed.
    for task in client.task_list.items(filter="type:TRANSFER,DELETE"):
        print(task["task_id"])

    # The first three only: no further page is fetched.
    newest = list(islice(client.task_list.items(limit=3), 3))
    print(len(newest), "newest")

    # Page by page, for what a page says of all items.
    for page in client.task_list.pages(limit=2):
        print(len(page["DATA"]), "of", page["total"])
