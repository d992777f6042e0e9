"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.middleware.retry import checks as checks
from globus_transport.middleware.retry.config import RetryBudget as RetryBudget
from globus_transport.middleware.retry.config import RetryConfig as RetryConfig
from globus_transport.middleware.retry.retry import Retry as Retry
