"""The files that are transferred, and the proof that they arrived."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path


def make_files(folder: Path, count: int, size: int) -> None:
    """Fill a folder with files of random bytes, in a few folders.

    :param size: bytes of each file
    """
    dice = random.Random(count)
    for number in range(count):
        file = folder / f"run-{number % 4}" / f"image-{number:03}.raw"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(dice.randbytes(size))


def file_digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder, by its path there."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
