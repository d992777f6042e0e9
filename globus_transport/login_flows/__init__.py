"""The ways in which a user logs in: at the command line, or in a browser that returns to a local server."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "login_flows.command_line": ("CommandLineLoginFlowEOFError", "CommandLineLoginFlowManager"),
    "login_flows.landing": ("LocalServerEnvironmentalLoginError", "LocalServerLoginError"),
    "login_flows.local_server": ("LocalServerLoginFlowManager",),
    "login_flows.manager": ("LoginFlowManager",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
