"""`stepgrad predict`: the same numbers as in training, whatever order the columns have; and what is refused."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.cli import main
from nn.command.notes import Notes
from nn.data import load_csv
from nn.saving import read_model

RNG = np.random.default_rng(0)
ROWS = [
    (
        f"{w:.3f}",
        f"{h:.2f}",
        colour,
        f"{w * 100 + h * 3 + (50 if colour == 'red' else 0):.1f}",
        "big" if w > 1 else "small",
    )
    for w, h, colour in zip(
        RNG.uniform(0.1, 2, 60), RNG.uniform(100, 200, 60), RNG.choice(["red", "blue"], 60), strict=True
    )
]
NAMES = ("width", "height", "colour", "price", "kind")


def table(
    path: Path, *names: str, rows: Any = ROWS, write: Callable[[str, str], str] = lambda name, field: field
) -> Path:
    chosen = names or NAMES
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(chosen)
        for row in rows:
            writer.writerow([write(name, dict(zip(NAMES, row, strict=True)).get(name, "7")) for name in chosen])
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of classes in `kind/`, and one of numbers in `price/`."""
    place = tmp_path_factory.mktemp("trained")
    for target, others in (("kind", NAMES[:3]), ("price", NAMES[:3])):
        file = table(place / f"{target}.csv", *others, target)
        arguments = ["--epochs", "30", "--lr", "0.02", "--no-health", "--output", str(place / target)]
        assert main(["train", str(file), *arguments]) == 0
    return place


def predict(folder: Path, of: str, file: Path, *options: str) -> int:
    return main(["predict", str(folder / of / "model.safetensors"), str(file), *options])


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_classes_with_their_names_and_probabilities(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = table(tmp_path / "rows.csv", *NAMES[:3]), tmp_path / "out.csv"
    assert predict(folder, "kind", file, "-o", str(out)) == 0
    assert capsys.readouterr().out == f"wrote {out}: 60 rows\n"
    found = rows_of(out)
    assert list(found[0]) == ["kind", "probability of big", "probability of small"]
    assert np.mean([row["kind"] == true[-1] for row, true in zip(found, ROWS, strict=True)]) > 0.9
    model, _ = read_model(folder / "kind" / "model.safetensors")
    source = load_csv(table(tmp_path / "whole.csv", *NAMES[:3], "kind"))
    scale = Notes.from_json(read_model(folder / "kind" / "model.safetensors")[1]).scale
    assert scale is not None
    scores = model(scale(source.features).astype(np.float32)).data
    assert [row["kind"] for row in found] == [("big", "small")[k] for k in scores.argmax(axis=1)]
    for row in found:
        assert abs(float(row["probability of big"]) + float(row["probability of small"]) - 1.0) < 1e-6


def test_numbers_are_on_the_scale_of_the_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(folder, "price", table(tmp_path / "rows.csv", *NAMES[:4])) == 0
    told = capsys.readouterr()
    numbers = [float(line) for line in told.out.splitlines()[1:]]
    assert told.out.startswith("price\n") and np.corrcoef(numbers, [float(r[3]) for r in ROWS])[0, 1] > 0.9
    assert "of the 60 rows whose price is known: R² 0.9" in told.err


def test_columns_go_by_name_in_any_order(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(folder, "price", table(tmp_path / "one.csv", *NAMES[:3])) == 0
    one = capsys.readouterr().out
    assert (
        predict(folder, "price", table(tmp_path / "two.csv", "colour", "id", "height", "width"), "--ignore", "id") == 0
    )
    assert capsys.readouterr().out == one
    assert predict(folder, "price", table(tmp_path / "one-row.csv", *NAMES[:3], rows=ROWS[:1])) == 0
    assert capsys.readouterr().out.splitlines() == one.splitlines()[:2], "its scale is that of the training"


def test_a_file_with_decimal_commas_is_read_as_such(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(folder, "price", table(tmp_path / "one.csv", *NAMES[:3])) == 0
    one = capsys.readouterr().out
    text = (tmp_path / "one.csv").read_text().replace(",", ";").replace(".", ",")
    (tmp_path / "comma.csv").write_text(text)
    assert predict(folder, "price", tmp_path / "comma.csv", "--decimal", ",") == 0
    assert capsys.readouterr().out == one


def test_something_missing_is_refused_or_the_mean(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mean = next(
        c["mean"] for c in read_model(folder / "price" / "model.safetensors")[1]["columns"] if c["name"] == "width"
    )
    gap = table(tmp_path / "gap.csv", *NAMES[:3], rows=[("", *ROWS[0][1:])])
    assert predict(folder, "price", gap) == 2
    assert "gap.csv, line 2: width is '': fill it in" in capsys.readouterr().err
    assert predict(folder, "price", gap, "--missing", "mean") == 0
    filled = capsys.readouterr().out
    assert predict(folder, "price", table(tmp_path / "mean.csv", *NAMES[:3], rows=[(repr(mean), *ROWS[0][1:])])) == 0
    assert capsys.readouterr().out == filled


REFUSED: list[tuple[tuple[str, ...], Any, tuple[str, ...], str]] = [
    (("width", "colour"), None, (), "has no column 'height', on which the model of"),
    (("width", "size", "colour"), None, (), "has no column 'height'"),
    ((*NAMES[:3], "id", "note"), None, (), "has columns 'id', 'note', on which the model of"),
    ((*NAMES[:3], "id", "note"), None, (), "--ignore id,note"),
    ((*NAMES[:3], "width"), None, (), "several columns 'width'"),
    (NAMES[:3], None, ("--ignore", "wide"), "no such column"),
    (NAMES[:3], None, ("--ignore", "width"), "has no column 'width'"),
    (NAMES[:3], ("1.0", "5", "green", "", ""), (), "colour is 'green'; the model has learned 'blue', 'red'"),
    (NAMES[:3], ("wide", "5", "red", "", ""), (), "width is 'wide', not a number"),
    (NAMES[:3], ("2024-01-01", "5", "red", "", ""), (), "a date"),
    (NAMES[:3], ("1,5", "5", "red", "", ""), (), "--decimal"),
    (NAMES[:3], ("1e300", "5", "red", "", ""), (), "line 2 has numbers beyond what the model of"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "row", "options", "told"), REFUSED)
def test_other_tables_are_refused_with_what_is_wrong(
    names: Any, row: Any, options: Any, told: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(tmp_path / "rows.csv", *names, rows=ROWS if row is None else [row, ROWS[0]])
    assert predict(folder, "price", file, "-o", str(tmp_path / "out.csv"), *options) == 2
    assert told in capsys.readouterr().err and not (tmp_path / "out.csv").exists()


def test_files_are_refused_in_one_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = table(tmp_path / "rows.csv", *NAMES[:3])
    (tmp_path / "none.safetensors").write_bytes(b"no")
    for model, rows, options, told in [
        (tmp_path / "other.safetensors", file, [], "cannot read"),
        (tmp_path / "none.safetensors", file, [], "is broken"),
        (folder / "price" / "model.safetensors", tmp_path / "no.csv", [], "there is no such file"),
        (folder / "price" / "model.safetensors", file, ["-o", str(file)], "would write over"),
        (folder / "price" / "model.safetensors", file, ["-o", str(tmp_path / "no" / "out.csv")], "there is no folder"),
    ]:
        before = file.read_bytes()
        assert main(["predict", str(model), str(rows), *options]) == 2
        printed = capsys.readouterr()
        assert told in printed.err and printed.err.count("\n") == 1 and not printed.out and file.read_bytes() == before


def test_a_full_disk_leaves_what_was_there(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = table(tmp_path / "rows.csv", *NAMES[:3]), tmp_path / "out.csv"
    out.write_text("of before")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert predict(folder, "price", file, "-o", str(out)) == 2
    assert "No space left on device" in capsys.readouterr().err and out.read_text() == "of before"


def test_a_model_without_notes_takes_numbers_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = nn.Sequential(nn.Linear(2, 2, rng=0))
    path = nn.save_model(model, tmp_path / "model.safetensors")
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n3,4\n")
    assert main(["predict", str(path), str(tmp_path / "rows.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "output 0,output 1" and np.allclose(
        [[float(f) for f in line.split(",")] for line in lines[1:]], model(np.float32([[1, 2], [3, 4]])).data, rtol=1e-6
    )
    (tmp_path / "rows.csv").write_text("a,b,c\n1,2,3\n")
    assert main(["predict", str(path), str(tmp_path / "rows.csv")]) == 2
    assert "has 3 columns of inputs, and the model of" in capsys.readouterr().err
    nn.save_model(model, path, {"classes": ["no\x1b[31m", "yes"]})
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    assert main(["predict", str(path), str(tmp_path / "rows.csv")]) == 0
    assert "probability of yes" in capsys.readouterr().out
    nn.save_model(nn.Conv2d(1, 2, 3), path)
    assert main(["predict", str(path), str(tmp_path / "rows.csv")]) == 2
    assert "does not take rows of 2 numbers" in capsys.readouterr().err
    assert main(["predict", str(path), str(tmp_path / "rows.csv"), "--ignore", "a,b"]) == 2
    assert "does not take rows of 0 numbers" in capsys.readouterr().err


@pytest.mark.parametrize(
    "notes",
    [
        {"columns": 3},
        {"columns": [{"name": 1, "words": None, "mean": 0.0}]},
        {"classes": [1, 2]},
        {"inputs": 2, "columns": [{"name": "a", "words": None, "mean": 0.0}]},
        {"scale": {"mean": [0.0], "std": [0.0]}},
        {"scale": {"mean": "x"}},
        {"inputs": 3, "scale": {"mean": [0.0], "std": [1.0]}},
        {"target": 3},
    ],
)
def test_notes_that_say_something_else_are_broken(
    notes: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = nn.save_model(nn.Linear(2, 2, rng=0), tmp_path / "model.safetensors", notes)
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    assert main(["predict", str(path), str(tmp_path / "rows.csv")]) == 2
    assert "its notes cannot be read" in capsys.readouterr().err
