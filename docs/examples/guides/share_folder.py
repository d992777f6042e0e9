"""Share a folder of a collection with another user, for reading."""

from globus_transport import TransferClient


def share_folder(
    client: TransferClient, collection_id: str, path: str, identity_id: str, name: str
) -> str:
    """Make a guest collection of the folder, and give one identity read access.

    :return: the id of the guest collection
    """
    guest = client.create_shared_endpoint(
        {
            "DATA_TYPE": "shared_endpoint",
            "host_endpoint": collection_id,
            "host_path": path,
            "display_name": name,
        }
    )
    client.add_endpoint_acl_rule(
        guest["id"],
        {
            "DATA_TYPE": "access",
            "principal_type": "identity",
            "principal": identity_id,
            "path": "/",
            "permissions": "r",
        },
    )
    return str(guest["id"])
