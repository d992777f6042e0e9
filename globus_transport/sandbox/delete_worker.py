"""How a delete task is carried out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from globus_transport.sandbox.filesystem import is_inside, is_root, locate
from globus_transport.sandbox.submissions import DeleteSubmission
from globus_transport.sandbox.tasks import Task, TaskFailedError
from globus_transport.sandbox.transfer_errors import TransferError


class DeleteWorker:
    """Carries out one delete task: a plan first, then one step for each file and folder."""

    def __init__(self, task: Task, submission: DeleteSubmission) -> None:
        self._task = task
        self._submission = submission

    def plan(self) -> list[Path]:
        """The paths to delete. The content of a folder comes before the folder.

        :raises TaskFailedError: if a path is missing or must not be deleted
        """
        try:
            # A submission may name a path twice, or a folder and a file in it.
            return list(
                dict.fromkeys(
                    found
                    for path_or_glob in self._submission.paths
                    for path in self._expand_glob(path_or_glob)
                    for found in self._walk(path)
                )
            )
        except TransferError as error:
            raise TaskFailedError("PERMISSION_DENIED", error.message) from error
        except OSError as error:
            raise _task_error(error, error.filename or "") from error

    def run(self, step: Path) -> None:
        """Delete one file, symbolic link or empty folder.

        :raises TaskFailedError: if this fails
        """
        # A parent folder may have been replaced with a symbolic link since the plan was made.
        if not is_inside(self._submission.source, step.parent):
            raise TaskFailedError("PERMISSION_DENIED", f"Path not allowed: {step.name}")
        try:
            if step.is_dir() and not step.is_symlink():
                step.rmdir()
            else:
                step.unlink(missing_ok=True)
        except OSError as error:
            raise _task_error(error, step) from error

    def _expand_glob(self, path: str) -> list[str]:
        parent, _, pattern = path.rstrip("/").rpartition("/")
        if not self._submission.interpret_globs or not set(pattern) & set("*?["):
            return [path]
        folder = locate(self._submission.source, parent)
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        return [f"{parent}/{name}" for name in names if fnmatchcase(name, pattern)]

    def _walk(self, path: str) -> Iterator[Path]:
        found = locate(self._submission.source, path, follow=False)
        if is_root(self._submission.source, found):
            raise TaskFailedError("PERMISSION_DENIED", "The root of a collection cannot be deleted")
        if not os.path.lexists(found):
            if not self._submission.ignore_missing:
                raise TaskFailedError("FILE_NOT_FOUND", f"No such file or directory: {path}")
        elif found.is_symlink() or not found.is_dir():
            yield found
        elif not self._submission.recursive:
            raise TaskFailedError("IS_A_DIRECTORY", f"A directory, and the task is not recursive: {path}")
        else:
            for folder, folders, files in os.walk(found, topdown=False, onerror=_raise):
                here = Path(folder)
                yield from (here / name for name in files)
                # os.walk lists symbolic links to folders among the folders.
                yield from (here / name for name in folders if (here / name).is_symlink())
                yield here


def _raise(error: OSError) -> None:
    raise error


def _task_error(error: OSError, path: str | Path) -> TaskFailedError:
    # The name only: clients must not learn paths outside the collection.
    return TaskFailedError("IO_ERROR", f"{error.strerror or 'Failed'}: {os.path.basename(path)}")
