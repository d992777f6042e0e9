"""Exceptions, except for those of one service or one layer. The names are those of ``globus_sdk.exc``.

``base`` has the roots and the network errors, ``api`` the error of a service's response. ``documents`` and
``err_info`` read the error documents of the services. ``convert`` and ``warnings`` have further names of globus-sdk.
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
    "exc.convert": ("convert_request_exception",),
    "exc.documents": ("ErrorSubdocument",),
    "exc.err_info": ("AuthorizationParameterInfo", "ConsentRequiredInfo", "ErrorInfo", "ErrorInfoContainer"),
    "exc.warnings": ("RemovedInV5Warning", "warn_deprecated"),
}
# `import *` works without the extra.
_WITH_AN_EXTRA = ("convert_request_exception",)
# Loaded when the first error document is read.
_SUBMODULES = ("documents", "err_info")

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES, _SUBMODULES, _WITH_AN_EXTRA)
