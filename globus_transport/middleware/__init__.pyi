"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.middleware.cache.cache import Cache as Cache
from globus_transport.middleware.cache.cache import CacheStore as CacheStore
from globus_transport.middleware.cache.cache import MemoryStore as MemoryStore
from globus_transport.middleware.cassette.cassette import Cassette as Cassette
from globus_transport.middleware.cassette.tape import NotRecordedError as NotRecordedError
from globus_transport.middleware.circuit_breaker import CircuitBreaker as CircuitBreaker
from globus_transport.middleware.circuit_breaker import CircuitOpenError as CircuitOpenError
from globus_transport.middleware.compression import CompressBodies as CompressBodies
from globus_transport.middleware.concurrency_limit import ConcurrencyLimit as ConcurrencyLimit
from globus_transport.middleware.deadline import Deadline as Deadline
from globus_transport.middleware.dry_run import DryRun as DryRun
from globus_transport.middleware.errors import Errors as Errors
from globus_transport.middleware.events import Events as Events
from globus_transport.middleware.headers import DefaultHeaders as DefaultHeaders
from globus_transport.middleware.hedging import Hedging as Hedging
from globus_transport.middleware.idempotency_key import IdempotencyKey as IdempotencyKey
from globus_transport.middleware.open_telemetry import OpenTelemetry as OpenTelemetry
from globus_transport.middleware.rate_limit import RateLimit as RateLimit
from globus_transport.middleware.redirect import Redirect as Redirect
from globus_transport.middleware.restriction import only_for as only_for
from globus_transport.middleware.retry.config import RetryBudget as RetryBudget
from globus_transport.middleware.retry.config import RetryConfig as RetryConfig
from globus_transport.middleware.retry.retry import Retry as Retry
from globus_transport.middleware.structured_logging import StructuredLogging as StructuredLogging
from globus_transport.middleware.validation import Validate as Validate
