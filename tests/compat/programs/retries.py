"""Calls of a service that is down for a moment."""

import os

import globus_sdk
from globus_sdk.transport import RetryCheckResult, RetryConfig, RetryContext

asked: list[tuple[int, object]] = []


def watch(context: RetryContext) -> RetryCheckResult:
    asked.append((context.attempt, context.response is not None and context.response.status_code))
    return RetryCheckResult.no_decision


authorizer = globus_sdk.AccessTokenAuthorizer(os.environ["TRANSFER_TOKEN"])
config = RetryConfig(max_retries=3, max_sleep=1, backoff=lambda context: 0)
client = globus_sdk.TransferClient(authorizer=authorizer, retry_config=config)
client.retry_config.checks.register_check(watch)
print(client.retry_config.max_retries, client.retry_config.max_sleep)
# Two times the service is down.
print(client.get_endpoint(os.environ["SOURCE"])["display_name"], asked)
with client.retry_config.tune(max_retries=0):
    try:
        client.task_list()
    except globus_sdk.TransferAPIError as err:
        print(err.http_status, len(asked))
print(client.retry_config.max_retries)
with client.transport.tune(http_timeout=5):
    print(client.transport.http_timeout)
print(client.transport.http_timeout)
client.close()
