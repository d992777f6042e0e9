"""A client that checks what it sends, and sends large documents compressed."""

from globus_transport import (
    AccessTokenAuthorizer,
    CompressBodies,
    GlobusError,
    IdempotencyKey,
    Request,
    Response,
    TransferClient,
    Validate,
)

TRANSFER_ACCESS_TOKEN = "..."


class NotToday(GlobusError):
    """A call that this program does not make."""


def no_deletes(request: Request) -> None:
    if request.route == "submit_delete":
        raise NotToday("this program moves files, and deletes none")


def is_json(response: Response) -> None:
    if not response.headers.get("Content-Type", "").startswith("application/json"):
        raise NotToday(f"status {response.status} without JSON: is there a login page in between?")


plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
stack = plain.stack.add(Validate(request=no_deletes, response=is_json), before="retry")
stack = stack.add(IdempotencyKey(), before="retry").add(CompressBodies())
client = plain.with_stack(stack)
print(client.stack)
