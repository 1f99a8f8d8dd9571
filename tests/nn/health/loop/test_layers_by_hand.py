"""What a script computes by hand is layers to the experiments: products, looked-up rows, masks of dropout, norms over the batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from nn.health.frameworks.own import OwnNetwork
from nn.health.loop import diagnose_script
from nn.health.loop.bare import Replayed, read_bare
from nn.health.loop.layers_by_hand import DropoutMask, find_statistics

RNG = np.random.default_rng(0)


def leaf(*shape: int) -> Tensor:
    return Tensor(RNG.normal(size=shape), requires_grad=True)


def replay(answers: Any, x: Any, names: list[str], *leaves: Tensor) -> Replayed:
    scores = answers(x)
    found = read_bare(((scores - RNG.normal(size=scores.shape)) ** 2).mean())
    assert found is not None
    assert [id(each) for each in found.leaves] == [id(each) for each in leaves]
    found.names = names
    return Replayed(found)


def test_products_with_their_biases_are_layers_that_experiments_find() -> None:
    w1, b1, w2, b2 = leaf(3, 4), leaf(4), leaf(2, 4), leaf(2)
    x = RNG.normal(size=(8, 3))
    model = replay(lambda x: np.tanh(Tensor(x) @ w1 + b1) @ w2.T + b2, x, ["w1", "b1", "w2", "b2"], w1, b1, w2, b2)
    calls = OwnNetwork(model, None, None).calls(x)
    assert [(call.path, call.kind) for call in calls] == [("x @ w1", "Product"), ("x @ w2", "Product")]
    np.testing.assert_allclose(calls[0].output, x @ w1.data + b1.data)
    np.testing.assert_allclose(calls[1].input, np.tanh(calls[0].output))


def test_rows_of_a_table_are_a_layer() -> None:
    table, w = leaf(7, 2), leaf(2, 1)
    x = RNG.integers(0, 7, (8, 3))
    model = replay(lambda x: table[x].mean(axis=1) @ w, x, ["E", "w"], table, w)
    calls = OwnNetwork(model, None, None).calls(x)
    assert [(call.path, call.kind) for call in calls] == [("E[x]", "EmbeddingRead"), ("x @ w", "Product")]
    assert calls[0].output.shape == (8, 3, 2)


def test_weights_that_are_used_twice_are_two_layers() -> None:
    w, v = leaf(3, 3), leaf(3, 1)
    x = RNG.normal(size=(8, 3))
    model = replay(lambda x: np.tanh(np.tanh(Tensor(x) @ w) @ w) @ v, x, ["w", "v"], w, v)
    assert [call.path for call in OwnNetwork(model, None, None).calls(x)] == ["x @ w", "x @ w (2)", "x @ v"]


def test_a_mask_without_a_share_leaves_nothing_out() -> None:
    mask = DropoutMask(np.repeat([0.0, 4.0], [30, 10]).reshape(4, 10), 0, 0)
    assert mask.p == pytest.approx(0.75)
    assert set(np.unique(mask(200))) == {0.0, 4.0}
    assert (mask.eval()(5) == 1.0).all()
    mask.train().p = 0.0
    assert (mask(5) == 1.0).all()


def norm(h: Any, by: str) -> Any:
    if by == "sum":
        return h / h.sum(axis=0, keepdims=True)
    if by == "centre":
        return h - h.mean(axis=0)
    if by == "deviation":
        return (h - h.mean(axis=0)) / h.std(axis=0)
    centred = h - h.mean(axis=0, keepdims=True)
    squares = {"square": centred**2, "product": centred * centred}[by]
    return centred / ag.sqrt(squares.mean(axis=0, keepdims=True) + 1e-5)


@pytest.mark.parametrize(("by", "count"), [("square", 2), ("product", 2), ("deviation", 2), ("centre", 0), ("sum", 0)])
def test_what_a_batch_is_normalised_by_is_kept_for_other_rows(by: str, count: int) -> None:
    w, v = leaf(3, 4), leaf(4, 1)
    x = RNG.normal(size=(40, 3))
    found = read_bare(((norm(Tensor(x) @ w, by) @ v - RNG.normal(size=(40, 1))) ** 2).mean())
    assert found is not None
    assert len(find_statistics(found.order, found.inputs)) == count
    model = Replayed(found).eval()
    together, alone = model(x).data[:5], model(x[:5]).data
    assert np.allclose(together, alone) == (count > 0)


def test_averages_of_batches_go_on_in_training() -> None:
    w = leaf(3, 4)
    x = RNG.normal(size=(40, 3))
    found = read_bare(((norm(Tensor(x) @ w, "square") - RNG.normal(size=(40, 4))) ** 2).mean())
    assert found is not None
    model = Replayed(found)
    before = model.eval()(x).data
    model.train()
    for _ in range(60):
        model(x + 3.0)
    np.testing.assert_allclose(model.eval()(x + 3.0).data, before, rtol=0.02, atol=0.02)


SCRIPT = """
import numpy as np
import autograd as ag
from autograd import Tensor
rng = np.random.default_rng(0)
x = rng.normal(size=(300, 3))
y = (x[:, :1] * x[:, 1:2] > 0).astype(float)
w1, b1 = Tensor(0.6 * rng.normal(size=(3, 24)), requires_grad=True), Tensor(np.zeros(24), requires_grad=True)
w2, b2 = Tensor(0.3 * rng.normal(size=(24, 1)), requires_grad=True), Tensor(np.zeros(1), requires_grad=True)


def answer(rows):
    h = Tensor(rows) @ w1 + b1
    h = HIDDEN
    return h @ w2 + b2


for epoch in range(40):
    for rows in np.array_split(rng.permutation(300), 10):
        s = answer(x[rows])
        loss = (ag.logaddexp(0.0, s) - s * y[rows]).mean()
        for w in (w1, b1, w2, b2):
            w.grad = None
        loss.backward()
        for w in (w1, b1, w2, b2):
            w.data = w.data - 0.5 * w.grad
"""


@pytest.mark.parametrize(
    ("hidden", "cause"),
    [
        ("ag.relu(h)", "healthy"),
        ("h", "no activation"),
        ("ag.relu(h) * (rng.random(h.shape) < 0.04)", "too much dropout"),
        ("ag.relu((h - h.mean(axis=0)) / h.std(axis=0))", "healthy"),
    ],
)
def test_faults_of_layers_by_hand_are_told(hidden: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT.replace("HIDDEN", hidden))
    found = diagnose_script(path)
    assert found.cause == cause, str(found)
