"""Connect a folder of a file system to Globus: a storage gateway, a mapped collection,
and a role for a group."""

from globus_transport import (
    AccessTokenAuthorizer,
    ConnectorTable,
    GCSClient,
    GCSRoleDocument,
    MappedCollectionDocument,
    POSIXStoragePolicies,
    StorageGatewayDocument,
)

#: The host name of the endpoint.
ENDPOINT = "..."
GROUP_ID = "..."
#: For the scope manage_collections of the endpoint.
ACCESS_TOKEN = "..."


def add_gateway(client: GCSClient, folder: str) -> str:
    """Create a storage gateway for users of one domain.

    :return: its id
    """
    gateway = client.create_storage_gateway(
        StorageGatewayDocument(
            display_name="Lab file system",
            connector_id=ConnectorTable.POSIX.connector_id,
            root=folder,
            allowed_domains=["lab.example.org"],
            policies=POSIXStoragePolicies(groups_allow=["imaging"]),
        )
    )
    return str(gateway["id"])


def add_collection(client: GCSClient, gateway_id: str) -> str:
    """Create a mapped collection of a gateway.

    :return: its id
    """
    collection = client.create_collection(
        MappedCollectionDocument(
            display_name="Beamline images",
            storage_gateway_id=gateway_id,
            collection_base_path="/",
            allow_guest_collections=True,
            enable_https=True,
        )
    )
    return str(collection["id"])


with GCSClient(ENDPOINT, authorizer=AccessTokenAuthorizer(ACCESS_TOKEN)) as client:
    collection_id = add_collection(client, add_gateway(client, "/srv/images"))
    principal = f"urn:globus:groups:id:{GROUP_ID}"
    client.create_role(
        GCSRoleDocument(
            collection=collection_id, principal=principal, role="access_manager"
        )
    )
    for collection in client.paginated.get_collection_list(
        filter="mapped_collections"
    ).items():
        print(collection["id"], collection["display_name"])
