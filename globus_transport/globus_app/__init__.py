"""Applications: they log in, store tokens, renew them, and give every client its authorizer.

``app`` has the base; ``user_app`` and ``client_app`` have the two kinds; ``config`` has the settings, and ``parts``
makes a storage, a decoder and a login flow manager from them. ``validating`` and ``validators`` check stored tokens;
``renewals`` renews them.
"""

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
