"""Applications, under the name that globus-sdk has for this part."""

from globus_transport.app.client_app import ClientApp
from globus_transport.app.config import GlobusAppConfig
from globus_transport.app.globus_app import GlobusApp
from globus_transport.app.protocols import (
    IDTokenDecoderProvider,
    LoginFlowManagerProvider,
    TokenStorageProvider,
    TokenValidationErrorHandler,
)
from globus_transport.app.user_app import UserApp

__all__ = [
    "ClientApp",
    "GlobusApp",
    "GlobusAppConfig",
    "IDTokenDecoderProvider",
    "LoginFlowManagerProvider",
    "TokenStorageProvider",
    "TokenValidationErrorHandler",
    "UserApp",
]
