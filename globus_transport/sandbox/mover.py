"""The work of a transfer task: copying files, one step after another."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from globus_transport.sandbox.clock import Clock, iso_time
from globus_transport.sandbox.filesystem import locate, remove
from globus_transport.sandbox.submissions import FilterRule, TransferItem, TransferSubmission
from globus_transport.sandbox.tasks import Task, TaskFailure
from globus_transport.sandbox.transfer_errors import TransferError, from_os_error


@dataclass(frozen=True, slots=True)
class Step:
    """One file or folder to copy; ``item`` is what it was asked for with."""

    item: TransferItem
    source_path: str
    destination_path: str
    is_folder: bool


class Transfer:
    """The work of one transfer task."""

    def __init__(self, task: Task, submission: TransferSubmission, clock: Clock) -> None:
        self._task = task
        self._submission = submission
        self._clock = clock
        self._extra: list[Path] = []

    def plan(self) -> list[Step]:
        """All steps, folders before what is in them."""
        steps: list[Step] = []
        for item in self._submission.items:
            try:
                steps += self._steps_of(item)
            except (OSError, TransferError) as error:
                self._source_failed(Step(item, item.source_path, item.destination_path, False), error)
        return steps

    def run(self, step: Step) -> None:
        """Carry out a step.

        :raises TaskFailure: It failed, and the task with it.
        """
        destination = self._destination(step)
        try:
            if step.is_folder:
                destination.mkdir(parents=True, exist_ok=True)
                return
            if destination.is_dir():
                raise TaskFailure("IS_A_DIRECTORY", f"The destination is a directory: {step.destination_path}")
            try:
                source = self._source(step)
            except (OSError, TransferError) as error:
                self._source_failed(step, error)
                return
            if self._is_current(source, destination):
                self._task.files_skipped += 1
                return
            destination.parent.mkdir(parents=True, exist_ok=True)
            self._copy(step, source, destination)
        except OSError as error:
            raise TaskFailure("IO_ERROR", f"{error.strerror or error}: {step.destination_path}") from error

    def remove_extra(self) -> None:
        """Delete what the plan found at the destination only, if that was asked for.

        Before anything is copied: a folder may stand where a file is to go.

        :raises TaskFailure: It cannot be deleted.
        """
        for extra in self._extra:
            try:
                remove(extra)
            except OSError as error:
                raise TaskFailure("IO_ERROR", f"{error.strerror or error}: {extra.name}") from error

    def _copy(self, step: Step, source: Path, destination: Path) -> None:
        try:
            shutil.copyfile(source, destination)
        except shutil.SameFileError as error:
            raise TaskFailure("SAME_FILE", f"Source and destination are the same: {step.source_path}") from error
        size = destination.stat().st_size
        item = step.item
        if self._submission.verify_checksum:
            self._task.bytes_checksummed += size
            if checksum(source) != checksum(destination):
                raise TaskFailure("VERIFY_CHECKSUM", f"The copy differs from the source: {step.source_path}")
        if item.external_checksum and checksum(destination, item.checksum_algorithm) != item.external_checksum.lower():
            raise TaskFailure("VERIFY_CHECKSUM", f"The checksum is not the one given: {step.source_path}")
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
            }
        )

    def _source(self, step: Step) -> Path:
        source = locate(self._submission.source, step.source_path)
        if source.exists() and not source.is_file():
            # To open a pipe would be to wait for whoever writes into it.
            raise OSError(errno.EINVAL, "Not a regular file")
        source.open("rb").close()
        return source

    def _destination(self, step: Step) -> Path:
        try:
            return locate(self._submission.destination, step.destination_path)
        except TransferError as error:
            raise TaskFailure("PERMISSION_DENIED", error.message) from error

    def _source_failed(self, step: Step, error: OSError | TransferError) -> None:
        if isinstance(error, OSError):
            error = from_os_error(error)
        code = {404: "FILE_NOT_FOUND", 403: "PERMISSION_DENIED"}.get(error.status, "IO_ERROR")
        if not self._submission.skip_source_errors or code == "IO_ERROR":
            raise TaskFailure(code, f"{error.message}: {step.source_path}")
        self._task.skipped.append(
            {
                "DATA_TYPE": "skipped_error",
                "source_path": step.source_path,
                "destination_path": step.destination_path,
                "error_code": code,
                "error_details": error.message,
                "error_time": iso_time(self._clock.now()),
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
        here, there = source.stat(), destination.stat()
        if level == 0:
            return True
        if here.st_size != there.st_size:
            return False
        if level == 2:
            return here.st_mtime_ns <= there.st_mtime_ns
        return level == 1 or checksum(source) == checksum(destination)

    def _steps_of(self, item: TransferItem) -> Iterator[Step]:
        source = locate(self._submission.source, item.source_path)
        is_folder = source.is_dir()
        if not source.exists():
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        if item.recursive is not None and item.recursive != is_folder:
            kind = "a directory" if is_folder else "not a directory"
            raise TaskFailure("NOT_A_DIRECTORY" if item.recursive else "IS_A_DIRECTORY", f"{source.name} is {kind}")
        if is_folder:
            yield from self._steps_in(item, source, item.source_path.rstrip("/"), item.destination_path.rstrip("/"))
        else:
            yield Step(item, item.source_path, item.destination_path, False)

    def _steps_in(self, item: TransferItem, source: Path, source_path: str, destination_path: str) -> Iterator[Step]:
        folder = Step(item, source_path or "/", destination_path or "/", True)
        yield folder
        try:
            entries = sorted(source.iterdir())
        except OSError as error:
            self._source_failed(folder, error)
            return
        if self._submission.delete_destination_extra:
            self._note_extra(entries, self._destination(folder))
        for entry in entries:
            if entry.is_symlink():
                # recursive_symlinks is "ignore".
                continue
            is_folder = entry.is_dir()
            if is_excluded(entry.name, is_folder, self._submission.filter_rules):
                continue
            paths = f"{source_path}/{entry.name}", f"{destination_path}/{entry.name}"
            if is_folder:
                yield from self._steps_in(item, entry, *paths)
            elif entry.is_file():
                yield Step(item, *paths, False)

    def _note_extra(self, entries: list[Path], destination: Path) -> None:
        kinds = {entry.name: entry.is_dir() for entry in entries}
        try:
            if destination.is_dir():
                self._extra += [there for there in destination.iterdir() if kinds.get(there.name) != there.is_dir()]
        except OSError as error:
            raise TaskFailure("IO_ERROR", f"{error.strerror or error}: {destination.name}") from error


def is_excluded(name: str, is_folder: bool, rules: tuple[FilterRule, ...]) -> bool:
    """Whether the first rule that matches leaves something out."""
    kind = "dir" if is_folder else "file"
    for rule in rules:
        if rule.type in (None, kind) and fnmatchcase(name, rule.name):
            return rule.method == "exclude"
    return False


def checksum(path: Path, algorithm: str = "sha256") -> str:
    """The checksum of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
