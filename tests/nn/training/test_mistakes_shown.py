"""What is shown of the worst rows: the table, the confusion, and the pictures, of mistakes written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.training.mistakes import MAX_CLASSES, Mistake, Mistakes
from tests.figures import describe
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"
LOSSES = np.array([9.0, 0.125, 2.0, 0.5])
CONFUSION = np.array([[5, 0, 1], [2, 3, 0], [0, 0, 0]])
FEW = np.array([[0, 1], [0, 0]])


def mistakes(
    rows: list[Mistake], inputs: Any, sensitivity: Any = (), confusion: np.ndarray | None = None, losses: Any = LOSSES
) -> Mistakes:
    return Mistakes(rows, np.asarray(losses), confusion, np.asarray(sensitivity, float), np.asarray(inputs, float))


CLASSES = mistakes(
    [Mistake(3, 9.0, 0, 2, 0.987), Mistake(12, 2.0, 1, 5, None)],
    np.arange(12.0).reshape(2, 6), [0.5, 0.0, 3.0, 1.0, 2.0, 0.25], CONFUSION,
)  # fmt: skip
NUMBERS = mistakes(
    [Mistake(0, 9.0, np.arange(4.0) / 3.0, np.arange(5.0), None), Mistake(1, 1e-5, -30.0, 2.5, None)],
    [[1.0], [2.0]],
    [4.0],
    losses=[*LOSSES, np.inf],
)
IMAGES = mistakes(
    [Mistake(1, 9.0, 1, 0, 0.5), Mistake(0, 1234.5, 2, 1, 0.25)],
    np.arange(128.0).reshape(2, 64),
    np.arange(64.0),
    CONFUSION,
)
FLAT = mistakes([Mistake(0, 0.0, 1, 1, 1.0)], np.ones((1, 1, 2, 2)), (), FEW, losses=[0.0, 0.0])


def test_the_tables_of_mistakes() -> None:
    assert_text(TEXTS / "mistakes.txt", f"{CLASSES}\n\n{NUMBERS}\n\n{FLAT}")


@pytest.mark.filterwarnings("error")
def test_the_figures_of_mistakes() -> None:
    figures = CLASSES.figure(["no", "yes"]), NUMBERS.figure(), IMAGES.figure(["a", "b", "c"]), FLAT.figure()
    # A histogram has forty bars.
    shown = (
        "\n".join(line for line in describe(f).splitlines() if "bar" not in line or "× 0" not in line) for f in figures
    )
    assert_text(TEXTS / "mistakes_figures.txt", "\n\n".join(shown))


@pytest.mark.parametrize(("count", "is_shown"), [(MAX_CLASSES, True), (MAX_CLASSES + 1, False)])
def test_of_many_classes_no_table_and_no_numbers_are_shown(count: int, is_shown: bool) -> None:
    many = mistakes([Mistake(0, 1.0, 0, 1, 0.5)], [[1.0]], (), np.eye(count, dtype=int))
    assert ("taken for each class" in str(many)) is is_shown
    _, matrix = many.figure().axes
    assert bool(matrix.texts) is is_shown
    assert len(matrix.get_xticks()) == count * is_shown
