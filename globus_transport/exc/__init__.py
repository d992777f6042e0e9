"""Exceptions, except for those of one service or one layer. The names are those of ``globus_sdk.exc``.

``base`` has the roots and the network errors, ``api`` the error of a service's response. ``documents`` and
``err_info`` read the error documents of the services.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "exc.api": ("GlobusAPIError",),
    "exc.base": (
        "GlobusConnectionError",
        "GlobusConnectionTimeoutError",
        "GlobusError",
        "GlobusSDKUsageError",
        "GlobusTimeoutError",
        "MiddlewareError",
        "NetworkError",
        "RedirectError",
        "ReplyFormatError",
        "ValidationError",
    ),
    "exc.documents": ("ErrorSubdocument",),
    "exc.err_info": ("AuthorizationParameterInfo", "ConsentRequiredInfo", "ErrorInfo", "ErrorInfoContainer"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
