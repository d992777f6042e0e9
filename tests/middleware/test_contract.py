"""The layers of the package keep the contract that their authors test against."""

from __future__ import annotations

from globus_transport import AccessTokenAuthorizer, BasicAuthorizer, Request, Response
from globus_transport.core.flow import AsyncSend, Send
from globus_transport.core.layers import AnyMiddleware
from globus_transport.middleware import (
    Cache,
    CircuitBreaker,
    CompressBodies,
    ConcurrencyLimit,
    Deadline,
    DefaultHeaders,
    Hedging,
    IdempotencyKey,
    OpenTelemetry,
    RateLimit,
    Redirect,
    Retry,
    StructuredLogging,
    only_for,
)
from globus_transport.testing.middleware_contract import MiddlewareContract


class TestRetry(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return Retry()


class TestRedirect(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return Redirect()


class TestDeadline(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return Deadline(60)


class TestDefaultHeaders(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return DefaultHeaders({"User-Agent": "test"})


class TestBearer(MiddlewareContract):
    secrets = ("TOKEN123",)

    def make_middleware(self) -> AnyMiddleware:
        return AccessTokenAuthorizer("TOKEN123").bound_to(self.url)


class TestBasic(MiddlewareContract):
    secrets = ("PASSWORD123",)

    def make_middleware(self) -> AnyMiddleware:
        return only_for(BasicAuthorizer("id", "PASSWORD123").bound_to(self.url), self.url)


class TestCache(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return Cache()


class TestCircuitBreaker(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return CircuitBreaker()


class TestCompressBodies(MiddlewareContract):
    changes_requests = True

    def make_middleware(self) -> AnyMiddleware:
        return CompressBodies(1)


class TestConcurrencyLimit(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return ConcurrencyLimit(3)


class TestHedging(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return Hedging(at_least=30)


class TestIdempotencyKey(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return IdempotencyKey()


class TestOpenTelemetry(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return OpenTelemetry()


class TestRateLimit(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return RateLimit(1000)


class TestStructuredLogging(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return StructuredLogging()


def named(request: Request, call_next: Send) -> Response:
    return call_next(request.with_header("X-Job", "1"))


async def async_named(request: Request, call_next: AsyncSend) -> Response:
    return await call_next(request.with_header("X-Job", "1"))


class TestFunction(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return named


class TestAsyncFunction(MiddlewareContract):
    def make_middleware(self) -> AnyMiddleware:
        return async_named
