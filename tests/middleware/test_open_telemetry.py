"""Spans and the metric: stepped by hand, and in both stacks with OpenTelemetry's own SDK."""

from __future__ import annotations

import asyncio
import builtins
import contextvars
import gc
import pickle
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncStack,
    GlobusAPIError,
    GlobusConnectionError,
    GlobusSDKUsageError,
    OpenTelemetry,
    Request,
    Response,
    Retry,
    RetryConfig,
    Run,
    Stack,
)
from globus_transport.core.flow import Flow
from globus_transport.core.layers import LayerLike
from tests.core.stepping import ORIGIN, Canned, World, end_of, get, in_both_worlds, post


class Telemetry:
    """Providers whose spans and measurements stay in memory."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    def layer(self, **settings: Any) -> OpenTelemetry:
        return OpenTelemetry(self.tracers, self.meters, **settings)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        assert data is not None
        (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
        assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
        return [point for point in metric.data.data_points if isinstance(point, HistogramDataPoint)]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    outer = context.get_current()
    telemetry = Telemetry()
    yield telemetry
    # No span stays current after a test.
    assert context.get_current() is outer
    telemetry.tracers.shutdown()
    telemetry.meters.shutdown()


def attributes_of(span: ReadableSpan) -> Mapping[str, Any]:
    return dict(span.attributes or {})


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    span_id: int = span.context.span_id
    return span_id


def children(spans: tuple[ReadableSpan, ...], parent: ReadableSpan) -> list[ReadableSpan]:
    return [span for span in spans if span.parent and span.parent.span_id == id_of(parent)]


def parents(spans: tuple[ReadableSpan, ...]) -> dict[str, str | None]:
    """Each span's name with that of its parent."""
    names = {id_of(span): span.name for span in spans}
    return {span.name: names[span.parent.span_id] if span.parent else None for span in spans}


def test_a_span_by_the_conventions(telemetry: Telemetry) -> None:
    flow = telemetry.layer()(get("/a?token=s3cret&b=c", route="things.get_a"))
    step = next(flow)
    assert isinstance(step, Request)
    assert "traceparent" not in step.headers
    response = Response(200)
    assert end_of(flow, response) is response
    (span,) = telemetry.spans
    assert (span.name, span.kind, span.status.status_code) == ("GET things.get_a", SpanKind.CLIENT, StatusCode.UNSET)
    assert attributes_of(span) == {
        "http.request.method": "GET",
        "server.address": "service.example.org",
        "server.port": 443,
        "url.full": f"{ORIGIN}/a?token=<hidden>&b=c",
        "http.response.status_code": 200,
    }
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "globus_transport"


def test_a_measurement_by_the_conventions(telemetry: Telemetry) -> None:
    for status in (200, 200, 503):
        flow = telemetry.layer()(get())
        next(flow)
        end_of(flow, Response(status))
    common = {"http.request.method": "GET", "server.address": "service.example.org", "server.port": 443}
    good, bad = sorted(telemetry.points(), key=lambda point: point.count, reverse=True)
    assert (good.count, dict(good.attributes or {})) == (2, {**common, "http.response.status_code": 200})
    assert dict(bad.attributes or {}) == {**common, "http.response.status_code": 503, "error.type": "503"}
    assert 0 < good.sum < 1
    assert (good.explicit_bounds[0], good.explicit_bounds[-1]) == (0.005, 10)


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("http://a.example.org/", "a.example.org", 80),
        ("https://a.example.org:8443/", "a.example.org", 8443),
        ("http://[::1]:80/", "::1", 80),
    ],
)
def test_servers(telemetry: Telemetry, url: str, address: str, port: int) -> None:
    flow = telemetry.layer()(Request("GET", url))
    next(flow)
    end_of(flow, Response(200))
    attributes = attributes_of(telemetry.spans[0])
    assert (attributes["server.address"], attributes["server.port"]) == (address, port)


def test_an_unknown_method_and_a_repetition(telemetry: Telemetry) -> None:
    flow = telemetry.layer()(Request("BREW", ORIGIN, attempt=3))
    next(flow)
    end_of(flow, Response(200))
    (span,) = telemetry.spans
    attributes = attributes_of(span)
    assert span.name == "HTTP"
    assert attributes["http.request.method"] == "_OTHER"
    assert attributes["http.request.method_original"] == "BREW"
    assert attributes["http.request.resend_count"] == 2


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_bad_status_is_an_error(telemetry: Telemetry, status: int) -> None:
    flow = telemetry.layer()(get())
    next(flow)
    end_of(flow, Response(status))
    (span,) = telemetry.spans
    assert span.status.status_code is StatusCode.ERROR
    assert attributes_of(span)["error.type"] == str(status)


def refusal() -> GlobusAPIError:
    return GlobusAPIError(Response(403, body=b"s3cret", request=get()))


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        (GlobusConnectionError("s3cret"), "globus_transport.exc.base.GlobusConnectionError", None),
        (refusal(), "403", 403),
        (ValueError("s3cret"), "ValueError", None),
        (asyncio.CancelledError(), "asyncio.exceptions.CancelledError", None),
        (KeyboardInterrupt(), "KeyboardInterrupt", None),
        (GeneratorExit(), "GeneratorExit", None),
    ],
)
def test_exceptions(telemetry: Telemetry, error: BaseException, kind: str, status: int | None) -> None:
    flow = telemetry.layer()(get())
    next(flow)
    with pytest.raises(type(error)) as raised:
        flow.throw(error)
    assert raised.value is error
    (span,) = telemetry.spans
    assert span.status.status_code is StatusCode.ERROR
    assert attributes_of(span)["error.type"] == kind
    assert attributes_of(span).get("http.response.status_code") == status
    assert "s3cret" not in span.to_json()
    assert dict(telemetry.points()[0].attributes or {})["error.type"] == kind


def test_no_credential_is_recorded(telemetry: Telemetry) -> None:
    request = post("/?code=s3cret", b"s3cret", headers={"X-Key": "s3cret"})
    layers: list[LayerLike] = [AccessTokenAuthorizer("s3cret").bound_to(ORIGIN), telemetry.layer()]
    Stack(Canned(Response(200, {"Set-Cookie": "s3cret"}, b"s3cret")), layers).send(request)
    assert "s3cret" not in telemetry.spans[0].to_json()
    assert "s3cret" not in repr(telemetry.points())


def test_the_trace_goes_to_the_named_servers_only(telemetry: Telemetry) -> None:
    layer = telemetry.layer(propagate_to=["https://service.example.org/v1"])
    for url, carries in ((f"{ORIGIN}/x", True), ("https://other.example.org/", False), (f"{ORIGIN}.evil.org/", False)):
        flow = layer(Request("GET", url, {"Traceparent": "old"}))
        step = next(flow)
        assert isinstance(step, Request)
        end_of(flow, Response(200))
        made = telemetry.spans[-1].context
        assert made is not None
        wanted = f"00-{made.trace_id:032x}-{made.span_id:016x}-{made.trace_flags:02x}" if carries else "old"
        assert step.headers.get_all("traceparent") == [wanted]


def tell_under(telemetry: Telemetry, name: str) -> Any:
    """A layer that makes a span of its own, and does blocking work in another."""
    tracer = telemetry.tracers.get_tracer("test")

    def work() -> None:
        tracer.start_span(f"{name} work").end()

    def tell(request: Request) -> Flow:
        tracer.start_span(name).end()
        yield Run(work)
        response: Response = yield request
        tracer.start_span(f"{name} later").end()
        return response

    return tell


@in_both_worlds
def test_what_is_made_below_is_a_child(telemetry: Telemetry, world: World) -> None:
    terminal = world.terminal(Response(503), Response(200))
    from tenacity import wait_none

    layers: list[LayerLike] = [
        ("call", telemetry.layer()),
        Retry(RetryConfig(wait=wait_none())),
        ("attempt", telemetry.layer()),
        ("below", tell_under(telemetry, "below")),
    ]
    with telemetry.tracers.get_tracer("test").start_as_current_span("mine"):
        world.send(get(route="r"), layers, terminal)
    call, mine = telemetry.spans[-2:]
    assert mine.name == "mine"
    assert children(telemetry.spans, mine) == [call]
    attempts = children(telemetry.spans, call)
    assert [attributes_of(span).get("http.request.resend_count") for span in attempts] == [None, 1]
    for attempt in attempts:
        made = [span.name for span in children(telemetry.spans, attempt)]
        assert made == ["below", "below work", "below later"]


@in_both_worlds
@pytest.mark.parametrize("error", [GlobusConnectionError("lost"), KeyboardInterrupt()])
def test_an_exception_from_below_leaves_no_span_current(
    telemetry: Telemetry, world: World, error: BaseException
) -> None:
    before = context.get_current()
    with pytest.raises(type(error)):
        world.send(get(), [telemetry.layer()], world.terminal(error))
    assert context.get_current() is before
    assert len(telemetry.spans) == 1


def test_threads_do_not_see_each_others_spans(telemetry: Telemetry) -> None:
    together = threading.Barrier(8, timeout=10)

    def terminal(request: Request) -> Response:
        together.wait()
        telemetry.tracers.get_tracer("test").start_span(f"below {request.route}").end()
        together.wait()
        return Response(200)

    stack = Stack(terminal, [telemetry.layer()])

    def call(number: int) -> None:
        stack.send(get(route=str(number)))
        assert trace.get_current_span() is trace.INVALID_SPAN

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert parents(telemetry.spans) == {
        **{f"below {number}": f"GET {number}" for number in range(8)},
        **{f"GET {number}": None for number in range(8)},
    }


def test_tasks_do_not_see_each_others_spans(telemetry: Telemetry) -> None:
    async def terminal(request: Request) -> Response:
        await asyncio.sleep(0.001 * (8 - int(request.route or 0)))
        telemetry.tracers.get_tracer("test").start_span(f"below {request.route}").end()
        await asyncio.sleep(0)
        if request.route == "3":
            raise GlobusConnectionError("lost")
        return Response(200)

    stack = AsyncStack(terminal, [telemetry.layer()])

    async def call(number: int) -> None:
        before = context.get_current()
        try:
            await stack.send(get(route=str(number)))
        except GlobusConnectionError:
            assert number == 3
        assert context.get_current() is before

    async def calls() -> None:
        with telemetry.tracers.get_tracer("test").start_as_current_span("mine"):
            await asyncio.gather(*map(call, range(8)))

    asyncio.run(calls())
    assert parents(telemetry.spans) == {
        "mine": None,
        **{f"below {number}": f"GET {number}" for number in range(8)},
        **{f"GET {number}": "mine" for number in range(8)},
    }


def test_a_cancelled_task(telemetry: Telemetry) -> None:
    async def terminal(_request: Request) -> Response:
        await asyncio.sleep(60)
        raise AssertionError

    async def cancel() -> None:
        before = context.get_current()
        stack = AsyncStack(terminal, [telemetry.layer()])
        with pytest.raises(TimeoutError):
            # In the same task, so that a context that was left behind would be visible.
            async with asyncio.timeout(0.01):
                await stack.send(get())
        assert context.get_current() is before

    asyncio.run(cancel())
    assert attributes_of(telemetry.spans[0])["error.type"] == "asyncio.exceptions.CancelledError"


def test_a_flow_that_is_ended_from_elsewhere(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    layer = telemetry.layer()

    def begun(route: str) -> Flow:
        flow = layer(get(route=route))
        contextvars.copy_context().run(next, flow)
        return flow

    copied, here, dropped = map(begun, ("copied", "here", "dropped"))
    contextvars.copy_context().run(copied.close)
    with telemetry.tracers.get_tracer("test").start_as_current_span("other") as other:
        here.close()
        assert trace.get_current_span() is other
        del dropped
        gc.collect()
        assert trace.get_current_span() is other
    assert sorted(span.name for span in telemetry.spans) == ["GET copied", "GET dropped", "GET here", "other"]
    assert not caplog.records


def test_without_a_provider_it_does_nothing() -> None:
    flow = OpenTelemetry()(get())
    next(flow)
    assert end_of(flow, Response(200)).status == 200


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def import_(name: str, *args: Any) -> Any:
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)
        return original(name, *args)

    monkeypatch.setattr(builtins, "__import__", import_)
    with pytest.raises(GlobusSDKUsageError, match=r'pip install "globus_transport\[otel\]"'):
        OpenTelemetry()


def test_it_is_imported_on_use_only() -> None:
    import subprocess

    program = "import sys, globus_transport; globus_transport.OpenTelemetry; sys.exit('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("urls", ["https://a.example.org", ["a.example.org"]])
def test_wrong_urls(urls: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="URL"):
        OpenTelemetry(propagate_to=urls)


def test_printing_and_pickling(telemetry: Telemetry) -> None:
    assert str(telemetry.layer()) == "to its own providers; the trace goes to no server"
    same = pickle.loads(pickle.dumps(telemetry.layer(propagate_to=[ORIGIN])))
    assert str(same) == f"to the global providers; the trace goes to {ORIGIN}"
