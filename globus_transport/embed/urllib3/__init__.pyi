"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.embed.urllib3.pool import StackPool as StackPool
