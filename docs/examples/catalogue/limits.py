"""A client that limits its load on the service, for any number of threads."""

from globus_transport import (
    AccessTokenAuthorizer,
    CircuitBreaker,
    ConcurrencyLimit,
    RateLimit,
    TransferClient,
)

TRANSFER_ACCESS_TOKEN = "..."

plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
stack = plain.stack.add(CircuitBreaker(failures=5, recovery=30), after="retry")
stack = stack.add(RateLimit(10, per=1, burst=5), after="circuit_breaker")
stack = stack.add(ConcurrencyLimit(4), after="rate_limit")
client = plain.with_stack(stack)
print(client.stack)
