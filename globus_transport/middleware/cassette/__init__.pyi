"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.middleware.cassette.cassette import Cassette as Cassette
from globus_transport.middleware.cassette.tape import NotRecordedError as NotRecordedError
