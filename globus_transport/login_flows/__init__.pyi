"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.login_flows.command_line import CommandLineLoginFlowEOFError as CommandLineLoginFlowEOFError
from globus_transport.login_flows.command_line import CommandLineLoginFlowManager as CommandLineLoginFlowManager
from globus_transport.login_flows.landing import (
    LocalServerEnvironmentalLoginError as LocalServerEnvironmentalLoginError,
)
from globus_transport.login_flows.landing import LocalServerLoginError as LocalServerLoginError
from globus_transport.login_flows.local_server import LocalServerLoginFlowManager as LocalServerLoginFlowManager
from globus_transport.login_flows.manager import LoginFlowManager as LoginFlowManager
