"""`stepgrad train`: data sets and tables, what it writes, and one line with exit code 2 for what cannot be done."""

from __future__ import annotations

import csv
import errno
import gzip
import itertools
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import nn
from autograd.cli import main
from nn.command.figures import residuals, svg
from nn.command.source import read_source
from nn.command.train import Build
from nn.digits import train_digits
from nn.saving import read_model
from tests.sight import luminance, pixels, see_pictures, see_texts

HOSTILE = ["<script>alert(1)</script>", 'a&b "$x^2$"', "日本 [red]"]
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
FILES = ["history.csv", "model.safetensors", "report.html", "report.json"]


def table(path: Path, rows: int = 60, names: list[str] = HOSTILE) -> Path:
    x = np.random.default_rng(0).normal(size=(rows, 3))
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["a", "b", "c", "<b>$kind$</b>"], *([*row, names[row.argmax()]] for row in x)])
    return path


def report(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "report.json").read_text())


@pytest.mark.integration
def test_the_digits_are_trained_as_train_digits_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "digits", "--epochs", "3", "--output", str(tmp_path)]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == FILES
    model, history = train_digits(0, 3)
    told = report(tmp_path)
    assert told["scores"]["accuracy"] == history[-1]["val_accuracy"]
    assert np.sum(told["confusion"]) == 450
    kept = nn.load_model(tmp_path / "model.safetensors").state_dict()
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(kept[name], array)
    printed = capsys.readouterr().out
    assert "64-64-16-10, sigmoid, tanh" in printed
    assert "health: " in printed


@pytest.mark.integration
def test_a_regression_is_scored_in_the_units_of_the_target(tmp_path: Path) -> None:
    assert main(["train", "diabetes", "--epochs", "5", "--no-health", "--output", str(tmp_path)]) == 0
    told = report(tmp_path)
    assert 40 < told["scores"]["rmse"] < 80
    assert told["health"] is None
    assert told["confusion"] is None
    assert "Residuals" in (tmp_path / "report.html").read_text()


@pytest.mark.integration
def test_features_are_scaled_by_the_rows_trained_on_alone(tmp_path: Path) -> None:
    assert main(["train", "wine", "--epochs", "1", "--patience", "1", "--no-health", "--output", str(tmp_path)]) == 0
    source = read_source("wine")
    (x, y), _ = source.split(0.2, 0)
    (trained, _), _ = nn.data.split(x, y, shares=(0.8, 0.2), stratify=y, seed=1)
    assert report(tmp_path)["rows"] == {"trained on": len(trained), "held out": 36, "validation": 28}
    kept = read_model(tmp_path / "model.safetensors")[1]["scale"]
    np.testing.assert_array_equal(kept["mean"], trained.mean(axis=0))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "metric", "least"),
    [("wine", "accuracy", 0.97), ("breast_cancer", "accuracy", 0.965), ("diabetes", "r2", 0.45)],
)
def test_the_defaults_keep_what_is_promised_in_five_folds(name: str, metric: str, least: float) -> None:
    """The defaults were chosen on the folds of seeds 100 … 102."""
    source = read_source(name)
    build = Build(source.recipe, source.inputs.shape[1], source.outputs)
    found = nn.cross_validate(
        build,
        (source.inputs, source.targets),
        5,
        metrics=metric,
        standardize=True,
        epochs=source.recipe.epochs,
        batch_size=source.recipe.batch_size,
    )
    assert found.mean[metric] >= least


@pytest.mark.integration
def test_search_and_folds_are_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--search", "3", "--no-health", "--folds", "2", "--epochs", "4", "--output", str(tmp_path / "out")]
    assert main(["train", "iris", *arguments]) == 0
    told = report(tmp_path / "out")
    best = told["search"][0]
    assert told["recipe"]["lr"] == best["params"]["lr"]
    assert best["epochs"] == 4
    assert told["mean of the folds"]["accuracy"] == np.mean([fold["accuracy"] for fold in told["folds"]])
    assert len(list(csv.DictReader((tmp_path / "out" / "search.csv").read_text().splitlines()))) == 3
    printed = " ".join(capsys.readouterr().out.split())
    assert "their mean is a little too good" in printed


@pytest.mark.integration
def test_a_run_is_resumed_from_its_checkpoint(tmp_path: Path) -> None:
    kept = str(tmp_path / "run.safetensors")
    assert main(["train", "iris", "--no-health", "--epochs", "4", "--output", str(tmp_path / "whole")]) == 0
    assert (
        main(
            ["train", "iris", "--no-health", "--epochs", "2", "--checkpoint", kept, "--output", str(tmp_path / "half")]
        )
        == 0
    )
    arguments = ["--no-health", "--epochs", "4", "--checkpoint", kept, "--resume", "--output", str(tmp_path / "rest")]
    assert main(["train", "iris", *arguments]) == 0
    whole, rest = (nn.load_model(tmp_path / name / "model.safetensors").state_dict() for name in ("whole", "rest"))
    for name, array in whole.items():
        np.testing.assert_array_equal(rest[name], array)


@pytest.mark.integration
def test_a_table_whose_names_are_markup_is_shown_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = table(tmp_path / "<b>t.csv".replace("<b>", "b&"))
    assert main(["train", str(file), "--epochs", "2", "--output", str(tmp_path / "out")]) == 0
    assert "日本 [red]" in capsys.readouterr().out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<title>b&amp;t.csv: &lt;b&gt;$kind$&lt;/b&gt;</title>" in page
    assert "<script" not in page
    assert '<th scope="col">&lt;script&gt;alert(1)&lt;/script&gt;</th>' in page
    assert report(tmp_path / "out")["classes"] == sorted(HOSTILE)


def test_whole_numbers_are_numbers_unless_classes_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text("a,b\n" + "".join(f"{k},{k % 3}\n" for k in range(30)))
    found = read_source(str(file))
    assert (found.classes, found.targets.shape, found.outputs) == (None, (30, 1), 1)
    assert "for classes, --task classes" in found.note
    file.write_text("a,b\n" + "".join(f"{k},{k % 3 / 2}\n" for k in range(30)))
    assert "classes" not in read_source(str(file)).note
    file.write_text("a,b\n" + "".join(f"{k},{k % 11}\n" for k in range(33)))
    assert "classes" not in read_source(str(file)).note
    file.write_text("a,b\n" + "".join(f"{k},{k % 3}\n" for k in range(30)))
    found = read_source(str(file), "b", "classes")
    assert (found.classes, found.targets[:4].tolist(), found.outputs) == (["0", "1", "2"], [0, 1, 2, 0], 3)
    found = read_source(str(file), "0")
    assert (found.target, found.targets[:2].tolist(), found.features) == ("a", [[0.0], [1.0]], ["b"])


@pytest.mark.integration
def test_a_column_of_times_is_standardised_before_it_is_rounded_to_float32(tmp_path: Path) -> None:
    file, times = tmp_path / "times.csv", 1_700_000_000 + np.arange(60)
    file.write_text("time,class\n" + "".join(f"{t},{'late' if t > times[30] else 'early'}\n" for t in times))
    # In float32 these minutes are one and the same number.
    assert len(np.unique(times.astype(np.float32))) == 1
    assert main(["train", str(file), "--no-health", "--output", str(tmp_path)]) == 0
    assert report(tmp_path)["scores"]["accuracy"] > 0.9


@pytest.mark.night
@pytest.mark.integration
def test_mnists_files_are_trained_on(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for part, rows in (("train", 40), ("t10k", 20)):
        images, labels = rng.integers(0, 255, (rows, 28, 28), np.uint8), rng.integers(0, 10, rows).astype(np.uint8)
        head = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape)
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + images.tobytes()))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, rows) + labels.tobytes())
    assert main(["train", f"mnist:{tmp_path}", "--no-health", "--epochs", "1", "--output", str(tmp_path / "out")]) == 0
    assert report(tmp_path / "out")["rows"] == {"trained on": 40, "held out": 20}


@pytest.mark.integration
def test_many_classes_and_rows_make_a_page_that_can_be_read(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(2000, 2))
    rows = [["a", "b", "kind"], *([*row, f"kind {k % 400}"] for k, row in enumerate(x))]
    (tmp_path / "t.csv").write_text("\n".join(",".join(map(str, row)) for row in rows))
    train = ["train", str(tmp_path / "t.csv"), "--no-health", "--epochs", "1", "--output", str(tmp_path)]
    assert main(train) == 0
    page, told = (tmp_path / "report.html").read_text(), report(tmp_path)
    assert len(page) < 1_500_000
    assert "Of 400 classes these are the 40 with most mistakes: " in page
    assert "The most frequent mistakes" in page
    assert told["confusion"] is None
    assert sum(count for _, _, count in told["confusion pairs"]) == told["rows"]["held out"] == 400
    assert len((tmp_path / "report.json").read_text()) < 100_000


def test_pictures_of_many_rows_and_epochs_are_thinned() -> None:
    many = np.random.default_rng(0).normal(size=(50_000, 2))
    assert len(svg(residuals(many[:, 0], many[:, 1], "y"), "residuals")) < 2_000_000
    line = Figure()
    line.subplots().plot(many[:, 0])
    assert len(svg(line, "line")) < 200_000


@pytest.mark.integration
def test_the_page_is_whole_and_asks_for_nothing(tmp_path: Path, browser: Any) -> None:
    file = table(tmp_path / "t.csv")
    assert main(["train", str(file), "--epochs", "2", "--folds", "2", "--output", str(tmp_path)]) == 0
    for width, scheme in itertools.product((1280, 390), ("light", "dark")):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        requests, complaints = [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto((tmp_path / "report.html").as_uri())
        assert len(requests) == 1
        assert complaints == []
        assert page.locator("svg").count() == 4
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("summary").first.click()
        see_texts(page)
        paper = luminance(pixels(page)[2, 2])
        assert paper > 0.9 if scheme == "light" else paper < 0.1
        see_pictures(page)
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))
        page.close()


@pytest.mark.night
@pytest.mark.integration
def test_what_was_trained_is_written_also_where_nobody_reads_to_the_end(tmp_path: Path) -> None:
    run = "import sys; from autograd.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", run, "train", "iris", "--epochs", "1", "--output", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == FILES


@pytest.mark.integration
@pytest.mark.parametrize("at", [1, *(pytest.param(at, marks=pytest.mark.night) for at in (3, 4))])
def test_on_a_full_disk_nothing_is_written_and_nothing_lost(
    at: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, new = tmp_path / "there", tmp_path / "new"
    arguments = ["train", "iris", "--epochs", "1", "--no-health", "--output"]
    assert main([*arguments, str(there)]) == 0
    before = {file.name: file.read_bytes() for file in there.iterdir()}
    opened, count = os.open, [0]

    def full(name: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
        count[0] += os.fspath(name).startswith(str(tmp_path)) and bool(flags & os.O_CREAT)
        if count[0] == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(name, flags, mode, **options)

    for folder in (there, new):
        count[0] = 0
        with monkeypatch.context() as patched:
            patched.setattr(os, "open", full)
            assert main([*arguments, str(folder)]) == 2
        name = ["report.html", "report.json", "history.csv", "model.safetensors"][at - 1]
        told = capsys.readouterr()
        assert told.err == f"stepgrad: cannot write {folder / name}: No space left on device\n"
        assert "held out" in told.out, "what was found is printed all the same"
    assert {file.name: file.read_bytes() for file in there.iterdir()} == before
    assert not new.exists()


def test_names_of_a_table_do_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "t.csv"
    file.write_text("\x1b[2Ja,b\n1,2\n2,3\n")
    assert main(["train", str(file), "--target", "c"]) == 2
    printed = capsys.readouterr().err
    assert "it has \\x1b[2Ja, b" in printed
    assert "\x1b" not in printed


@pytest.mark.integration
def test_the_same_seed_gives_the_same_page_but_for_the_clock(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        assert main(["train", "iris", "--epochs", "1", "--output", str(tmp_path / name)]) == 0
        text = (tmp_path / name / "report.html").read_text()
        pages.append(re.sub(r"all 1 epochs, \S+ s|<td>[^<]*</td></tr>", "", text))
    assert pages[0] == pages[1]


def test_a_training_that_diverges_tells_its_health_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "diabetes", "--optimizer", "sgd", "--lr", "1e20", "--output", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert "learning rate too high" in printed.out
    assert printed.err.count("\n") == 1
    assert "before its step" in printed.err
    assert "a smaller --lr may help" in printed.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["irs"], "did you mean 'iris'?"),
        (["none.csv"], "there is no such file"),
        (["mnist:"], "mnist:DIR"),
        (["mnist:nowhere"], "nowhere has no train-images-idx3-ubyte"),
        (["iris", "--target", "1"], "--target and --task are for tables"),
        (["iris", "--optimizer", "adamm"], "did you mean 'adam'?"),
        (["iris", "--optimizer", "rprop", "--weight-decay", "1"], "takes no weight decay"),
        (["iris", "--activation", "tank"], "did you mean 'tanh'?"),
        (["iris", "--activation", "tanh,relu"], "1 layers, and 2 activations"),
        (["iris", "--hidden", "3,x"], "'x' is not a whole number"),
        (["iris", "--lr", "nan"], "'nan' is not a number above 0"),
        (["iris", "--weight-decay", "-1"], "'-1' is not a number from 0 on"),
        (["iris", "--test", "1"], "'1' is not a share between 0 and 1"),
        (["iris", "--test", "0.001"], "iris: split: 150 rows are too few for shares of 0.999 and 0.001"),
        (["iris", "--validation", "0.999"], "rows are too few"),
        (["iris", "--folds", "1"], "two folds at least"),
        (["iris", "--jobs", "0"], "'0' is not a whole number"),
        (["iris", "--resume"], "--resume needs --checkpoint FILE"),
        (["iris", "--checkpoint", "no/run"], "there is no folder no"),
        (["iris", "-o", "/dev/null/x"], "/dev/null is a file"),
        pytest.param(["iris", "-o", "/proc/x"], "/proc is not writable", marks=ON_LINUX),
        (["iris", "--hidden", "999999999999"], "out of memory: Unable to allocate"),
    ],
)
def test_bad_options_get_one_line_and_nothing_is_written(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", *arguments]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,b\n1,2\nfoo,3\n", [], "line 3: a is 'foo', not a number"),
        ("a,b\n1,x\n2,x\n", [], "is 'x' in every row: there is nothing to be learned"),
        ("a,b\n1,x\n2,x\n3,y\n", [], "class 'y' has one row"),
        ("a\n1\n2\n", [], "has one column"),
        ("a,b\n1,2\n2,3\n", [], "2 rows are too few"),
        ("a,b\n1,2\n2,3\n", ["--target", "c"], "no column 'c'; it has a, b"),
        ("a,b\n1,x\n2,y\n", ["--task", "numbers"], "they are classes, not numbers"),
        ("a,b\n1,7\n2,x\n3,x\n", ["--task", "numbers"], "has words, such as 'x'"),
        (
            "a,b\n1,7\n2,x\n3,x\n",
            [],
            "class '7' has one row; each needs two at least, to learn from and to be judged by; "
            "b has words too, such as 'x', so its numbers are classes",
        ),
        ("a,b\n1e300,2\n2,3\n", [], "has features beyond ±1e100"),
        ("a,b\n1,2e200\n2,3e200\n", [], "has a standard deviation of inf: give it in other units"),
        ("a,b\n1,2e-200\n2,3e-200\n", [], "has a standard deviation of 0: give it in other units"),
        ("", [], "is empty"),
    ],
)
def test_bad_tables_get_one_line_and_nothing_is_written(
    content: str, options: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(content)
    assert main(["train", str(file), *options, "--output", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
