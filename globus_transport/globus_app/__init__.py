"""Applications: they log in, keep the tokens, renew them, and give every client its authorizer."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "globus_app.app": ("GlobusApp",),
    "globus_app.client_app": ("ClientApp",),
    "globus_app.config": (
        "GlobusAppConfig",
        "IDTokenDecoderProvider",
        "LoginFlowManagerProvider",
        "TokenStorageProvider",
        "TokenValidationErrorHandler",
    ),
    "globus_app.user_app": ("UserApp",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
