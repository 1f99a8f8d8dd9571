"""How a comparison of optimizers is told: its table, its files and its picture, of courses made by hand."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import pytest
from rich.console import Console

from autograd.errors import UsageError
from nn.command import compare
from nn.command.course import Course
from nn.command.curves import COLOURS, STYLES, draw_courses
from nn.command.recipe import Recipe
from nn.command.source import read_source
from optim.registry import OPTIMIZERS, PRESETS

LEARNED = Course("adam", 0.01, [3.0, 2.0, 1.0], [3.5, 1.25, 1.5], [0.1, 0.75, 0.7])
LOST = Course("sgd", 10.0, [], [], [])


def test_the_best_epoch_is_that_of_the_least_loss_held_out() -> None:
    assert (LEARNED.best, LOST.best) == (2, 0)


def test_a_row_has_the_last_loss_and_what_was_best() -> None:
    assert compare._row(LEARNED) == ["adam", 0.01, 1.0, 1.25, 0.75, 2]
    assert compare._row(LOST) == ["sgd", 10.0, "", "", "", ""]


def test_epochs_are_a_table_with_two_columns_for_each() -> None:
    lines = compare._epochs([LEARNED, LOST], 3).decode().splitlines()
    assert lines == [
        "epoch,adam loss,adam val_loss,sgd loss,sgd val_loss", "1,3.0,3.5,,", "2,2.0,1.25,,", "3,1.0,1.5,,"
    ]  # fmt: skip


@pytest.mark.parametrize(("score", "heading"), [("r2", "R²"), ("accuracy", "accuracy")])
def test_the_table_of_the_terminal(score: str, heading: str) -> None:
    plan = Recipe((8, 4), ("relu",), epochs=3)
    table = compare._table([LEARNED, LOST], plan, read_source("iris"), score)
    assert table.title == "iris: 8-4, 3 epochs"
    assert [column.header for column in table.columns] == [
        "optimizer", "rate", "loss, last epoch", "best loss held out", "in epoch", heading
    ]  # fmt: skip
    assert [column.justify for column in table.columns] == ["left", *["right"] * 5]
    cells = [list(column.cells) for column in table.columns]
    assert [column[0] for column in cells] == ["adam", "0.01", "1.0000", "1.2500", "2", "0.750"]
    assert [column[1] for column in cells] == ["sgd", "10", "not finite: a smaller --lr may help", "", "", ""]
    assert str(compare._table([LOST], Recipe((), ("relu",)), read_source("iris"), score).title).startswith(
        "iris: no hidden"
    )


def test_optimizers_are_chosen_once_and_all_where_none_is_named() -> None:
    assert compare._choose(None, None) == list(OPTIMIZERS)
    assert compare._choose([], "keras") == list(PRESETS["keras"])
    assert compare._choose(["sgd", "adam", "sgd"], None) == ["sgd", "adam"]
    with pytest.raises(UsageError, match=r"there is no optimizer 'adan'.*adam"):
        compare._choose(["adan"], None)
    with pytest.raises(UsageError, match="there is no optimizer 'lion' in the preset 'slides'"):
        compare._choose(["lion"], "slides")


def test_curves_have_a_colour_and_a_style_each_and_the_title_is_text() -> None:
    courses = [Course(f"optimizer {k}", 0.1, [2.0, 1.0], [2.0, 1.5], [0.0, 0.0]) for k in range(len(COLOURS) + 1)]
    picture = draw_courses([*courses, LOST], "$x$ & <b>").decode()
    assert picture == draw_courses([*courses, LOST], "$x$ & <b>").decode()
    assert all(f">{course.name}<" in picture for course in [*courses, LOST])
    assert "$x$ &amp; &lt;b&gt;" in picture
    assert ">best first<" in picture
    styles = re.findall(r"stroke: (#[0-9a-f]{6})[^\"]*stroke-width: 1\.6", picture)
    assert set(styles) == set(COLOURS)
    # The ninth has the first one's colour, dashed.
    assert re.search(rf"stroke-dasharray[^\"]*stroke: {COLOURS[0]}; stroke-width: 1\.6", picture)
    assert (COLOURS[0], STYLES[:2]) == ("#0072b2", ("-", "--"))


def test_a_course_that_is_lost_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    better = Course("rprop", 0.01, [1.0], [1.0], [0.5])
    courses = {"adam": LEARNED, "sgd": LOST, "rprop": better}
    monkeypatch.setattr(compare, "_train", lambda source, plan, name, *_: courses[name])
    found = compare.compare_optimizers(
        "iris", Console(file=io.StringIO()), tmp_path / "out", names=["sgd", "adam", "rprop"], recipe={"epochs": 1}
    )
    assert [course.name for course in found] == ["rprop", "adam", "sgd"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["curves.svg", "epochs.csv", "optimizers.csv"]
    head = (tmp_path / "out" / "optimizers.csv").read_text().splitlines()[0]
    assert head == "optimizer,lr,loss,val_loss,accuracy,epoch"
    assert math.isfinite(found[0].judged[0])


@pytest.mark.parametrize(
    ("activation", "hidden", "kept"),
    [
        (("relu",), (4, 4, 4), ("relu",)),
        (("relu", "tanh"), (4, 4, 4), ("tanh",)),
        (("relu", "tanh"), None, ("relu", "tanh")),
        (("relu", "tanh", "gelu"), (4,), ("gelu",)),
    ],
)
def test_other_hidden_layers_keep_the_last_activation_of_a_recipe(activation: Any, hidden: Any, kept: Any) -> None:
    assert Recipe((8,) * len(activation), activation).replaced_by(hidden=hidden).activation == kept
