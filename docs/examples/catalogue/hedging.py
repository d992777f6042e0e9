"""A client that sends a request a second time when its answer takes longer than
usual."""

from globus_transport import AccessTokenAuthorizer, Hedging, RetryBudget, TransferClient

TRANSFER_ACCESS_TOKEN = "..."

hedging = Hedging(
    percentile=95, at_least=0.05, budget=RetryBudget(capacity=10, per_second=0.5)
)
plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
client = plain.with_stack(plain.stack.add(hedging, after="retry"))
print(client.stack)
