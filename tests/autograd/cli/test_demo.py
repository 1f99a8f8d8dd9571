"""The demo tells the example as it is computed, and all its parts work."""

from __future__ import annotations

import csv
import errno
import io
import os
import shlex
import sys
from pathlib import Path

import pytest
from rich.console import Console

import autograd.cli.demo as command
from autograd.cli import main
from autograd.cli.demo import run_demo
from autograd.errors import FileError
from autograd.extras import pip_install


def demo(directory: Path) -> tuple[int, str]:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    code = run_demo(directory, console)
    return code, console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.integration
def test_the_whole_demo(tmp_path: Path) -> None:
    code, text = demo(tmp_path / "out")
    assert code == 0
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for line in (
        "c = a + b = 2 + 1 = 3",
        "e c 1 × (∂e/∂c = d = 2) 2 ∂e/∂c = 2",
        "e d 1 × (∂e/∂d = c = 3) 3 ∂e/∂d = 3",
        "c b 2 × (∂c/∂b = 1) 2 ∂e/∂b = 2",
        "d b 3 × (∂d/∂b = 1) 3 ∂e/∂b = 5",
        "∂e/∂b = 1·2 + 1·3 = 5 by b→c→e, b→d→e; one pass: 5",
        "edges walked: 6 over the paths, 5 in the reverse pass",
        "a 4-5-3 network: gradient check: pass (43 coordinates: 43 pass)",
    ):
        assert line in lines
    assert (tmp_path / "out" / "chain_rule.svg").stat().st_size > 1000
    assert "(a+b)·(b+1), forward and backward</title>" in (tmp_path / "out" / "stepping.html").read_text("utf-8")
    with open(tmp_path / "out" / "digits_history.csv", encoding="utf-8", newline="") as file:
        history = list(csv.DictReader(file))
    assert len(history) == 40
    assert float(history[-1]["val_accuracy"]) >= 0.96


def test_it_ends_with_commands_that_work_and_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "EPOCHS", 1)
    code, text = demo(tmp_path)
    assert code == 0
    told = text.partition("6. What to do next")[2]
    book = told.partition("The book: ")[2].strip()
    assert Path(book).name == "index.md"
    assert Path(book).is_file()
    lines = [line.strip() for line in told.splitlines() if line.strip().startswith("stepgrad ")]
    assert [line.split()[1] for line in lines] == ["step", "draw", "train"]
    monkeypatch.chdir(tmp_path)
    for line in lines[:2]:
        assert main(shlex.split(line)[1:]) == 0
    assert (tmp_path / "e.html").exists()


def test_without_scikit_learn_the_rest_still_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    code, text = demo(tmp_path)
    assert code == 1
    assert pip_install("train") in text
    assert "gradient check: pass" in text


def test_without_a_renderer_the_dot_text_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setattr(command, "EPOCHS", 1)
    code, text = demo(tmp_path)
    assert code == 1
    assert (tmp_path / "chain_rule.dot").read_text(encoding="utf-8").startswith("digraph")
    assert pip_install("draw") in text


@pytest.mark.integration
def test_on_a_full_disk_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "EPOCHS", 1)
    replace, placed = os.replace, []

    def full(temporary: Path, target: Path) -> None:
        if Path(target).name == "digits_history.csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        placed.append(Path(target).name)
        replace(temporary, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FileError, match=r"digits_history\.csv: No space left on device"):
        demo(tmp_path / "out")
    assert "chain_rule.svg" in placed
    assert os.listdir(tmp_path) == []


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    console = Console(file=io.StringIO())
    with pytest.raises(FileError, match="file is a file"):
        run_demo(tmp_path / "file", console)
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]
