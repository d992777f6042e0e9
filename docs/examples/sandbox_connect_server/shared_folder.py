"""A user shares a folder of a server, and a visitor reads a part of a file by HTTP."""

from globus_transport import AccessTokenAuthorizer, GCSClient, TransferClient
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.services.gcs import GCSCollectionClient, GuestCollectionDocument


def with_token(
    globus: Sandbox, scope: object, user: Identity | None = None
) -> AccessTokenAuthorizer:
    return AccessTokenAuthorizer(globus.issue_token(scope, user=user).access_token)


with Sandbox() as globus:
    grace = globus.add_identity(Identity("grace@sandbox.example"))
    mapped = globus.add_collection("Lab", entity_type="GCSv5_mapped_collection")
    (mapped.folder / "images").mkdir()
    (mapped.folder / "images" / "first.dat").write_text("0123456789")

    # To share a folder, a user consents that the server uses their data.
    endpoint = GCSClient.get_gcs_endpoint_scopes(globus.connect_server.endpoint_id)
    consent = GCSClient.get_gcs_collection_scopes(mapped.id).data_access
    manage = with_token(globus, endpoint.manage_collections.with_dependency(consent))
    with GCSClient(globus.url_of("connect_server"), authorizer=manage) as client:
        guest = client.create_collection(
            GuestCollectionDocument(
                mapped_collection_id=mapped.id,
                collection_base_path="/images",
                display_name="Images",
            )
        )
        print(guest["collection_type"], guest["display_name"])

    sharing = with_token(globus, TransferClient.scopes.all)
    with TransferClient(authorizer=sharing, base_url=globus.transfer_url) as transfer:
        rule = {"principal_type": "identity", "principal": grace.id}
        rule |= {"DATA_TYPE": "access", "path": "/", "permissions": "r"}
        transfer.add_endpoint_acl_rule(guest["id"], rule)
        address = transfer.get_endpoint(guest["id"])["https_server"]

    https = GCSClient.get_gcs_collection_scopes(guest["id"]).https
    visitor = with_token(globus, https, grace)
    with GCSCollectionClient(guest["id"], address, authorizer=visitor) as files:
        reply = files.get("/first.dat", headers={"Range": "bytes=0-3"})
        print(reply.http_status, reply.text)
