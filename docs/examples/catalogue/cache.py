"""A client that requests the document of a collection at most once a minute."""

import attrs

from globus_transport import (
    AccessTokenAuthorizer,
    Cache,
    Flow,
    Request,
    Response,
    TransferClient,
)

TRANSFER_ACCESS_TOKEN = "..."


def keep_collections(request: Request) -> Flow:
    response: Response = yield request
    if request.route == "get_endpoint" and "Cache-Control" not in response.headers:
        headers = response.headers.with_header("Cache-Control", "max-age=60")
        response = attrs.evolve(response, headers=headers)
    return response


plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
client = plain.with_stack(plain.stack.add(Cache()).add(keep_collections))
print(client.stack)
