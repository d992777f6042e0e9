"""The warning of globus-sdk about what its version 5 will not have. This package itself never gives it.

Programs and their tests name it in warning filters.
"""

from __future__ import annotations

import warnings


class RemovedInV5Warning(DeprecationWarning):
    """Something that a program uses will be removed."""


def warn_deprecated(message: str, stacklevel: int = 2) -> None:
    """Give the warning.

    :param message: what to use instead
    :param stacklevel: as for ``warnings.warn``. With 2 the warning is about the line that calls this function
    """
    warnings.warn(message, RemovedInV5Warning, stacklevel=stacklevel)
