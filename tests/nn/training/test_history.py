"""The history of a run: rows, columns, the best epoch, files, tables and pictures."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from rich.console import Console

import nn
from autograd.errors import MissingDependencyError
from autograd.wording.printing import to_text
from tests.nn.training.resumable import train

matplotlib.use("Agg")


def made(count: int = 3) -> nn.History:
    rows = [
        {"epoch": k, "loss": 4.0 / k, "val_loss": abs(k - 2) + 0.5, "lr": 0.1, "seconds": 0.25}
        for k in range(1, count + 1)
    ]
    history = nn.History(rows, loss="mse", optimizer="SGD(lr=0.1)", monitor="val_loss")
    history.stopped = f"all {count} epochs"
    return history


def test_rows_columns_and_the_best() -> None:
    history = made()
    assert history["val_loss"] == [1.5, 0.5, 1.5]
    assert history[-1] is history.rows[2]
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert (len(history), history.seconds, history.best["epoch"]) == (3, 0.75, 2)
    history.rows[1]["late"] = 7.0
    assert history["late"][1] == 7.0
    assert math.isnan(history["late"][0])
    with pytest.raises(KeyError, match=r"there is no column 'val_los'; did you mean 'val_loss'\?"):
        history["val_los"]
    history.monitor, history.mode = "loss", "max"
    assert history.best["epoch"] == 1
    history.rows[0]["loss"] = math.nan
    assert history.best["epoch"] == 2
    with pytest.raises(ValueError, match="no epoch has a 'loss'"):
        _ = nn.History().best


def test_what_it_says_of_itself() -> None:
    assert repr(made()) == "<History: 3 epochs in 0.75 s; best val_loss 0.5 in epoch 2; all 3 epochs>"
    assert repr(nn.History()) == "<History: no epoch>"
    assert repr(nn.History([{"epoch": 1, "loss": math.nan}])) == "<History: 1 epoch in 0 s; not finished>"


def test_a_table_has_the_first_the_last_and_the_best() -> None:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))
    console.print(made(100).table(rows=5))
    console.file.close()
    text = console.export_text()
    assert [line.split()[0] for line in text.splitlines() if line.split() and line.split()[0].isdigit()] == [
        "1", "2", "26", "51", "75", "100",
    ]  # fmt: skip
    assert "mse; SGD(lr=0.1); all 100 epochs" in text


def test_names_and_reasons_are_text_and_no_markup() -> None:
    x = np.ones((8, 1))
    history = nn.fit(nn.Linear(1, 1), (x, x), epochs=1, metrics={"[/b]": "mae"})
    history.stopped = "enough [/i]"
    shown = to_text(history.table())
    assert "[/b]" in shown
    assert "enough" in shown
    assert "[/i]" in shown
    found = nn.cross_validate(lambda: nn.Linear(1, 1), (x, x), 2, metrics={"[/b]": "mae"}, epochs=1)
    assert "[/b]" in str(found)


def test_files_give_back_everything(tmp_path: Path) -> None:
    _, history = train(None, epochs=2)
    history.rows[0] |= {"nan": math.nan, "most": math.inf, "least": -math.inf}
    back = nn.History.from_json(history.to_json(tmp_path / "history.json"))
    assert repr(back.rows) == repr(history.rows), "to the bit, NaN and infinities too"
    assert (back.loss, back.optimizer, back.monitor, back.mode, back.stopped) == (
        history.loss, history.optimizer, history.monitor, history.mode, history.stopped,
    )  # fmt: skip
    for name, array in history.arrays.items():
        np.testing.assert_array_equal(back.arrays[name], array)
    strict = lambda name: pytest.fail(f"{name} is not JSON")
    json.loads((tmp_path / "history.json").read_text(), parse_constant=strict)
    lines = made().to_csv(tmp_path / "history.csv").read_text().splitlines()
    assert lines[:2] == ["epoch,loss,val_loss,lr,seconds", "1,4.0,1.5,0.1,0.25"]


@pytest.mark.parametrize("content", ["", "3", "[]", "{}", '{"epochs": 3}', '{"epochs": [{"loss": "x"}]}'])
def test_a_file_that_is_no_history(content: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"other.json is not a history"):
        nn.History.from_json(path)
    with pytest.raises(FileNotFoundError):
        nn.History.from_json(tmp_path / "missing.json")


@pytest.mark.integration
def test_the_picture_has_a_panel_for_what_is_measured_alike(tmp_path: Path) -> None:
    _, history = train(None, epochs=3)
    figure = history.plot()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["loss", "accuracy", "penalty", "learning rate"]
    loss = figure.axes[0]
    assert [text.get_text() for text in loss.get_legend().get_texts()][:2] == ["training", "validation"]
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), history["val_loss"])
    best = history.best
    assert loss.lines[2].get_xydata().tolist() == [[best["epoch"], best["val_loss"]]]
    figure.savefig(tmp_path / "history.png")
    assert figure._repr_png_().startswith(b"\x89PNG"), "as a notebook asks for it"
    single = nn.History([{"epoch": 1, "loss": 2.0, "lr": 0.1}]).plot()
    single.savefig(tmp_path / "single.png")
    with pytest.raises(ValueError, match="there is no epoch to draw"):
        nn.History().plot()


@pytest.mark.integration
@pytest.mark.parametrize("name", ["$\\frac$", "a $b c$ d_", "$"])
def test_names_of_metrics_are_no_formulas(name: str, tmp_path: Path) -> None:
    rows = [{"epoch": k, "loss": 1.0, name: 2.0 * k, f"val_{name}": 2.0 * k, "other": 0.5} for k in (1, 2)]
    nn.History(rows).plot().savefig(tmp_path / "history.svg")
    shares = [{"epoch": k, "loss": 1.0, name: 0.5, "accuracy": 0.5} for k in (1, 2)]
    nn.History(shares).plot().savefig(tmp_path / "history.svg")


def test_losses_far_apart_are_on_a_log_scale() -> None:
    rows = [{"epoch": k, "loss": 10.0**-k} for k in range(1, 5)]
    assert nn.History(rows).plot().axes[0].get_yscale() == "log"
    assert nn.History([{**row, "loss": row["loss"] - 0.01} for row in rows]).plot().axes[0].get_yscale() == "linear"


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("nn.training.plot", "nn.picture"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingDependencyError, match=r"pip install .*\[draw\]'"):
        made().plot()
