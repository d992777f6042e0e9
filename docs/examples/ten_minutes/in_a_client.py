"""Run the middleware in a client of a local Globus."""

from traffic import Traffic

from globus_transport import AccessTokenAuthorizer, TransferClient, TransferScopes
from globus_transport.sandbox import Sandbox

with Sandbox() as globus:
    source = globus.add_collection("Microscope")
    authorizer = AccessTokenAuthorizer(
        globus.issue_token(TransferScopes.all).access_token
    )
    with TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as plain:
        traffic = Traffic()
        client = plain.with_stack(plain.stack.add(traffic, before="retry"))
        client.operation_ls(source.id, "/")
        client.task_list()
        print(client.stack)
        print(traffic.received)
