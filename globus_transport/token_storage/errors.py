"""The error of storages, and what it says of files."""

from __future__ import annotations

import errno

from globus_transport.exc.base import GlobusError

_NOT_PERMITTED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class TokenStorageError(GlobusError, OSError):
    """A storage of tokens, or its lock, cannot be used. The ``__cause__`` is the error of the system, or of Redis."""


def make_file_error(problem: str, error: OSError) -> TokenStorageError:
    """Make the error for a failed call of the operating system.

    :param problem: which file it is about, and what cannot be done with it
    :param error: the operating system's error, which decides what the caller is told to do
    """
    if error.errno in _NOT_PERMITTED:
        advice = "change the permissions, or give a filepath in a folder that this user may write to"
    elif error.errno in _FULL:
        advice = "free some space, or give a filepath on another disk"
    else:
        advice = "check the disk, or give a filepath on another one"
    return TokenStorageError(f"{problem}: {error.strerror or error}; {advice}")
