"""Add layers to a client's stack."""

from log_slow_calls import log_slow_calls
from pace import Pace

from globus_transport import AccessTokenAuthorizer, StructuredLogging, TransferClient

TRANSFER_ACCESS_TOKEN = "..."

client = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))

stack = client.stack.add(log_slow_calls, before="retry")
stack = stack.add(Pace(0.1), after="retry")
stack = stack.add(StructuredLogging())
paced = client.with_stack(stack)

print(paced.stack)
