"""Records spans and a metric by OpenTelemetry's semantic conventions for HTTP clients (stable, version 1.23).

Every span has ``http.request.method``, ``server.address``, ``server.port`` and ``url.full`` (credentials hidden), and
where they apply ``http.response.status_code``, ``error.type`` and ``http.request.resend_count``. The name of a span is
the method and the operation: ``GET get_task``. The metric is the histogram ``http.client.request.duration``, in
seconds. No header, no body and no message of an exception is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from globus_transport import __version__
from globus_transport.core.flow import Flow
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import origin_of
from globus_transport.middleware.redaction import Redaction

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

_SCHEMA = "https://opentelemetry.io/schemas/1.23.0"
_KNOWN_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
#: Bucket boundaries of the histogram, in seconds, from the conventions.
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_REDACTION = Redaction()


class OpenTelemetry:
    """Record a client span and the duration of every request that passes this layer.

    On top of the stack there is a span for each call, below the retry layer one for each attempt, numbered by
    ``http.request.resend_count``. Spans that are started below this layer become its children, under threads and under
    asyncio. Needs the extra ``otel``.

    :param tracer_provider: ``None`` uses the global one
    :param meter_provider: ``None`` uses the global one
    :param propagate_to: URLs of servers to which requests carry the trace context (``traceparent``, ``baggage`` and
        the other fields of the global propagator). By default no request does, because baggage may be confidential
    :raises GlobusSDKUsageError: if the extra is not installed, or ``propagate_to`` is not a list of http(s) URLs
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        propagate_to: Iterable[str] = (),
    ) -> None:
        try:
            from opentelemetry import context, metrics, propagate, trace
        except ModuleNotFoundError as error:
            raise GlobusSDKUsageError(
                'to make spans and metrics, install the extra: pip install "globus_transport[otel]"'
            ) from error
        if isinstance(propagate_to, str):
            raise GlobusSDKUsageError(f"propagate_to={propagate_to!r}: give a list of URLs")
        self.origins = frozenset(map(origin_of, propagate_to))
        self._own_providers = tracer_provider is not None or meter_provider is not None
        self._tracer = trace.get_tracer("globus_transport", __version__, tracer_provider, _SCHEMA)
        meter = metrics.get_meter("globus_transport", __version__, meter_provider, _SCHEMA)
        self._duration = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BOUNDS,
        )
        self._client = trace.SpanKind.CLIENT
        self._error = trace.StatusCode.ERROR
        self._current: Callable[[], Context] = context.get_current
        self._attach: Callable[[Context], Any] = context.attach
        self._with_span: Callable[[Span, Context], Context] = trace.set_span_in_context
        self._inject: Callable[[dict[str, str], Context], None] = propagate.inject

    def __call__(self, request: Request) -> Flow:
        attributes = _attributes_of(request)
        outer = self._current()
        span = self._start(request, attributes, outer)
        inner = self._with_span(span, outer)
        if request.url.origin in self.origins:
            request = self._add_trace_headers(request, inner)
        status: int | None = None
        error: str | None = None
        started = time.perf_counter()
        self._attach(inner)
        try:
            response: Response = yield request
            status = response.status
            return response
        except BaseException as raised:
            status = getattr(raised, "http_status", None)
            error = f"{type(raised).__module__}.{type(raised).__qualname__}".removeprefix("builtins.")
            raise
        finally:
            self._end(span, attributes, status, error, time.perf_counter() - started)
            # Not detach(): a flow may be closed in another contextvars.Context, for example by the garbage collector.
            # There detach() rejects the token, and the span was never current.
            if self._current() is inner:
                self._attach(outer)

    def _start(self, request: Request, attributes: dict[str, Any], outer: Context) -> Span:
        attributes = {**attributes, "url.full": _REDACTION.redact_url(request.url)}
        name = method = attributes["http.request.method"]
        if method == "_OTHER":
            name = "HTTP"
            attributes["http.request.method_original"] = request.method
        if request.attempt > 1:
            attributes["http.request.resend_count"] = request.attempt - 1
        if request.route is not None:
            name = f"{name} {request.route}"
        return self._tracer.start_span(name, outer, self._client, attributes)

    def _end(
        self, span: Span, attributes: dict[str, Any], status: int | None, error: str | None, seconds: float
    ) -> None:
        outcome: dict[str, Any] = {}
        if status is not None:
            outcome["http.response.status_code"] = status
            if status >= 400:
                error = str(status)
        if error is not None:
            outcome["error.type"] = error
        self._duration.record(seconds, {**attributes, **outcome})
        if span.is_recording():
            span.set_attributes(outcome)
            if error is not None:
                span.set_status(self._error)
        span.end()

    def _add_trace_headers(self, request: Request, inner: Context) -> Request:
        fields: dict[str, str] = {}
        self._inject(fields, inner)
        headers = request.headers
        for name, value in fields.items():
            headers = headers.with_header(name, value)
        return request.with_headers(headers)

    def __str__(self) -> str:
        providers = "to its own providers" if self._own_providers else "to the global providers"
        return f"{providers}; the trace goes to {', '.join(sorted(self.origins)) or 'no server'}"

    def __reduce__(self) -> tuple[object, ...]:
        # Providers hold threads and locks, so they are not pickled. A copy uses the global providers of its process.
        return (partial(OpenTelemetry, propagate_to=tuple(sorted(self.origins))), ())


def _attributes_of(request: Request) -> dict[str, Any]:
    address, port = _address_of(request.url.origin)
    return {
        "http.request.method": request.method if request.method in _KNOWN_METHODS else "_OTHER",
        "server.address": address,
        "server.port": port,
    }


@lru_cache(maxsize=256)
def _address_of(origin: str) -> tuple[str, int]:
    parts = urlsplit(origin)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
