"""What the graph of a loss shows of a model that nobody wrote as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from nn.health.loop import diagnose_script
from nn.health.loop.bare import Replayed, read_bare
from nn.health.loop.naming import name_leaves
from nn.health.loop.replay import replay_several

RNG = np.random.default_rng(0)
X, Y = Tensor(RNG.normal(size=(6, 3))), Tensor(RNG.uniform(size=(6, 2)))


@pytest.mark.parametrize(
    "loss",
    [
        lambda scores: ((scores - Y) ** 2).mean(),
        lambda scores: ((ag.sigmoid(scores) - Y) ** 2).mean(),
        lambda scores: -(Y * np.log(ag.sigmoid(scores))).mean(),
        lambda scores: -(Y * ag.log_softmax(scores, axis=1)).mean(),
        lambda scores: -(Y * np.log(np.clip(ag.softmax(scores, axis=1), 1e-9, 1.0))).mean(),
        lambda scores: -(Y * np.log((p := ag.sigmoid(scores)) + 1e-6) + (1 - Y) * np.log(1 - p + 1e-6)).mean(),
    ],
    ids=["numbers", "shares", "likelihood", "logarithms", "clipped", "both ways"],
)
def test_the_output_is_what_stands_before_shares_and_their_logarithms(loss: Callable[[Any], Any]) -> None:
    first, second = (Tensor(RNG.normal(size=size), requires_grad=True) for size in ((3, 4), (4, 2)))
    scores = np.tanh(X @ first) @ second
    found = read_bare(loss(scores))
    assert found is not None
    assert found.output is scores
    assert [id(node) for node in found.inputs] == [id(X)]
    assert [id(leaf) for leaf in found.leaves] == [id(first), id(second)]


def test_a_penalty_on_the_weights_hides_no_output() -> None:
    """Of both p and 1 - p there are logarithms, and the loss reads the weights once more for their size."""
    first, second = leaf(3, 4), leaf(4, 2)
    p = ag.sigmoid(np.tanh(X @ first) @ second)
    cost = -(Y * np.log(p + 1e-9) + (1 - Y) * np.log(1 - p + 1e-9)).mean()
    loss = cost + 0.1 * ((first**2).sum() + (second**2).sum())
    found = read_bare(loss)
    assert found is not None
    assert found.output is p.parents[0]
    assert replay_several(loss, [found.output]) is not None


def test_what_scores_are_made_of_data_alone_is_no_model() -> None:
    assert read_bare((X * Y[:, :1]).sum()) is None


def leaf(*shape: int) -> Tensor:
    return Tensor(RNG.normal(size=shape), requires_grad=True)


def test_rows_may_be_columns() -> None:
    """`W @ X + b` with a column for each example, as courses write it; a sum is divided by how many there are."""
    x, y = RNG.normal(size=(5, 12)), RNG.integers(0, 2, (1, 12)).astype(float)
    w1, b1, w2, b2 = leaf(4, 5), leaf(4, 1), leaf(1, 4), leaf(1, 1)

    def answers(x: Any) -> Any:
        return w2 @ np.tanh(w1 @ x + b1) + b2

    def cost(scores: Any, y: Any) -> Any:
        a = ag.sigmoid(scores)
        return -(y * np.log(a + 1e-7) + (1 - y) * np.log(1 - a + 1e-7)).sum() / y.shape[1]

    scores = answers(Tensor(x))
    loss = cost(scores, y)
    found = read_bare(loss)
    assert found is not None
    assert found.output is scores
    assert found.axes == (1, 1)
    np.testing.assert_array_equal(found.read_inputs(), x.T)
    model, some = Replayed(found), slice(2, 9)
    np.testing.assert_allclose(model(x.T[some]).data, answers(x[:, some]).data.T)
    replayed = replay_several(loss, [scores], across=True)
    assert replayed is not None
    function, (first, second) = replayed
    np.testing.assert_array_equal(np.sort([first, second], axis=0), np.sort([y.T, 1 - y.T], axis=0))
    for part in (slice(None), some):
        given = Tensor(scores.data.T[part])
        assert function(given, first[part], second[part]).item() == pytest.approx(
            cost(scores[:, part], y[:, part]).item()
        )


def test_times_may_be_constants_each_and_stand_before_the_rows() -> None:
    x, y = RNG.normal(size=(3, 8, 2)), RNG.normal(size=(3, 8))
    w, u, v = leaf(2, 4), leaf(4, 4), leaf(4, 1)

    def answers(x: Any) -> Any:
        h, made = Tensor(np.zeros((x.shape[1], 4))), []
        for one in Tensor(x):
            h = np.tanh(one @ w + h @ u)
            made.append(h @ v)
        return ag.stack(made)[:, :, 0]

    scores = answers(x)
    found = read_bare(((scores - y) ** 2).mean())
    assert found is not None
    assert len(found.inputs) == 3
    assert found.axes == (0, 1)
    rows = x.swapaxes(0, 1)
    np.testing.assert_array_equal(found.read_inputs(), rows)
    np.testing.assert_allclose(Replayed(found)(rows[:5]).data, answers(x[:, :5]).data.T)


def test_what_is_left_out_by_hand_is_drawn_anew_and_nothing_is_in_evaluation() -> None:
    x, y, w, v = RNG.normal(size=(40, 3)), RNG.normal(size=(40, 1)), leaf(3, 50), leaf(50, 1)
    mask = RNG.random((40, 50)) < 0.8
    found = read_bare((((np.tanh(Tensor(x) @ w) * mask / 0.8) @ v - y) ** 2).mean())
    assert found is not None
    assert len(found.masks) == 1
    model = Replayed(found)
    assert not np.array_equal(model(x).data, model(x).data)
    np.testing.assert_allclose(model.eval()(x).data, (np.tanh(x @ w.data) * mask.mean() / 0.8) @ v.data)


COURSE = """
import numpy as np
import autograd as ag
from autograd import Tensor
rng = np.random.default_rng(0)
X = rng.normal(size=(4, 300)).astype(np.float32)
Y = (X[:1] * X[1:2] > 0).astype(np.float32)
parameters = {
    "W1": Tensor(rng.normal(size=(16, 4)).astype(np.float32), requires_grad=True),
    "b1": Tensor(np.zeros((16, 1), np.float32), requires_grad=True),
    "W2": Tensor(0.3 * rng.normal(size=(1, 16)).astype(np.float32), requires_grad=True),
    "b2": Tensor(np.zeros((1, 1), np.float32), requires_grad=True),
}
for i in range(400):
    A1 = np.tanh(parameters["W1"] @ Tensor(X) + parameters["b1"])
    A2 = ag.sigmoid(parameters["W2"] @ A1 + parameters["b2"])
    cost = -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)).sum() / X.shape[1]
    for p in parameters.values():
        p.grad = None
    cost.backward()
    for p in parameters.values():
        p.data = p.data MOVE * p.grad
"""


@pytest.mark.integration
def test_a_network_of_columns_is_tried(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    for move, cause in (("- 1.0", "healthy"), ("+ 1.0", "loss maximised"), ("- 30.0", "learning rate too high")):
        path.write_text(COURSE.replace("MOVE", move))
        assert diagnose_script(path, quick=True).cause == cause


def test_as_many_rows_as_columns_are_told_apart_by_what_half_of_them_gives() -> None:
    x, w1, w2 = RNG.normal(size=(6, 6)), leaf(4, 6), leaf(1, 4)
    scores = w2 @ np.tanh(w1 @ Tensor(x))
    found = read_bare(((scores - RNG.normal(size=(1, 6))) ** 2).mean())
    assert found is not None
    assert found.axes == (1, 1)
    w3, w4 = leaf(6, 6), leaf(6, 6)
    found = read_bare(((np.tanh(Tensor(x) @ w3) @ w4 - RNG.normal(size=(6, 6))) ** 2).mean())
    assert found is not None
    assert found.axes == (0, 0)


def test_times_of_as_many_rows_are_told_from_rows() -> None:
    x, w, u, v = RNG.normal(size=(5, 5, 2)), leaf(2, 4), leaf(4, 4), leaf(4, 1)
    h, made = Tensor(np.zeros((5, 4))), []
    for one in Tensor(x):
        h = np.tanh(one @ w + h @ u)
        made.append(h @ v)
    found = read_bare(((ag.stack(made)[:, :, 0] - RNG.normal(size=(5, 5))) ** 2).mean())
    assert found is not None
    assert found.axes == (0, 1)


def test_padding_and_features_of_zeros_and_ones_are_not_what_is_left_out_by_chance() -> None:
    x, y, w, v = RNG.normal(size=(40, 6, 3)), RNG.normal(size=(40, 1)), leaf(3, 8), leaf(8, 1)
    there = (np.arange(6) < RNG.integers(1, 7, 40)[:, None]).astype(float)[:, :, None]
    hidden = np.tanh(Tensor(x) @ w) * Tensor(there)
    found = read_bare(((hidden.sum(axis=1) @ v - y) ** 2).mean())
    assert found is None or not found.masks
    flags, slopes = (RNG.random((40, 3)) < 0.5).astype(float), leaf(3)
    found = read_bare((((Tensor(flags) * slopes).sum(axis=1, keepdims=True) - y) ** 2).mean())
    assert found is not None
    assert not found.masks
    np.testing.assert_array_equal(found.read_inputs(), flags)


def test_leaves_are_called_what_the_script_calls_them() -> None:
    class Layer:
        def __init__(self) -> None:
            self.W, self.b = leaf(3, 3), leaf(3)

    Layer.__module__ = "__main__"
    x, one, two, forward, w1, w2 = Tensor(RNG.normal(size=(7, 3))), Layer(), Layer(), leaf(3, 3), leaf(3, 3), leaf(3, 3)
    scores = x
    for weight, bias in ((one.W, one.b), (two.W, two.b), (forward, 0.0), (w1, 0.0), (w2, 0.0)):
        scores = np.tanh(scores @ weight + bias)
    found = read_bare((scores * scores).sum(), scores)
    assert found is not None
    names = {"layers": [one, two], "forward": forward, "net": {"W1": w1}, "rest": [None, (w2, 3)]}
    found.names = name_leaves(found.sources, names, [])
    assert [name for name, _ in Replayed(found).named_parameters()] == [
        "layers[0] W", "layers[0] b", "layers[1] W", "layers[1] b", "leaf4", "W1", "rest[1][0]",
    ]  # fmt: skip
    np.testing.assert_allclose(Replayed(found)(x.data[:3]).data, scores.data[:3])


ZEROS = """
import numpy as np
from autograd import Tensor
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 4)).astype(np.float32)
Y = np.sin(X[:, :1])
weights = [Tensor(np.zeros(shape, np.float32), requires_grad=True) for shape in ((4, 16), (16, 1))]
for i in range(200):
    loss = ((np.tanh(Tensor(X) @ weights[0]) @ weights[1] - Y) ** 2).mean()
    for w in weights:
        w.grad = None
    loss.backward()
    for w in weights:
        w.data = w.data - 0.1 * w.grad
"""


def test_weights_of_zeros_are_called_by_name_and_no_step_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(ZEROS)
    found = diagnose_script(path, quick=True)
    assert [finding.cause for finding in found.findings] == ["identical units"]
    assert found.findings[0].sentence.startswith("all 16 units of weights[0] have the same weights")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("step", "cause"), [("- 0.5 *", "healthy"), ("- 1e-5 *", "learning rate too low"), ("+ 0.5 *", "loss maximised")]
)
def test_weights_that_each_step_makes_anew_are_one_run(step: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    anew = "    loss.backward()\n    weights = [Tensor(w.data STEP w.grad, requires_grad=True) for w in weights]\n"
    text = ZEROS[: ZEROS.index("    for w in weights:")] + anew.replace("STEP", step)
    path.write_text(text.replace("np.zeros(shape, np.float32)", "0.3 * rng.normal(size=shape).astype(np.float32)"))
    assert diagnose_script(path).cause == cause


def test_a_name_breaks_no_line_and_steers_no_terminal() -> None:
    w = leaf(3, 1)
    assert name_leaves([w], {"weights": {"a\nb\x1b[31m": w}}, []) == ["a\\nb\\x1b[31m"]


@pytest.mark.parametrize(("weights", "axes"), [((1, 1), (1, 1)), ((9, 9), (0, 0))])
def test_one_row_of_numbers_is_a_column_of_many_where_each_is_answered_alone(
    weights: tuple[int, int], axes: tuple[int, int]
) -> None:
    x = Tensor(np.linspace(0.0, 3.0, 9)[None])
    w, c = Tensor(np.full(weights, 0.3), requires_grad=True), Tensor(np.zeros((1, 1)), requires_grad=True)
    out = (w @ x if weights == (1, 1) else x @ w) + c
    found = read_bare(((out - 2.0 * x.data) ** 2).mean(), out)
    assert found is not None
    assert found.axes == axes
