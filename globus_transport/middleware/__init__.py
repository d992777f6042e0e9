"""The layers of a stack. A layer does no I/O, and holds no lock while it waits."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "middleware.cache.cache": ("Cache", "CacheStore", "MemoryStore"),
    "middleware.cassette.cassette": ("Cassette",),
    "middleware.cassette.tape": ("NotRecordedError",),
    "middleware.circuit_breaker": ("CircuitBreaker", "CircuitOpenError"),
    "middleware.compression": ("CompressBodies",),
    "middleware.concurrency_limit": ("ConcurrencyLimit",),
    "middleware.deadline": ("Deadline",),
    "middleware.dry_run": ("DryRun",),
    "middleware.errors": ("Errors",),
    "middleware.events": ("Events",),
    "middleware.headers": ("DefaultHeaders",),
    "middleware.hedging": ("Hedging",),
    "middleware.idempotency_key": ("IdempotencyKey",),
    "middleware.open_telemetry": ("OpenTelemetry",),
    "middleware.rate_limit": ("RateLimit",),
    "middleware.redirect": ("Redirect",),
    "middleware.restriction": ("only_for",),
    "middleware.retry.checks": (
        "RequestCallerInfo",
        "RetryCheck",
        "RetryCheckCollection",
        "RetryCheckFlags",
        "RetryCheckResult",
        "RetryCheckRunner",
        "RetryContext",
        "set_retry_check_flags",
    ),
    "middleware.retry.config": ("RetryBudget", "RetryConfig"),
    "middleware.retry.retry": ("Retry",),
    "middleware.structured_logging": ("StructuredLogging",),
    "middleware.validation": ("Validate",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
