"""Share a folder, and remember it with a bookmark."""

import os

import globus_sdk

client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(os.environ["TRANSFER_TOKEN"]))
guest = client.create_shared_endpoint(
    {
        "DATA_TYPE": "shared_endpoint",
        "host_endpoint": os.environ["SOURCE"],
        "host_path": "/folder/",
        "display_name": "Shared images",
    }
)
print(guest["code"], guest.http_status)
rule = {
    "DATA_TYPE": "access",
    "principal_type": "all_authenticated_users",
    "principal": "",
    "path": "/",
    "permissions": "r",
}
added = client.add_endpoint_acl_rule(guest["id"], rule)
print(added["code"], "access_id" in added)
rules = client.endpoint_acl_list(guest["id"])
print(
    type(rules).__name__,
    [(each["principal_type"], each["permissions"]) for each in rules if each["id"] == added["access_id"]],
)
print(client.delete_endpoint_acl_rule(guest["id"], added["access_id"])["code"])
bookmark = client.create_bookmark({"name": "images", "endpoint_id": os.environ["SOURCE"], "path": "/folder/"})
print([each["name"] for each in client.bookmark_list()], client.get_bookmark(bookmark["id"])["path"])
print(
    client.update_bookmark(bookmark["id"], {"name": "pictures"})["name"], client.delete_bookmark(bookmark["id"])["code"]
)
client.close()
