"""HIPS autograd's distribution has a package named autograd as well; where both overlay each other, whoever is ours says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def overlay(folder: Path, theirs: dict[str, str | None]) -> None:
    """The package in a folder, with files of another distribution over it; None where that took one along."""
    for place in (Path("autograd"), Path("autograd", "numpy")):
        (folder / place).mkdir()
        for entry in (ROOT / place).iterdir():
            if entry.name not in ("numpy", "__pycache__") and str(place / entry.name) not in theirs:
                (folder / place / entry.name).symlink_to(entry)
    for package in ("nn", "optim"):
        (folder / package).symlink_to(ROOT / package)
    for name, text in theirs.items():
        if text is not None:
            (folder / name).write_text(text)


def told(folder: Path, code: str) -> str:
    # An editable installation would find the whole package behind what is left of it.
    alone = f"import sys; sys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}]; " if folder != ROOT else ""
    run = subprocess.run(
        [sys.executable, "-c", alone + code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
        cwd=folder,
    )
    return run.stderr


@pytest.mark.parametrize("text", ["from math import sin", None], ids=["overwritten", "uninstalled"])
def test_what_is_left_of_ours_says_so(tmp_path: Path, text: str | None) -> None:
    overlay(tmp_path, {"autograd/__init__.py": text})
    for code in ("import optim", "import nn", "import autograd.cli"):
        last = told(tmp_path, code).splitlines()[-1]
        assert last.startswith("ImportError: HIPS autograd"), last
        assert "pip uninstall -y autograd stepgrad" in last


def test_ours_over_theirs_warns(tmp_path: Path) -> None:
    overlay(tmp_path, {"autograd/numpy/numpy_jvps.py": ""})
    assert "UserWarning: HIPS autograd" in told(tmp_path, "import autograd; autograd.Value(1.0)")
    assert told(ROOT, "import autograd") == ""
