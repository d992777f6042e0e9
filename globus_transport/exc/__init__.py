"""Exceptions: everything that the package raises by itself, but for what belongs to one service or layer.

``base`` has the roots and what the network does, ``api`` what a service answers with, ``documents`` and ``err_info``
read the error documents. The names are those of ``globus_sdk.exc``.
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
