"""Login flow managers: they lead a user through an OAuth2 login, and return the tokens.

``manager`` has the base; ``command_line`` asks the user to paste a code; ``local_server`` opens a browser, which
returns the code to the HTTP server in ``landing``.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "login_flows.command_line": ("CommandLineLoginFlowEOFError", "CommandLineLoginFlowManager"),
    "login_flows.landing": ("LocalServerEnvironmentalLoginError", "LocalServerLoginError"),
    "login_flows.local_server": ("LocalServerLoginFlowManager",),
    "login_flows.manager": ("LoginFlowManager",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
