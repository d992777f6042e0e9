"""Objects of tenacity decide about retries."""

from tenacity import (
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
)

from globus_transport import NetworkError, RetryConfig, TransferClient

patient = RetryConfig(
    stop=stop_after_attempt(8) | stop_before_delay(120),
    wait=wait_exponential(min=0.2, max=20),
    retry=retry_if_exception_type(NetworkError)
    | retry_if_result(lambda response: response.status in (429, 503)),
)
client = TransferClient(retry_config=patient)
