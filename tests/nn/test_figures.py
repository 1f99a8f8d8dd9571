"""What is drawn of trainings, of first layers, and of answers: every figure for small given numbers, as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.command.figures import MAX_DOTS, MAX_POINTS, confusion_matrix, residuals, svg
from nn.health.first_layer import FirstLayer
from nn.picture import Picture
from nn.training.history import History
from nn.training.rate_curve import RateCurve
from tests.figures import describe
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"
NAN = math.nan


def first_layer(*shape: int, path: str = "0", kind: str = "Linear") -> FirstLayer:
    count = math.prod(shape)
    return FirstLayer(path, kind, np.linspace(-1.0, 0.5, count).reshape(shape) if count else np.zeros(shape))


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("table", lambda: first_layer(2, 3).figure(["age", "x" * 21, "y" * 20])),
        ("table_without_names", lambda: first_layer(3, 2, path="").figure(["age"])),
        ("images", lambda: first_layer(3, 36, path="net.1").figure()),
        ("kernels", lambda: first_layer(2, 2, 1, 2, kind="Conv2d").figure()),
        ("kernels_along", lambda: first_layer(2, 1, 3, kind="Conv1d").figure()),
        ("zeros", lambda: FirstLayer("0", "Linear", np.zeros((1, 2))).figure(["a", "b"])),
        ("not_finite", lambda: FirstLayer("0", "Linear", np.array([[1.0, np.inf]])).figure(["a", "b"])),
    ],
)
def test_figures_of_first_layers(name: str, draw: Callable[[], Picture]) -> None:
    assert_text(TEXTS / f"first_layer_{name}.txt", describe(draw()))


@pytest.mark.parametrize(
    ("units", "inputs", "size", "title"),
    [
        (64, 25, (0.3 * 25 + 2.4, 8.0), "Linear 0"),
        (65, 25, (0.3 * 25 + 2.4, 8.0), "Linear 0, the first 64 of 65 units"),
        (10, 40, (12.0, 0.12 * 10 + 1.8), "Linear 0"),
    ],
)
def test_sizes_of_figures_of_first_layers(units: int, inputs: int, size: Any, title: str) -> None:
    drawn = first_layer(units, inputs).figure([f"f{k}" for k in range(inputs)])
    assert (drawn.get_figwidth(), drawn.get_figheight()) == pytest.approx(size)
    assert drawn._suptitle.get_text() == title  # type: ignore[attr-defined]
    assert np.shape(drawn.axes[0].collections[0].get_array()) == (min(units, 64), inputs)


def test_names_of_features_are_written_up_to_forty() -> None:
    for count, label in ((40, ""), (41, "input")):
        place = first_layer(1, count).figure(["f"] * count).axes[0]
        assert place.get_xlabel() == label


def test_names_of_a_user_are_no_formulas() -> None:
    residual = residuals(np.array([1.0, 2.0]), np.array([1.5, 1.0]), "$y$")
    confusion = confusion_matrix(np.array([[1, 1], [0, 3]]), ["a", "$b$"])
    layer = first_layer(2, 3, path="$net$").figure(["age", "$x$", "z"])
    axes = [place.xaxis for place in (*residual.axes, confusion.axes[0], layer.axes[0])]
    axes += [place.yaxis for place in (residual.axes[0], confusion.axes[0])]
    texts = [text for axis in axes for text in (axis.label, *axis.get_ticklabels())] + [layer._suptitle]  # type: ignore[attr-defined]
    named = [text for text in texts if "$" in text.get_text() and "mathdefault" not in text.get_text()]
    assert [text.get_text() for text in named] == [
        "predicted $y$",
        "predicted $y$",
        "$b$",
        "$x$",
        "true $y$",
        "$b$",
        "Linear $net$",
    ]
    assert not any(text.get_parse_math() for text in named)


def rows(count: int, **columns: list[float]) -> list[dict[str, float]]:
    epochs = (
        {"epoch": k + 1, **{name: column[k % len(column)] for name, column in columns.items()}} for k in range(count)
    )
    return [{name: number for name, number in row.items() if not math.isnan(number)} for row in epochs]


HISTORIES = {
    "losses": History(
        rows(3, loss=[3.0, 2.0, 0.2], val_loss=[3.5, NAN, 0.5], lr=[0.1, 0.05, 0.025]), monitor="val_loss"
    ),
    "metrics": History(
        rows(
            4,
            loss=[-1.0, 0.5, 0.25, 20.0],
            accuracy=[0.5, 0.6, 0.75, 0.7],
            val_accuracy=[0.4, 0.5, 0.5, 1.0],
            f1=[0.0, 0.25, 0.5, 0.5],
            r2=[-0.5, 0.0, 0.5, 0.9],
            seconds=[1.0],
            lr=[0.0],
        ),
        monitor="val_accuracy",
        mode="max",
    ),
    "one_epoch": History(rows(1, loss=[2.0], lr=[0.1])),
    "twelve_epochs": History(rows(12, loss=[2.0])),
    "thirteen_epochs": History(rows(13, loss=[2.0], lr=[1e-3, 5.1e-3]), monitor="val_loss"),
    "not_finite": History(rows(3, loss=[1.0, math.inf, NAN]), monitor="val_loss"),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_figures_of_histories(name: str) -> None:
    assert_text(TEXTS / f"history_{name}.txt", describe(HISTORIES[name].plot()))


def test_as_many_panels_stand_side_by_side_as_there_is_room_for() -> None:
    for count, size in ((2, (9.2, 3.6)), (4, (17.6, 3.6)), (5, (17.6, 7.2))):
        drawn = History(rows(2, **{f"measure {k}": [2.0, 3.0] for k in range(count)})).plot()
        assert (drawn.get_figwidth(), drawn.get_figheight()) == pytest.approx(size)
        assert len(drawn.axes) == count
        assert [axes.get_title(loc="left") for axes in drawn.axes] == [f"measure {k}" for k in range(count)]


def test_an_axis_is_logarithmic_where_numbers_are_far_apart() -> None:
    for losses, scale in (
        ([1.0, 10.0], "linear"),
        ([1.0, 10.5], "log"),
        ([0.0, 10.5], "linear"),
        ([NAN, 2.0], "linear"),
    ):
        assert History(rows(2, loss=losses)).plot().axes[0].get_yscale() == scale
    for rates, scale in (([1.0, 5.0], "linear"), ([1.0, 5.1], "log")):
        assert History(rows(2, loss=[1.0], lr=rates)).plot().axes[1].get_yscale() == scale


def test_figures_of_rate_curves() -> None:
    rates, losses = np.array([1e-3, 1e-2, 1e-1]), np.array([3.0, 2.0, 9.0])
    curve = RateCurve(rates, losses, np.array([2.5, 0.5, 5.0]), 0.0123, "it falls")
    flat = RateCurve(rates, losses, np.ones(3), 0.1, "it does not fall")
    assert_text(TEXTS / "rate_curves.txt", "\n\n".join(describe(c.plot().figure) for c in (curve, flat)))
    assert str(curve) == "learning rate 0.012: it falls"


def test_figures_of_confusion() -> None:
    three = confusion_matrix(np.array([[3, 1, 0], [2, 2, 0], [0, 0, 0]]), ["a", "long name", "z" * 25])
    two = confusion_matrix(np.array([[5, 0], [3, 1]]), ["yes", "no"])
    assert_text(TEXTS / "confusion.txt", f"{describe(three)}\n\n{describe(two)}")


@pytest.mark.parametrize(
    ("count", "side", "named", "numbered"), [(20, 10.2, 20, 20), (21, 10.62, 21, 0), (41, 12.0, 0, 0)]
)
def test_cells_of_many_classes_have_no_numbers_and_of_more_no_names(
    count: int, side: float, named: int, numbered: int
) -> None:
    drawn = confusion_matrix(np.eye(count, dtype=int), [f"c{k}" for k in range(count)])
    (axes,) = drawn.axes
    assert (drawn.get_figwidth(), drawn.get_figheight()) == pytest.approx((side + 0.6, side))
    assert [label.get_text() for label in axes.get_xticklabels()].count("c0") == bool(named)
    assert [label.get_text() for label in axes.get_yticklabels()].count(f"c{count - 1}") == bool(named)
    assert len(axes.texts) == numbered


def test_figures_of_residuals() -> None:
    drawn = residuals(np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0]), "y" * 25)
    assert_text(TEXTS / "residuals.txt", describe(drawn))
    for count, shown in ((MAX_DOTS, MAX_DOTS), (MAX_DOTS + 1, MAX_DOTS)):
        true = np.arange(float(count))
        left, right = residuals(true + 1.0, true, "y").axes
        assert len(left.collections[0].get_offsets()) == len(right.collections[0].get_offsets()) == shown
        predicted, is_true = np.asarray(left.collections[0].get_offsets()).T
        np.testing.assert_array_equal(is_true, predicted - 1.0)
        assert len(set(predicted)) == shown


@pytest.mark.parametrize(
    ("count", "kept"), [(MAX_POINTS, MAX_POINTS), (MAX_POINTS + 1, 501), (3 * MAX_POINTS, MAX_POINTS)]
)
def test_lines_of_many_points_are_thinned_in_a_page(count: int, kept: int) -> None:
    drawn = Picture()
    (line,) = drawn.subplots().plot(np.arange(count), np.zeros(count))
    element = svg(drawn, "a line")
    assert len(np.asarray(line.get_xdata())) == kept
    assert element.startswith('<svg role="img" aria-label="a line" ')
    assert "<metadata" not in element
    assert 'id="a-line-figure_1"' in element
    assert element == svg(drawn, "a line")
