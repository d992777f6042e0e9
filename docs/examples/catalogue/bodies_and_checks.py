"""A client that checks its requests and responses, and compresses large documents."""

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


class PolicyError(GlobusError):
    """A request or response that this program does not accept."""


def refuse_deletes(request: Request) -> None:
    if request.route == "submit_delete":
        raise PolicyError("this program moves files, and deletes none")


def require_json(response: Response) -> None:
    if not response.headers.get("Content-Type", "").startswith("application/json"):
        raise PolicyError(
            f"status {response.status} without JSON: is there a login page in between?"
        )


plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
stack = plain.stack.add(
    Validate(request=refuse_deletes, response=require_json), before="retry"
)
stack = stack.add(IdempotencyKey(), before="retry").add(CompressBodies())
client = plain.with_stack(stack)
print(client.stack)
