"""`stepgrad compare-optimizers`: bundled data and tables, the table, the curves, and one line for what cannot be done."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd.cli import main
from nn.command.source import read_source
from nn.data import Standardize
from nn.data.tables import load_csv
from optim.registry import OPTIMIZERS, PRESETS

# As UCI keeps auto-mpg: numbers in columns, a tab before a name in quotes, and ? for what is missing.
AUTO = """\
18.0   8   307.0      130.0      3504.      12.0   70  1\t"chevrolet chevelle malibu"
15.0   8   350.0      165.0      3693.      11.5   70  1\t"buick skylark 320"
25.0   4   98.00      ?          2046.      19.0   71  1\t"ford pinto"
24.0   4   113.0      95.00      2372.      15.0   70  3\t"toyota corona mark ii"
"""


@pytest.fixture
def auto(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = [AUTO]
    for k in range(80):
        weight = rng.uniform(1600.0, 5000.0)
        mpg = 46.0 - weight / 150.0 + rng.normal()
        horses = f"{rng.uniform(50.0, 220.0):.1f}" if k % 20 else "?"
        lines.append(
            f'{mpg:.1f}   4   {weight / 12:.1f}      {horses}      {weight:.0f}.      12.0   75  2\t"car {k}"\n'
        )
    path = tmp_path / "auto-mpg.data"
    path.write_text("".join(lines))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_numbers_in_columns_are_a_table(auto: Path) -> None:
    dropped = load_csv(auto, 0, missing="drop", ignore=[-1])
    assert dropped.features.shape == (79, 7)
    assert dropped.features[1].tolist() == [8.0, 350.0, 165.0, 3693.0, 11.5, 70.0, 1.0]
    assert dropped.target[:3].tolist() == [18.0, 15.0, 24.0]
    filled = load_csv(auto, 0, missing="mean", ignore=[8])
    assert filled.features.shape == (84, 7)
    assert np.isclose(filled.features[2, 2], np.mean([row[2] for row in dropped.features]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b c\n1 2 3\n4  5   6\n", [[1.0, 2.0], [4.0, 5.0]]),
        ("  1 2 3  \n  4 5 6\n", [[1.0, 2.0], [4.0, 5.0]]),
        # Blanks within fields that something else parts are part of them.
        ("big town;1;2\nold town;3;4\n", [[1.0, 0.0, 1.0], [0.0, 1.0, 3.0]]),
        ("1;2 000\n3;4 000\n", None),
    ],
)
def test_blanks_part_fields_where_nothing_else_does(
    text: str, expected: list[list[float]] | None, tmp_path: Path
) -> None:
    path = tmp_path / "table.txt"
    path.write_text(text)
    if expected is None:
        assert load_csv(path, decimal=".").target.tolist() == [2000.0, 4000.0]
    else:
        assert load_csv(path).features.tolist() == expected


@pytest.mark.integration
def test_a_table_is_compared_by_the_optimizers_of_a_preset(
    auto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["--data", str(auto), "--target", "0", "--ignore", "-1", "--missing", "drop", "--preset", "keras"]
    assert main(["compare-optimizers", *words, "--epochs", "4", "-o", str(out)]) == 0
    assert sorted(file.name for file in out.iterdir()) == ["curves.svg", "epochs.csv", "optimizers.csv"]
    table = rows(out / "optimizers.csv")
    assert {row["optimizer"] for row in table} == set(PRESETS["keras"])
    judged = [float(row["val_loss"]) for row in table]
    assert judged == sorted(judged)
    epochs = rows(out / "epochs.csv")
    assert len(epochs) == 4
    best = table[0]
    assert min(float(row[f"{best['optimizer']} val_loss"]) for row in epochs) == judged[0]
    picture = (out / "curves.svg").read_text()
    printed = capsys.readouterr().out
    for name in PRESETS["keras"]:
        assert f">{name}<" in picture
        assert name in printed


@pytest.mark.integration
def test_each_is_trained_as_fit_does_from_the_same_weights(tmp_path: Path) -> None:
    words = ["compare-optimizers", "--optimizers", "adam,sgd", "--epochs", "3", "--lr", "0.01", "-o", str(tmp_path)]
    assert main(words) == 0
    source = read_source("diabetes")
    (x, y), (test_x, test_y) = source.split(0.2, 0)
    inputs, targets = Standardize().fit(x), Standardize().fit(y)
    for name in ("adam", "sgd"):
        model = nn.perceptron([10, 32, 1], "tanh", 0)
        data, held_out = (inputs(x), targets(y)), (inputs(test_x), targets(test_y))
        history = nn.fit(model, data, validation=held_out, optimizer=name, lr=0.01, epochs=3, progress=False)
        found = [float(row[f"{name} val_loss"]) for row in rows(tmp_path / "epochs.csv")]
        np.testing.assert_allclose(found, history["val_loss"], rtol=1e-6)


@pytest.mark.integration
def test_one_that_diverges_is_told_and_the_others_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "compare-optimizers",
        "--optimizers",
        "momentum,rprop",
        "--lr",
        "1e30",
        "--epochs",
        "2",
        "-o",
        str(tmp_path),
    ]
    assert main(words) == 0
    assert "not finite: a smaller --lr may help" in " ".join(capsys.readouterr().out.split())
    assert [row["optimizer"] for row in rows(tmp_path / "optimizers.csv")] == ["rprop", "momentum"]


@pytest.mark.integration
def test_classes_are_judged_by_accuracy_and_all_optimizers_take_part(tmp_path: Path) -> None:
    assert main(["compare-optimizers", "--data", "iris", "--epochs", "1", "-o", str(tmp_path)]) == 0
    table = rows(tmp_path / "optimizers.csv")
    assert {row["optimizer"] for row in table} == set(OPTIMIZERS)
    assert all(0.0 <= float(row["accuracy"]) <= 1.0 for row in table)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--optimizers", "adm"], "there is no optimizer 'adm'; did you mean 'adam'?"),
        (["--optimizers", "lion", "--preset", "slides"], "there is no optimizer 'lion' in the preset 'slides'"),
        (["--preset", "book"], "there is no 'book'"),
        (["--data", "diabetis"], "there is no data set 'diabetis'; did you mean 'diabetes'?"),
        (["--data", "AUTO", "--target", "0", "--ignore", "-1"], "values are missing: column 3"),
        (["--data", "AUTO", "--target", "0", "--ignore", "0"], "column 0 is to be predicted, and cannot be ignored"),
        (["--data", "AUTO", "--target", "0", "--ignore", "horses"], "has no column 'horses'"),
        (["--data", "AUTO", "--target", "0", "--missing", "drop"], "different words, such as"),
        (["--ignore", "0"], "--ignore is for tables, and diabetes is none"),
        (["--lr", "0"], "'0' is not a number above 0"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    words: list[str], message: str, auto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["compare-optimizers", *[str(auto) if w == "AUTO" else w for w in words], "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not out.exists()
