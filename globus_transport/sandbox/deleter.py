"""The work of a deletion task."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from globus_transport.sandbox.filesystem import is_inside, is_root, locate
from globus_transport.sandbox.submissions import DeleteSubmission
from globus_transport.sandbox.tasks import Task, TaskFailure
from globus_transport.sandbox.transfer_errors import TransferError


class Deletion:
    """The work of one deletion task."""

    def __init__(self, task: Task, submission: DeleteSubmission) -> None:
        self._task = task
        self._submission = submission

    def plan(self) -> list[Path]:
        """Everything to delete, what is in a folder before the folder.

        :raises TaskFailure: Something is missing or must not be deleted.
        """
        try:
            # A path may be named twice, or together with the folder that it is in.
            return list(
                dict.fromkeys(
                    found
                    for path in self._submission.paths
                    for one in self._matches(path)
                    for found in self._all_of(one)
                )
            )
        except TransferError as error:
            raise TaskFailure("PERMISSION_DENIED", error.message) from error
        except OSError as error:
            raise _failure(error, error.filename or "") from error

    def run(self, step: Path) -> None:
        """Delete one file, link or empty folder.

        :raises TaskFailure: It cannot be deleted.
        """
        # A folder on the way may have become a link since the plan was made.
        if not is_inside(self._submission.source, step.parent):
            raise TaskFailure("PERMISSION_DENIED", f"Path not allowed: {step.name}")
        try:
            if step.is_dir() and not step.is_symlink():
                step.rmdir()
            else:
                step.unlink(missing_ok=True)
        except OSError as error:
            raise _failure(error, step) from error

    def _matches(self, path: str) -> list[str]:
        parent, _, pattern = path.rstrip("/").rpartition("/")
        if not self._submission.interpret_globs or not set(pattern) & set("*?["):
            return [path]
        folder = locate(self._submission.source, parent)
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        return [f"{parent}/{name}" for name in names if fnmatchcase(name, pattern)]

    def _all_of(self, path: str) -> Iterator[Path]:
        found = locate(self._submission.source, path, follow=False)
        if is_root(self._submission.source, found):
            raise TaskFailure("PERMISSION_DENIED", "The root of a collection cannot be deleted")
        if not os.path.lexists(found):
            if not self._submission.ignore_missing:
                raise TaskFailure("FILE_NOT_FOUND", f"No such file or directory: {path}")
        elif found.is_symlink() or not found.is_dir():
            yield found
        elif not self._submission.recursive:
            raise TaskFailure("IS_A_DIRECTORY", f"A directory, and the task is not recursive: {path}")
        else:
            for folder, folders, files in os.walk(found, topdown=False, onerror=_fail):
                here = Path(folder)
                yield from (here / name for name in files)
                # os.walk counts links to folders among the folders.
                yield from (here / name for name in folders if (here / name).is_symlink())
                yield here


def _fail(error: OSError) -> None:
    raise error


def _failure(error: OSError, path: str | Path) -> TaskFailure:
    # Only the name: where the file really is, is none of the client's business.
    return TaskFailure("IO_ERROR", f"{error.strerror or 'Failed'}: {os.path.basename(path)}")
