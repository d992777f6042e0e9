"""Send a request again while the service says in its reply that it is busy."""

from globus_transport import BaseClient, RetryConfig
from globus_transport.middleware import RetryCheckResult, RetryContext


def is_busy(context: RetryContext) -> RetryCheckResult:
    response = context.response
    if response is None or response.status_code != 200:
        return RetryCheckResult.no_decision
    if response.json().get("status") == "busy":
        return RetryCheckResult.do_retry
    return RetryCheckResult.no_decision


def make_client(base_url: str) -> BaseClient:
    return BaseClient(
        base_url=base_url, retry_config=RetryConfig(max_retries=3, checks=(is_busy,))
    )
