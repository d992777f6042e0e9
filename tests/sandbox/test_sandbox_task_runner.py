"""``run_task`` and the workers, without threads."""

from __future__ import annotations

import errno
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from globus_transport.sandbox import Clock, Collection, Identity
from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.delete_worker import DeleteWorker
from globus_transport.sandbox.submissions import DeleteSubmission, TransferSubmission, read_delete, read_transfer
from globus_transport.sandbox.task_runner import run_task
from globus_transport.sandbox.tasks import Task, TaskFailedError, TaskStore
from globus_transport.sandbox.transfer_worker import TransferWorker

ADA = Identity("ada@sandbox.example")


def no_delay() -> float:
    return 0.0


class Places:
    """Two collections and a clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.here, self.there = (self._collection(folder / name) for name in ("here", "there"))
        self._by_id = {collection.id: collection for collection in (self.here, self.there)}

    def _collection(self, folder: Path) -> Collection:
        folder.mkdir()
        return Collection(str(uuid.uuid4()), folder.name, folder.resolve())

    def write(self, **contents: str) -> None:
        (self.here.folder / "data").mkdir(exist_ok=True)
        for name, content in contents.items():
            (self.here.folder / "data" / name).write_text(content)

    def transfer(self, item: dict[str, Any] | None = None, **options: Any) -> TransferSubmission:
        document = {
            "submission_id": str(uuid.uuid4()),
            "source_endpoint": self.here.id,
            "destination_endpoint": self.there.id,
            "DATA": [item or {"source_path": "/data", "destination_path": "/data"}],
        }
        return read_transfer(document | options, self._by_id.__getitem__)

    def delete(self, *paths: str, **options: Any) -> DeleteSubmission:
        document = {
            "submission_id": str(uuid.uuid4()),
            "endpoint": self.here.id,
            "DATA": [{"path": path} for path in paths],
        }
        return read_delete(document | options, self._by_id.__getitem__)

    def work(
        self, submission: TransferSubmission | DeleteSubmission, delay: Callable[[], float] = no_delay
    ) -> dict[str, Any]:
        task = Task(submission, ADA, self.clock)
        run_task(task, self.clock, delay)
        return task.document()

    def copied(self) -> dict[str, str]:
        folder = self.there.folder / "data"
        return {
            path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if not path.is_dir()
        }


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def outcome(document: dict[str, Any]) -> str:
    return str(document["fatal_error"]["code"] if document["fatal_error"] else document["status"])


def test_deadline_passes_between_two_files(places: Places) -> None:
    places.write(a="a", b="b", c="c")

    def hour() -> float:
        places.clock.advance(3600)
        return 0.0

    deadline = places.clock.now() + 2.5 * 3600
    document = places.work(places.transfer(deadline=format_iso_time(deadline)), hour)
    assert outcome(document) == "DEADLINE_EXPIRED"
    # The folder and the file a take two hours; the deadline passes before b.
    assert places.copied() == {"a": "a"}
    assert (document["subtasks_total"], document["subtasks_succeeded"], document["subtasks_failed"]) == (4, 2, 2)


def test_cancel_keeps_what_is_done(places: Places) -> None:
    places.write(a="a", b="b")
    task = Task(places.transfer(), ADA, places.clock)
    turns = iter(range(3))

    def stop_before_the_last() -> float:
        if next(turns) == 2:
            task.stop()
        return 0.0

    run_task(task, places.clock, stop_before_the_last)
    document = task.document()
    assert outcome(document) == "CANCELED"
    assert places.copied() == {"a": "a"}
    assert (document["files_transferred"], document["subtasks_canceled"]) == (1, 1)


@pytest.mark.parametrize(
    ("level", "copied"),
    [
        (None, {"absent", "longer", "newer", "other", "same"}),
        (0, {"absent"}),
        (1, {"absent", "longer"}),
        (2, {"absent", "longer", "newer"}),
        (3, {"absent", "longer", "other"}),
    ],
)
def test_sync_levels(places: Places, level: int | None, copied: set[str]) -> None:
    places.write(absent="1", longer="12", newer="1", other="2", same="1")
    (places.there.folder / "data").mkdir()
    for name in ("longer", "newer", "other", "same"):
        there, here = places.there.folder / "data" / name, places.here.folder / "data" / name
        there.write_text("1")
        os.utime(there, (1000, 1000))
        os.utime(here, (2000, 2000) if name == "newer" else (1000, 1000))
    task = Task(places.transfer(sync_level=level), ADA, places.clock)
    run_task(task, places.clock, no_delay)
    assert {Path(transfer["source_path"]).name for transfer in task.successful} == copied
    assert task.files_skipped == 5 - len(copied)
    assert task.document()["subtasks_succeeded"] == 6


def test_times_are_kept_on_request(places: Places) -> None:
    places.write(a="a")
    os.utime(places.here.folder / "data" / "a", (1000, 1000))
    copy = places.there.folder / "data" / "a"
    places.work(places.transfer())
    assert copy.stat().st_mtime > 1000
    places.work(places.transfer(preserve_timestamp=True))
    assert copy.stat().st_mtime == 1000


def test_filter_rules_go_by_the_first_that_matches(places: Places) -> None:
    places.write(**{"keep.txt": "", "drop.txt": "", "x.dat": ""})
    (places.here.folder / "data" / "x.dir").mkdir()
    (places.here.folder / "data" / "x.dir" / "in.dat").touch()
    rules = [
        {"method": "include", "name": "keep*"},
        {"method": "exclude", "name": "*.txt"},
        {"method": None, "name": "x.*", "type": "file"},
    ]
    places.work(places.transfer(filter_rules=rules))
    assert set(places.copied()) == {"keep.txt", "x.dir/in.dat"}


def test_extra_files_at_the_destination_go_on_request(places: Places, tmp_path: Path) -> None:
    places.write(a="a", turns="file")
    data = places.there.folder / "data"
    for folder in ("turns", "extra"):
        (data / folder / "deep").mkdir(parents=True)
    (data / "old").touch()
    (tmp_path / "outside").mkdir()
    (data / "link").symlink_to(tmp_path / "outside")
    assert outcome(places.work(places.transfer())) == "IS_A_DIRECTORY"
    assert (data / "old").exists()
    assert outcome(places.work(places.transfer(delete_destination_extra=True))) == "SUCCEEDED"
    assert places.copied() == {"a": "a", "turns": "file"}
    assert {path.name for path in data.iterdir()} == {"a", "turns"}
    assert (tmp_path / "outside").exists()


def test_extra_that_cannot_be_deleted_fails_the_task(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.write(a="a")
    (places.there.folder / "data").mkdir()
    (places.there.folder / "data" / "old").touch()

    def refuse(path: Path) -> None:
        raise OSError(errno.EBUSY, "Busy", str(path))

    monkeypatch.setattr("globus_transport.sandbox.transfer_worker.remove", refuse)
    document = places.work(places.transfer(delete_destination_extra=True))
    assert document["fatal_error"] == {"code": "IO_ERROR", "description": "Busy: old"}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"source_path": "/data", "destination_path": "/data", "recursive": False}, "IS_A_DIRECTORY"),
        ({"source_path": "/data/a", "destination_path": "/a", "recursive": True}, "NOT_A_DIRECTORY"),
        ({"source_path": "/data/a", "destination_path": "/taken/a"}, "IO_ERROR"),
        ({"source_path": "/data/pipe", "destination_path": "/pipe"}, "IO_ERROR"),
        ({"source_path": "/data/a", "destination_path": "/a", "external_checksum": "0" * 32}, "VERIFY_CHECKSUM"),
        (
            {
                "source_path": "/data/a",
                "destination_path": "/a",
                "external_checksum": "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8",
                "checksum_algorithm": "SHA1",
            },
            "SUCCEEDED",
        ),
    ],
)
def test_items_and_their_ends(places: Places, item: dict[str, Any], code: str) -> None:
    places.write(a="a")
    os.mkfifo(places.here.folder / "data" / "pipe")
    (places.there.folder / "taken").touch()
    assert outcome(places.work(places.transfer(item))) == code


def test_copy_onto_itself_fails_and_keeps_the_file(places: Places) -> None:
    places.write(a="a")
    item = {"source_path": "/data/a", "destination_path": "/data/a"}
    assert outcome(places.work(places.transfer(item, destination_endpoint=places.here.id))) == "SAME_FILE"
    assert (places.here.folder / "data" / "a").read_text() == "a"


def test_copy_into_a_folder_of_its_own_ends(places: Places) -> None:
    places.write(a="a")
    item = {"source_path": "/", "destination_path": "/data/copy"}
    assert outcome(places.work(places.transfer(item, destination_endpoint=places.here.id))) == "SUCCEEDED"
    assert (places.here.folder / "data" / "copy" / "data" / "a").read_text() == "a"
    assert not (places.here.folder / "data" / "copy" / "data" / "copy").exists()


def test_a_corrupt_copy_is_noticed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.write(a="a")

    def corrupt(source: Path, destination: Path) -> None:
        destination.write_text("b")

    monkeypatch.setattr("globus_transport.sandbox.transfer_worker.shutil.copyfile", corrupt)
    assert outcome(places.work(places.transfer(verify_checksum=True))) == "VERIFY_CHECKSUM"
    assert outcome(places.work(places.transfer())) == "SUCCEEDED"


def test_file_that_is_gone_by_its_turn(places: Places) -> None:
    places.write(a="a", b="b")
    turns = iter(range(3))

    def remove_before_the_last() -> float:
        if next(turns) == 2:
            (places.here.folder / "data" / "b").unlink()
        return 0.0

    task = Task(places.transfer(skip_source_errors=True), ADA, places.clock)
    run_task(task, places.clock, remove_before_the_last)
    document = task.document()
    assert outcome(document) == "SUCCEEDED"
    assert [(error["source_path"], error["error_code"]) for error in task.skipped] == [("/data/b", "FILE_NOT_FOUND")]
    assert (document["subtasks_total"], document["subtasks_succeeded"], document["subtasks_skipped_errors"]) == (
        3,
        2,
        1,
    )


def test_unreadable_folder_is_skipped_alone(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.write(a="a", z="z")
    closed = places.here.folder / "data" / "closed"
    closed.mkdir()
    real = Path.iterdir

    def iterdir(path: Path) -> Iterator[Path]:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return iter(list(real(path)))

    monkeypatch.setattr(Path, "iterdir", iterdir)
    task = Task(places.transfer(skip_source_errors=True), ADA, places.clock)
    run_task(task, places.clock, no_delay)
    assert outcome(task.document()) == "SUCCEEDED"
    assert (places.there.folder / "data" / "z").exists()
    assert [(error["source_path"], error["error_code"], error["is_directory"]) for error in task.skipped] == [
        ("/data/closed", "PERMISSION_DENIED", True)
    ]
    assert outcome(places.work(places.transfer())) == "PERMISSION_DENIED"


def test_folder_that_becomes_a_link_leads_nobody_out(places: Places, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("precious")
    places.write(a="a")
    data, copy = places.here.folder / "data", places.there.folder / "data"

    delete, copying = places.delete("/data", recursive=True), places.transfer()
    deletion = DeleteWorker(Task(delete, ADA, places.clock), delete)
    transfer = TransferWorker(Task(copying, ADA, places.clock), copying, places.clock)
    file, *_ = deletion.plan()
    steps = transfer.plan()
    data.rename(data.with_name("moved"))
    data.symlink_to(outside)
    copy.symlink_to(outside)
    with pytest.raises(TaskFailedError, match="not allowed") as caught:
        deletion.run(file)
    assert caught.value.code == "PERMISSION_DENIED"
    for step in steps:
        with pytest.raises(TaskFailedError, match="not allowed"):
            transfer.run(step)
    copy.unlink()
    with pytest.raises(TaskFailedError, match="not allowed"):
        transfer.run(steps[-1])
    assert (outside / "a").read_text() == "precious"
    assert not copy.exists()


def test_folder_that_cannot_be_read_is_not_half_deleted(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.write(a="a")

    def refuse(path: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        document = places.work(places.delete("/data", recursive=True))
    assert document["fatal_error"] == {"code": "IO_ERROR", "description": "Permission denied: data"}
    assert (places.here.folder / "data" / "a").exists()


def test_broken_work_ends_the_task_and_shows(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", shown.append)
    places.write(a="a")

    def fail() -> float:
        raise RuntimeError("broken")

    store = TaskStore()
    task, _ = store.submit(places.transfer(), ADA, places.clock, lambda task: run_task(task, places.clock, fail))
    store.join(task, seconds=10)
    assert outcome(task.document()) == "INTERNAL_ERROR"
    assert [str(call.exc_value) for call in shown] == ["broken"]
    store.close()
