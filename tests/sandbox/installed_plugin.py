"""Runs pytest with the plugin's entry point, even if the installed package does not have it."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_pytest(place: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run pytest in a subprocess. ``place`` gets the metadata with the entry point."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    info = place / "plugin_of_this_checkout-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin-of-this-checkout\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[pytest11]\n{setup['options.entry_points']['pytest11']}\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=place,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(ROOT)]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
