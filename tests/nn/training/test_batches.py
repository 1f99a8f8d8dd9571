"""Data of a run: arrays, loaders and iterables, and what is wrong with them, told before anything is trained or written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.training.batches import are_arrays

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(50, 3)).astype(np.float32), RNG.integers(0, 3, 50)


class Pairs:
    """Batches that can be gone through again."""

    def __init__(self, *batches: Any) -> None:
        self.batches = batches

    def __iter__(self) -> Iterator[Any]:
        return iter(self.batches)


def weights(data: Any, **options: Any) -> np.ndarray:
    model = nn.Linear(3, 3, rng=0)
    nn.fit(model, data, epochs=2, batch_size=8, **options)
    return model.weight.data


def test_the_same_batches_however_they_are_given() -> None:
    whole = weights((X, Y))
    loader = nn.DataLoader(X, Y, batch_size=8, shuffle=True, seed=0)
    np.testing.assert_array_equal(weights(loader), whole)
    np.testing.assert_array_equal(weights((X.astype(np.float64), Y.tolist())), whole)
    np.testing.assert_array_equal(weights((Tensor(X), Y)), whole)
    assert not np.array_equal(weights((X, Y), seed=1), whole)
    cut = [(X[i : i + 8], Y[i : i + 8]) for i in range(0, 50, 8)]
    in_order = weights(nn.DataLoader(X, Y, batch_size=8))
    np.testing.assert_array_equal(weights(cut), in_order)
    np.testing.assert_array_equal(weights(Pairs(*cut)), in_order)
    np.testing.assert_array_equal(weights(nn.DataLoader(Pairs(*zip(X, Y, strict=True)), batch_size=8)), in_order)


def test_a_loader_goes_on_where_its_own_orders_stand() -> None:
    """fit looks at the first rows before it begins, which draws no order."""

    class Orders(Pairs):
        def __init__(self) -> None:
            self.rng = np.random.default_rng(0)

        def __iter__(self) -> Iterator[Any]:
            order = self.rng.permutation(50)
            return ((X[order[i : i + 8]], Y[order[i : i + 8]]) for i in range(0, 50, 8))

    np.testing.assert_array_equal(weights(Orders()), weights((X, Y)))


def test_a_share_for_validation_has_every_class_and_no_row_of_the_rest() -> None:
    labels = np.repeat([0, 1, 2], [30, 15, 5])
    x = np.arange(50.0)[:, None]
    seen: dict[bool, set[float]] = {True: set(), False: set()}

    class Watching(nn.Linear):
        def forward(self, x: Any) -> Any:
            seen[self.training] |= set(np.ravel(x).tolist())
            return super().forward(x)

    nn.fit(
        Watching(1, 3), (x, labels), validation=0.2, epochs=1, callbacks=[Forget(seen)], metrics=["confusion_matrix"]
    )
    assert len(seen[True]) == 40
    assert len(seen[False]) == 10
    assert not seen[True] & seen[False]
    assert sorted(labels[int(row)] for row in seen[False]) == [0] * 6 + [1] * 3 + [2]


def test_a_share_of_whole_numbers_that_are_no_classes() -> None:
    history = nn.fit(nn.Linear(3, 1, rng=0), (X, np.arange(50)), loss="mse", validation=0.2, epochs=1)
    assert np.isfinite(history["val_loss"]).all()


class Forget(nn.Callback):
    """What was seen before the run, when the loss was tried."""

    def __init__(self, seen: dict[bool, set[float]]) -> None:
        self.seen = seen

    def on_begin(self, run: nn.Run) -> None:
        self.seen[False].clear()


def spoilt(place: tuple[int, ...], value: float) -> np.ndarray:
    x = X.copy()
    x[place] = value
    return x


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((X, Y[:-1]), "data: 50 rows of inputs and 49 of targets; they must be as many"),
        ((X[:0], Y[:0]), "data: it is empty"),
        ([], "data: it is empty"),
        ((spoilt((7, 2), np.nan), Y), "data: the inputs have nan in row 7, column 2"),
        ((spoilt((7, 2), -np.inf), Y), "data: the inputs have -inf in row 7, column 2"),
        ((X, np.where(np.arange(50) == 9, np.nan, 1.0)), "data: the targets have nan in row 9;"),
        ((X, np.array(["a", "b"] * 25)), r"the targets must be numbers, got <U1; for classes, np.unique"),
        ((np.ma.masked_greater(X, 1.0), Y), "data: the inputs are masked in places"),
        (
            (X * np.float64(1e300), Y),
            "data: the inputs have -?inf in row 0, column 0 once they are float32, as the model is",
        ),
        ((X, X * np.float64(1e300)), "data: the targets have -?inf in row 0, column 0 once they are float32"),
        (
            (X, Y[:, None]),
            r"class numbers of shape \(50, 1\) do not belong together; where they are one column, y.ravel()",
        ),
        ([X.tolist(), Y.tolist()], r"must be a pair .* got 50 parts; all inputs and all targets are a tuple, \(x, y\)"),
        ((X, 3), "the targets are a single number"),
        ((([[1.0], [1.0, 2.0]]), [0, 1]), "the inputs are not an array"),
        (iter([(X, Y)]), "data: list_iterator can be gone through once only"),
        (3, "data: expected .* not int"),
        ("iris.csv", "data: expected .* not str"),
        ([(X, Y, Y)], "data: batch 1 must be a pair of inputs and targets, got 3 parts"),
        ([X], "data: batch 1 must be a pair of inputs and targets, got ndarray"),
        (nn.DataLoader(X), "the DataLoader has 1 arrays; inputs and targets are two"),
        (nn.DataLoader(X, Y, batch_size=64, drop_last=True), "drop_last leaves nothing of 50 rows in batches of 64"),
        ((X[:, :2], Y), r"Linear: expected"),
    ],
)
def test_data_that_cannot_be_used(data: Any, message: str, tmp_path: Path) -> None:
    model = nn.Linear(3, 3, rng=0)
    before = model.state_dict()
    with pytest.raises((ValueError, TypeError), match=message):
        nn.fit(model, data, checkpoint=tmp_path / "run.safetensors", logs=tmp_path / "run.csv")
    assert not list(tmp_path.iterdir()), "nothing was written"
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_batch_that_cannot_be_used_is_named() -> None:
    with pytest.raises(ValueError, match=r"data: 50 rows of inputs and 49 of targets in batch 2"):
        nn.fit(nn.Linear(3, 3), [(X, Y), (X, Y[:-1])])
    with pytest.raises(
        FloatingPointError, match="fit stopped at epoch 1, batch 2: the inputs of the batch have nan in row 7"
    ):
        nn.fit(nn.Linear(3, 3), [(X, Y), (spoilt((7, 2), np.nan), Y)])


def test_validation_that_cannot_be_used() -> None:
    for validation, message in (
        (np.float32(1.5), "validation must be between 0 and 1, got 1.5"),
        (1.5, "as a share, validation must be between 0 and 1, got 1.5"),
        ((X, Y[:3]), "validation: 50 rows of inputs and 3 of targets"),
        ((spoilt((1, 0), np.nan), Y), "validation: the inputs have nan in row 1, column 0"),
    ):
        with pytest.raises(ValueError, match=message):
            nn.fit(nn.Linear(3, 3), (X, Y), validation=validation)
    with pytest.raises(TypeError, match=r"validation=0.2 takes a share of arrays; where the data is list"):
        nn.fit(nn.Linear(3, 3), [(X, Y)], validation=0.2)


@pytest.mark.parametrize(
    ("data", "are"),
    [
        ((X, X), True),
        ([X, X], True),
        ((X.tolist(), X.tolist()), True),
        ([X.tolist(), X.tolist()], False),
        (((X, X), (X, X)), False),
        ([(X, X), (X, X)], False),
        ((X, X, X), False),
        ((X,), False),
        (X, False),
        (iter([X, X]), False),
    ],
)
def test_inputs_and_targets_are_told_from_two_batches(data: Any, are: bool) -> None:
    assert are_arrays(data) is are
