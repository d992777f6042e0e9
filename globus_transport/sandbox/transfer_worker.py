"""How a transfer task is carried out."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import attrs

from globus_transport.sandbox.clock import Clock, format_iso_time
from globus_transport.sandbox.filesystem import locate, remove
from globus_transport.sandbox.submissions import FilterRule, TransferItem, TransferSubmission
from globus_transport.sandbox.tasks import Task, TaskFailedError
from globus_transport.sandbox.transfer_errors import TransferError, to_transfer_error


@attrs.frozen
class CopyStep:
    """A file or folder to copy.

    :ivar item: the item of the submission that it belongs to
    """

    item: TransferItem
    source_path: str
    destination_path: str
    is_folder: bool


class TransferWorker:
    """Carries out one transfer task: a plan first, then one step for each file and folder."""

    def __init__(self, task: Task, submission: TransferSubmission, clock: Clock) -> None:
        self._task = task
        self._submission = submission
        self._clock = clock
        self._extra: list[Path] = []

    def plan(self) -> list[CopyStep]:
        """All steps. A folder comes before its content.

        :raises TaskFailedError: if an item cannot be read, unless the submission skips such errors
        """
        steps: list[CopyStep] = []
        for item in self._submission.items:
            try:
                steps += self._steps_for_item(item)
            except (OSError, TransferError) as error:
                self._skip_or_fail(CopyStep(item, item.source_path, item.destination_path, False), error)
        return steps

    def run(self, step: CopyStep) -> None:
        """Carry out a step.

        :raises TaskFailedError: if it fails, unless the submission skips such errors
        """
        destination = self._destination(step)
        try:
            if step.is_folder:
                destination.mkdir(parents=True, exist_ok=True)
                return
            if destination.is_dir():
                raise TaskFailedError("IS_A_DIRECTORY", f"The destination is a directory: {step.destination_path}")
            try:
                source = self._open_source(step)
            except (OSError, TransferError) as error:
                self._skip_or_fail(step, error)
                return
            if self._is_current(source, destination):
                self._task.files_skipped += 1
                return
            destination.parent.mkdir(parents=True, exist_ok=True)
            self._copy(step, source, destination)
        except OSError as error:
            raise TaskFailedError("IO_ERROR", f"{error.strerror or error}: {step.destination_path}") from error

    def remove_extra(self) -> None:
        """Delete the paths that exist at the destination only, if the submission says so.

        This comes before the first copy, because a folder may be in the place of a file.

        :raises TaskFailedError: if a path cannot be deleted
        """
        for extra in self._extra:
            try:
                remove(extra)
            except OSError as error:
                raise TaskFailedError("IO_ERROR", f"{error.strerror or error}: {extra.name}") from error

    def _copy(self, step: CopyStep, source: Path, destination: Path) -> None:
        try:
            shutil.copyfile(source, destination)
        except shutil.SameFileError as error:
            raise TaskFailedError("SAME_FILE", f"Source and destination are the same: {step.source_path}") from error
        size = destination.stat().st_size
        item = step.item
        algorithm = (item.external_checksum and item.checksum_algorithm) or "MD5"
        verified: str | None = None
        if self._submission.verify_checksum:
            self._task.bytes_checksummed += size
            verified = checksum(destination, algorithm)
            if checksum(source, algorithm) != verified:
                raise TaskFailedError("VERIFY_CHECKSUM", f"The copy differs from the source: {step.source_path}")
        if item.external_checksum and checksum(destination, item.checksum_algorithm) != item.external_checksum.lower():
            raise TaskFailedError("VERIFY_CHECKSUM", f"The checksum is not the one given: {step.source_path}")
        if self._submission.preserve_timestamp:
            info = source.stat()
            os.utime(destination, ns=(info.st_atime_ns, info.st_mtime_ns))
        self._task.files_transferred += 1
        self._task.bytes_transferred += size
        self._task.successful.append(
            {
                "DATA_TYPE": "successful_transfer",
                "source_path": step.source_path,
                "destination_path": step.destination_path,
                "size": size,
                "checksum": verified,
                "checksum_algorithm": algorithm if verified else None,
            }
        )

    def _open_source(self, step: CopyStep) -> Path:
        source = locate(self._submission.source, step.source_path)
        if source.exists() and not source.is_file():
            # Opening a named pipe would block until a process writes to it.
            raise OSError(errno.EINVAL, "Not a regular file")
        source.open("rb").close()
        return source

    def _destination(self, step: CopyStep) -> Path:
        try:
            return locate(self._submission.destination, step.destination_path)
        except TransferError as error:
            raise TaskFailedError("PERMISSION_DENIED", error.message) from error

    def _skip_or_fail(self, step: CopyStep, error: OSError | TransferError) -> None:
        if isinstance(error, OSError):
            error = to_transfer_error(error)
        code = {404: "FILE_NOT_FOUND", 403: "PERMISSION_DENIED"}.get(error.status, "IO_ERROR")
        if not self._submission.skip_source_errors or code == "IO_ERROR":
            raise TaskFailedError(code, f"{error.message}: {step.source_path}")
        self._task.skipped.append(
            {
                "DATA_TYPE": "skipped_error",
                "source_path": step.source_path,
                "destination_path": step.destination_path,
                "error_code": code,
                "error_details": error.message,
                "error_time": format_iso_time(self._clock.now()),
                "is_directory": step.is_folder,
                "is_symlink": False,
                "is_delete_destination_extra": False,
                "external_checksum": step.item.external_checksum,
                "checksum_algorithm": step.item.checksum_algorithm if step.item.external_checksum else None,
            }
        )

    def _is_current(self, source: Path, destination: Path) -> bool:
        level = self._submission.sync_level
        if level is None or not destination.exists():
            return False
        source_info, destination_info = source.stat(), destination.stat()
        if level == 0:
            return True
        if source_info.st_size != destination_info.st_size:
            return False
        if level == 2:
            return source_info.st_mtime_ns <= destination_info.st_mtime_ns
        return level == 1 or checksum(source) == checksum(destination)

    def _steps_for_item(self, item: TransferItem) -> Iterator[CopyStep]:
        source = locate(self._submission.source, item.source_path)
        is_folder = source.is_dir()
        if not source.exists():
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        if item.recursive is not None and item.recursive != is_folder:
            kind = "a directory" if is_folder else "not a directory"
            raise TaskFailedError("NOT_A_DIRECTORY" if item.recursive else "IS_A_DIRECTORY", f"{source.name} is {kind}")
        if is_folder:
            yield from self._steps_for_folder(
                item, source, item.source_path.rstrip("/"), item.destination_path.rstrip("/")
            )
        else:
            yield CopyStep(item, item.source_path, item.destination_path, False)

    def _steps_for_folder(
        self, item: TransferItem, source: Path, source_path: str, destination_path: str
    ) -> Iterator[CopyStep]:
        folder = CopyStep(item, source_path or "/", destination_path or "/", True)
        yield folder
        try:
            entries = sorted(source.iterdir())
        except OSError as error:
            self._skip_or_fail(folder, error)
            return
        if self._submission.delete_destination_extra:
            self._collect_extra(entries, self._destination(folder))
        for entry in entries:
            if entry.is_symlink():
                # The sandbox supports recursive_symlinks="ignore" only.
                continue
            is_folder = entry.is_dir()
            if is_excluded(entry.name, is_folder, self._submission.filter_rules):
                continue
            paths = f"{source_path}/{entry.name}", f"{destination_path}/{entry.name}"
            if is_folder:
                yield from self._steps_for_folder(item, entry, *paths)
            elif entry.is_file():
                yield CopyStep(item, *paths, False)

    def _collect_extra(self, entries: list[Path], destination: Path) -> None:
        is_folder = {entry.name: entry.is_dir() for entry in entries}
        try:
            if destination.is_dir():
                self._extra += [path for path in destination.iterdir() if is_folder.get(path.name) != path.is_dir()]
        except OSError as error:
            raise TaskFailedError("IO_ERROR", f"{error.strerror or error}: {destination.name}") from error


def is_excluded(name: str, is_folder: bool, rules: tuple[FilterRule, ...]) -> bool:
    """Whether the first rule that matches a name excludes it."""
    kind = "dir" if is_folder else "file"
    for rule in rules:
        if rule.type in (None, kind) and fnmatchcase(name, rule.name):
            return rule.method == "exclude"
    return False


def checksum(path: Path, algorithm: str = "sha256") -> str:
    """The checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
