"""The error of storages, and what it says of files and of libraries."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from globus_transport.exc.base import GlobusError
from globus_transport.exc.tracebacks import leave_out_all_frames

_NOT_PERMITTED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class TokenStorageError(GlobusError, OSError):
    """A storage of tokens, or its lock, cannot be used. The ``__cause__`` is that of the system or of a library."""


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


@contextmanager
def reporting_library_errors(problem: str, advice: str) -> Iterator[None]:
    """Report what a library raises that is given tokens, without its frames, which hold them.

    :param problem: what cannot be done
    :param advice: what the caller is told to do
    :raises TokenStorageError: for any exception
    """
    try:
        yield
    except Exception as error:
        leave_out_all_frames(error)
        reason = str(error).rstrip(".") or type(error).__name__
        raise TokenStorageError(f"{problem}: {reason}; {advice}") from error
