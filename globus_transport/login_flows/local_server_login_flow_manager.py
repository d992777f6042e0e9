"""The login with a local server, under the name that globus-sdk has for this part."""

from globus_transport.login_flows.landing import LocalServerEnvironmentalLoginError, LocalServerLoginError
from globus_transport.login_flows.local_server import LocalServerLoginFlowManager

__all__ = ["LocalServerEnvironmentalLoginError", "LocalServerLoginError", "LocalServerLoginFlowManager"]
