"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.middleware.cache.cache import Cache as Cache
from globus_transport.middleware.cache.cache import CacheStore as CacheStore
from globus_transport.middleware.cache.cache import MemoryStore as MemoryStore
