"""A client that makes a span for each call, and one for each of its attempts."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from globus_transport import AccessTokenAuthorizer, OpenTelemetry, TransferClient

TRANSFER_ACCESS_TOKEN = "..."

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))

telemetry = OpenTelemetry(provider)
plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
stack = plain.stack.add(telemetry, before="errors").add(
    telemetry, name="attempts", after="retry"
)
client = plain.with_stack(stack)
with provider.get_tracer("my_app").start_as_current_span("nightly report"):
    client.task_list(limit=5)
