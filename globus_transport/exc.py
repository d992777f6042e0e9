"""Exceptions, under the name that globus-sdk has for this part.

Names are loaded when they are first used: a program in which nothing fails does without most of them.
"""

from __future__ import annotations

# As in the package's own __init__: type checkers take it for true.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from globus_transport.api_errors import GlobusAPIError
    from globus_transport.error_documents import ErrorSubdocument
    from globus_transport.error_info import (
        AuthorizationParameterInfo,
        ConsentRequiredInfo,
        ErrorInfo,
        ErrorInfoContainer,
    )
    from globus_transport.errors import (
        GlobusConnectionError,
        GlobusConnectionTimeoutError,
        GlobusError,
        GlobusSDKUsageError,
        GlobusTimeoutError,
        NetworkError,
        ValidationError,
    )

_MODULES = {
    "GlobusAPIError": "api_errors",
    "ErrorSubdocument": "error_documents",
    "AuthorizationParameterInfo": "error_info",
    "ConsentRequiredInfo": "error_info",
    "ErrorInfo": "error_info",
    "ErrorInfoContainer": "error_info",
    "GlobusConnectionError": "errors",
    "GlobusConnectionTimeoutError": "errors",
    "GlobusError": "errors",
    "GlobusSDKUsageError": "errors",
    "GlobusTimeoutError": "errors",
    "NetworkError": "errors",
    "ValidationError": "errors",
}

__all__ = [
    "AuthorizationParameterInfo",
    "ConsentRequiredInfo",
    "ErrorInfo",
    "ErrorInfoContainer",
    "ErrorSubdocument",
    "GlobusAPIError",
    "GlobusConnectionError",
    "GlobusConnectionTimeoutError",
    "GlobusError",
    "GlobusSDKUsageError",
    "GlobusTimeoutError",
    "NetworkError",
    "ValidationError",
]

if not TYPE_CHECKING:
    import globus_transport

    __getattr__ = globus_transport._lazily(globals(), _MODULES, package="globus_transport")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
