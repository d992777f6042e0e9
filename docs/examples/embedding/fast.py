"""A client with the extra fast, and one without."""

from globus_transport import AccessTokenAuthorizer, TransferClient, Transport

TRANSFER_ACCESS_TOKEN = "..."

authorizer = AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN)

# An error, if the extra is not installed. Without fast=True it is used if it is.
quick = TransferClient(authorizer=authorizer, transport=Transport(fast=True))
plain = TransferClient(authorizer=authorizer, transport=Transport(fast=False))

assert list(quick.task_list()) == list(plain.task_list())
