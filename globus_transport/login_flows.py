"""Ways in which users log in, under the name that globus-sdk has for this part."""

from globus_transport.app.logins.command_line import CommandLineLoginFlowEOFError, CommandLineLoginFlowManager
from globus_transport.app.logins.landing import LocalServerEnvironmentalLoginError, LocalServerLoginError
from globus_transport.app.logins.local_server import LocalServerLoginFlowManager
from globus_transport.app.logins.manager import LoginFlowManager

__all__ = [
    "CommandLineLoginFlowEOFError",
    "CommandLineLoginFlowManager",
    "LocalServerEnvironmentalLoginError",
    "LocalServerLoginError",
    "LocalServerLoginFlowManager",
    "LoginFlowManager",
]
