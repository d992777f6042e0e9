"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.terminals.urllib3.terminal import Urllib3Terminal as Urllib3Terminal
