"""The command that lists the middleware of installed packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from globus_transport.__main__ import main

METADATA = "Metadata-Version: 2.1\nName: fast-digest\nVersion: 1.2\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with a layer, and one that cannot be imported."""
    info = tmp_path / "fast_digest-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text("[globus_transport.middleware]\ndigest = fast_digest:Digest\n")
    (tmp_path / "fast_digest.py").write_text('class Digest:\n    """Answers a challenge.\n\n    More.\n    """\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "fast_digest", raising=False)
    return tmp_path


def test_it_lists_each_layer_with_its_package(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["middleware"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "fast-digest 1.2" in lines
    assert [line.split(maxsplit=1) for line in lines if "fast_digest:" in line] == [
        ["fast_digest:Digest", "Answers a challenge."]
    ]


def test_a_layer_that_cannot_be_imported_is_said(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (package / "fast_digest.py").write_text("raise ValueError('no key')\n")
    assert main(["middleware"]) == 1
    assert "cannot be imported: ValueError: no key" in capsys.readouterr().out


def test_its_own_layers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["middleware"]) == 0
    assert "globus_transport.middleware:RateLimit" in capsys.readouterr().out
