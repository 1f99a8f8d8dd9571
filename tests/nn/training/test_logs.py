"""Logs: whole lines, each epoch once, whatever happened to the run before."""

from __future__ import annotations

import csv
import json
import signal
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import FileError, MissingDependencyError
from tests.nn.training.resumable import At, train


def rows_of(path: Path) -> list[dict[str, Any]]:
    text = path.read_text()
    if not text:
        return []
    assert text.endswith("\n")
    if path.suffix == ".csv":
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(text.splitlines())]
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_the_rows_of_the_history_as_they_come(ending: str, tmp_path: Path) -> None:
    path, lengths = tmp_path / f"run{ending}", []

    class Reads(nn.Callback):
        def on_epoch_begin(self, run: nn.Run) -> None:
            lengths.append(len(rows_of(path)))

    _, history = train(None, (Reads(),), logs=path)
    assert lengths == [0, 1, 2, 3, 4, 5]
    assert rows_of(path) == history.rows


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_a_resumed_run_has_every_epoch_once(ending: str, tmp_path: Path) -> None:
    path, log = tmp_path / "run.safetensors", tmp_path / f"run{ending}"
    train(path, (At(12, lambda: signal.raise_signal(signal.SIGINT)),), logs=[log])
    assert [row["epoch"] for row in rows_of(log)] == [1, 2]
    with log.open("a") as file:
        file.write("3,0.5\n4,0.")  # an epoch that was logged but not kept, and a line that was torn
    _, history = train(path, logs=[log])
    assert rows_of(log) == history.rows
    assert [row["epoch"] for row in rows_of(log)] == [1, 2, 3, 4, 5, 6]


def test_a_column_that_comes_later_is_added_to_all(tmp_path: Path) -> None:
    class Adds(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            if run.epoch >= 2:
                run.report["late"] = run.epoch / 2

    path = tmp_path / "run.csv"
    train(None, (Adds(),), epochs=3, logs=str(path))
    assert [row["late"] for row in csv.DictReader(path.read_text().splitlines())] == ["", "1.0", "1.5"]


def test_what_is_no_number_is_null(tmp_path: Path) -> None:
    class Adds(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            run.report |= {"unknown": float("nan"), "endless": float("inf")}

    path = tmp_path / "run.jsonl"
    train(None, (Adds(),), epochs=1, logs=path)
    assert (rows_of(path)[0]["unknown"], rows_of(path)[0]["endless"]) == (None, None)


def test_a_log_that_cannot_be_written_is_told_before_the_first_step(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        train(None, (At(1, lambda: pytest.fail("it has begun")),), logs=tmp_path / "missing" / "run.csv")
    with pytest.raises(TypeError, match="a log is a path or a Callback, not int"):
        train(None, logs=[3])


def test_tensorboard_gets_every_number_of_each_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[Any, ...]] = []

    class SummaryWriter:
        def __init__(self, folder: str, purge_step: int) -> None:
            written.append(("open", folder, purge_step))

        def add_scalar(self, name: str, value: float, step: int) -> None:
            written.append((name, value, step))

        def flush(self) -> None:
            written.append(("flush",))

        def close(self) -> None:
            written.append(("close",))

    stub = types.ModuleType("tensorboardX")
    stub.SummaryWriter = SummaryWriter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorboardX", stub)
    path = tmp_path / "run.safetensors"
    _, history = train(path, epochs=1, logs=nn.TensorBoard(tmp_path / "board"))
    assert written[0] == ("open", str(tmp_path / "board"), 1)
    assert ("val_loss", history["val_loss"][0], 1) in written
    assert written[-1] == ("close",)
    written.clear()
    train(path, epochs=2, logs=nn.TensorBoard(tmp_path / "board"))
    assert written[0] == ("open", str(tmp_path / "board"), 2), "what comes after the checkpoint is hidden"
    assert {step for *_, step in written[1:] if isinstance(step, int)} == {2}


def test_without_tensorboard_x_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingDependencyError, match=r"pip install .*\[tensorboard\]'"):
        nn.TensorBoard("runs")


def test_a_log_does_not_change_the_run(tmp_path: Path) -> None:
    plain, logged = train(None)[0], train(None, logs=[tmp_path / "a.csv", tmp_path / "a.jsonl"])[0]
    for name, array in plain.state_dict().items():
        np.testing.assert_array_equal(array, logged.state_dict()[name])
