"""OpenTelemetry's instrumentation of httpx and httpx2 beside a stack as transport: by client, not for all clients."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import httpx2
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import globus_transport.embed.httpx
import globus_transport.embed.httpx2
from globus_transport import AsyncioTerminal, AsyncStack, Retry, Stack
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

instrumentation = pytest.importorskip(
    "opentelemetry.instrumentation.httpx", reason="install the extra hosts: pip install 'globus_transport[hosts]'"
)

ANSWERS = whole(b"", "503 Busy", "Retry-After: 0"), whole(b"ok")


@pytest.mark.parametrize(
    ("library", "embed", "instrumentor"),
    [
        (httpx, globus_transport.embed.httpx, "HTTPXClientInstrumentor"),
        (httpx2, globus_transport.embed.httpx2, "HTTPX2ClientInstrumentor"),
    ],
    ids=["httpx", "httpx2"],
)
def test_an_instrumented_client_has_one_span_for_all_attempts(library: Any, embed: Any, instrumentor: str) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrument = getattr(instrumentation, instrumentor).instrument_client

    async def main(url: str) -> None:
        async with (
            AsyncStack(AsyncioTerminal(), [Retry()]) as stack,
            library.AsyncClient(transport=embed.AsyncStackTransport(stack)) as client,
        ):
            instrument(client, tracer_provider=provider)
            assert (await client.get(url)).text == "ok"

    with ScriptedServer(answering(*ANSWERS)) as server:
        with (
            Stack(Urllib3Terminal(), [Retry()]) as stack,
            library.Client(transport=embed.StackTransport(stack)) as client,
        ):
            instrument(client, tracer_provider=provider)
            assert client.get(server.origin).text == "ok"
        asyncio.run(main(server.origin))
        assert [len(request.values("traceparent")) for request in server.requests] == [1] * 4
    assert [(span.name, (span.attributes or {})["http.status_code"]) for span in spans.get_finished_spans()] == [
        ("GET", 200)
    ] * 2


def test_the_instrumentation_of_all_clients_sees_httpx_s_own_transports_only() -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = instrumentation.HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        with ScriptedServer(answering(whole(b"ok"))) as server:
            with (
                Stack(Urllib3Terminal()) as stack,
                httpx.Client(transport=globus_transport.embed.httpx.StackTransport(stack)) as client,
            ):
                client.get(server.origin)
            assert spans.get_finished_spans() == ()
            with httpx.Client() as client:
                client.get(server.origin)
            assert len(spans.get_finished_spans()) == 1
    finally:
        instrumentor.uninstrument()
