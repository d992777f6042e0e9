"""Makes the files of the demonstration and compares them by SHA-256."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path


def make_files(folder: Path, count: int, size: int) -> None:
    """Make files of pseudo-random bytes in four subfolders of a folder.

    :param size: of each file, in bytes
    """
    generator = random.Random(count)
    for number in range(count):
        file = folder / f"run-{number % 4}" / f"image-{number:03}.raw"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(generator.randbytes(size))


def file_digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a folder and its subfolders, by relative path."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
