"""Loops of single numbers, as micrograd's: their graph is lifted to arrays, and they are diagnosed as any other."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value
from nn.health.loop import diagnose_script, watch_script
from nn.health.loop.bare import as_layers, read_scalars
from nn.health.loop.replay import replay_several
from nn.health.loop.scalars import Lifter, find_trained, lift
from nn.scalar import MLP
from tests.sweep import sweep

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(5, 3)).tolist()
SIGNS = [1.0, -1.0, -1.0, 1.0, -1.0]


def penalty(model: MLP) -> Any:
    return 1e-2 * sum(p * p for p in model.parameters())


# A loss of answers and targets, and a penalty beside it.
LOSSES: dict[str, Callable[[MLP, list[Any]], Any]] = {
    "sum": lambda model, made: sum((y - a) ** 2 for a, y in zip(made, SIGNS, strict=True)),
    "mean": lambda model, made: sum((a - y) ** 2 for a, y in zip(made, SIGNS, strict=True)) / len(made),
    "margins and a penalty": lambda model, made: (
        sum((1 + -y * a).relu() for a, y in zip(made, SIGNS, strict=True)) * (1.0 / len(made)) + penalty(model)
    ),
    "a penalty first": lambda model, made: (
        penalty(model) + sum((a - y) ** 2 for a, y in zip(made, SIGNS, strict=True)) / len(made)
    ),
    "a sum that starts with a Value, over one": lambda model, made: (
        sum(((a - y) ** 2 for a, y in zip(made, SIGNS, strict=True)), Value(0.0)) / Value(5.0)
    ),
    "times a Value": lambda model, made: Value(0.2) * sum((a - y) ** 2 for a, y in zip(made, SIGNS, strict=True)),
    "likelihood": lambda model, made: (
        -sum(
            (y > 0) * a.sigmoid().log() + (1 - (y > 0)) * (1 - a.sigmoid()).log()
            for a, y in zip(made, SIGNS, strict=True)
        )
    ),
}


@pytest.mark.parametrize("name", list(LOSSES))
def test_a_loss_of_numbers_is_lifted_to_one_of_arrays(name: str) -> None:
    model = MLP(3, [4, 4, 1], activation="tanh", rng=0)
    made = [model(row) for row in ROWS]
    loss = LOSSES[name](model, made)
    found = lift([loss], find_trained(loss))
    assert found is not None
    assert found.loss.item() == pytest.approx(loss.data)
    np.testing.assert_allclose(found.output.data, [a.data for a in made])
    assert {id(p) for p in found.sources} == {id(p) for p in model.parameters()}
    loss.backward()
    found.loss.backward()
    np.testing.assert_allclose([leaf.grad for leaf in found.leaves], [p.grad for p in found.sources], rtol=1e-10)


def test_layers_are_read_and_answer_as_the_numbers_do() -> None:
    model = MLP(3, [4, 2, 1], activation="relu", rng=0)
    loss = LOSSES["mean"](model, [model(row) for row in ROWS])
    found = read_scalars(lift([loss], find_trained(loss)), [])
    assert found is not None
    bare, rows, _ = found
    assert [(len(layer.weights), layer.activation) for layer in bare.layers] == [(4, "relu"), (2, "relu"), (1, "")]
    np.testing.assert_array_equal(rows, ROWS)
    others = RNG.normal(size=(7, 3))
    answers = as_layers(bare.layers)(others).data
    np.testing.assert_allclose(answers[:, 0], [model(row).data for row in others.tolist()])


def test_inputs_may_be_values_and_stay_from_pass_to_pass() -> None:
    model = MLP(3, [4, 1], rng=0)
    rows, targets = [[Value(x) for x in row] for row in ROWS], [Value(y) for y in SIGNS]
    loss = sum((model(x) - y) ** 2 for x, y in zip(rows, targets, strict=True))
    found = lift([loss], find_trained(loss))
    assert found is not None
    assert {id(p) for p in found.sources} == {id(p) for p in model.parameters()}
    assert len(found.columns) == 3


def test_losses_of_one_row_are_lifted_together() -> None:
    model, lifter = MLP(3, [4, 1], rng=0), Lifter()
    rows, targets = RNG.normal(size=(9, 3)).tolist(), [*SIGNS, *SIGNS[1:]]
    losses = [(model(x) - y) ** 2 for x, y in zip(rows, targets, strict=True)]
    found = [lifter.lift(loss) for loss in losses]
    # Of few rows a column may be the same number by chance.
    assert found[:7] == [None] * 7
    last = found[-1]
    assert last is not None
    assert last.rows == 1
    np.testing.assert_allclose(last.output.data, [model(row).data for row in rows])
    assert last.loss.item() == pytest.approx(np.mean([loss.data for loss in losses]))


def test_what_is_not_computed_alike_is_not_lifted() -> None:
    model = MLP(3, [4, 1], rng=0)
    made = [model(row) for row in ROWS]
    # Rows of two kinds that have numbers of their own, and the same row again and again.
    for loss in (
        sum((a - 1.0) ** 2 for a in made[:3]) / 3 + sum((a + 1.0) ** 2 for a in made[3:]) / 2,
        sum((a - y) ** 2 if y > 2 else (a - y).exp() for a, y in zip(made, range(5), strict=True)),
        sum((model(ROWS[0]) - 1.0) ** 2 for _ in range(5)),
    ):
        assert lift([loss], find_trained(loss)) is None


def softmax(scores: list[Any]) -> list[Any]:
    powers = [score.exp() for score in scores]
    return [power / sum(powers) for power in powers]


# How each class of rows has a loss of its own, as by an index or a branch.
BRANCHES: dict[str, tuple[int, Callable[[Any, int], Any], list[int]]] = {
    "one share or the other": (1, lambda a, y: -(a.sigmoid() if y else 1 - a.sigmoid()).log(), [1, 0, 0, 1, 0]),
    "a share by its number": (3, lambda scores, y: -softmax([2.0 * a for a in scores])[y].log(), [2, 0, 1, 1, 0]),
    "no row of a class": (3, lambda scores, y: -softmax(scores)[y].log(), [2, 0, 0, 2, 0]),
}


@pytest.mark.parametrize("name", list(BRANCHES))
def test_ways_of_computing_a_loss_are_classes(name: str) -> None:
    count, cost, targets = BRANCHES[name]
    model = MLP(3, [4, count], activation="tanh", rng=0)
    made = [model(row) for row in ROWS]
    loss = sum(cost(a, y) for a, y in zip(made, targets, strict=True)) / len(made) + penalty(model)
    found = read_scalars(lifted := lift([loss], find_trained(loss)), [])
    assert lifted is not None
    assert found is not None
    assert lifted.loss.item() == pytest.approx(loss.data)
    bare, _, output = found
    assert [len(layer.weights) for layer in bare.layers] == [4, count]
    loss.backward()
    lifted.loss.backward()
    np.testing.assert_allclose([leaf.grad for leaf in lifted.leaves], [p.grad for p in lifted.sources], rtol=1e-10)
    replayed = replay_several(lifted.loss, [output])
    assert replayed is not None
    told = replayed[1][0] if count > 1 else max(replayed[1], key=lambda one: float(one @ np.array(targets)))
    np.testing.assert_array_equal(told.argmax(axis=1) if count > 1 else told, targets)


def test_units_that_share_a_weight_are_no_layers_and_answer_all_the_same() -> None:
    w, v = Value(0.5), Value(-0.3)
    loss = sum(((w * x[0]).tanh() * v + (w * x[1]).tanh() * v - y) ** 2 for x, y in zip(ROWS, SIGNS, strict=True))
    lifted = lift([loss], find_trained(loss))
    assert lifted is not None
    assert lifted.layers == []
    np.testing.assert_allclose(
        lifted.output.data, [v.data * (np.tanh(w.data * a) + np.tanh(w.data * b)) for a, b, _ in ROWS]
    )


def test_what_goes_past_a_hidden_unit_makes_no_layers() -> None:
    """An input beside a unit that has an activation, as in a recurrence of numbers, is no unit of its layer."""
    w, v, u = Value(0.5), Value(-0.3), Value(0.1)
    loss = sum(((w * x[0] + v * (u * x[1]).tanh()).tanh() - y) ** 2 for x, y in zip(ROWS, SIGNS, strict=True))
    lifted = lift([loss], find_trained(loss))
    assert lifted is not None
    assert lifted.layers == []


def test_shares_are_the_answers_of_layers_that_end_with_them(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        WAYS.replace("START", "random.uniform(-1, 1)")
        .replace("(4 * n(x))", "n(x)")
        .replace("n = MLP([2, 6, 1])", "from nn.scalar import MLP as Net\nn = Net(2, [6, 1], rng=0)")
    )
    seen = watch_script(path, steps=10)
    right = Tensor(np.asarray(seen.targets, np.float64).clip(0.01, 0.99))
    assert seen.loss(right, seen.targets).item() == pytest.approx(-np.log(0.99))


LECTURE = """
import random
from autograd import Value
random.seed(1337)


class Neuron:
    def __init__(self, nin):
        self.w = [Value(START) for _ in range(nin)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class MLP:
    def __init__(self, sizes):
        self.layers = [[Neuron(nin) for _ in range(nout)] for nin, nout in zip(sizes, sizes[1:])]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self):
        return [p for layer in self.layers for neuron in layer for p in neuron.parameters()]


n = MLP([3, 4, 4, 1])
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
for k in range(100):
    ypred = [n(x) for x in xs]
    loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred))
    for p in n.parameters():
        p.grad = 0.0
    loss.backward()
    for p in n.parameters():
        p.data += -0.1 * p.grad
"""
ZEROED = "    for p in n.parameters():\n        p.grad = 0.0\n"
MOVED = "    for p in n.parameters():\n        p.data += -0.1 * p.grad\n"
SUMMED = LECTURE[LECTURE.index("    ypred") : LECTURE.index(ZEROED)]
# What is changed in the lecture's loop, and what is told of it.
FAULTS: dict[str, tuple[str, str, str]] = {
    "as it is": ("", "", "healthy"),
    "never zeroed": (ZEROED, "", "gradients not zeroed"),
    "zeroed too early": (f"{ZEROED}    loss.backward()\n", f"    loss.backward()\n{ZEROED}", "gradients cleared before the step"),
    "never moved": (MOVED, "", "step missing"),
    "moved up": ("+= -0.1", "+= 0.1", "loss maximised"),
    "moved hardly": ("+= -0.1", "+= -1e-9", "learning rate too low"),
    "moved too far": ("+= -0.1", "+= -10", "learning rate too high"),
    "biases stay": ("return self.w + [self.b]", "return self.w", "parameters left out"),
    "made in the loop": ("for k in range(100):\n", "for k in range(100):\n    n = MLP([3, 4, 4, 1])\n", "model made anew"),
    "all alike": ("START", "0.3", "identical units"),
    "all zero": ("START", "0.0", "identical units"),
    "cut off": ("n(x) for x in xs]\n    loss", "Value(n(x).data) for x in xs]\n    loss", "missing gradients"),
    "targets out of reach": ("ys = [1.0, -1.0, -1.0, 1.0]", "ys = [9.0, -9.0, -9.0, 9.0]", "output range"),
    "signs times a number": ("(yout - ygt) ** 2", "(1 + (-3 * ygt * yout).exp()).log()", "healthy"),
    "a sign turned, and a rate": (
        "(yout - ygt) ** 2 for ygt, yout in zip(ys, ypred))",
        "(1 + ygt * yout).relu() for ygt, yout in zip(ys, ypred))\n    rate = 0.1\n    n.layers[0][0].b.data += -rate * 0.0",
        "loss maximised",
    ),
    "a row at a time": (SUMMED, "    loss = (n(xs[k % 4]) - ys[k % 4]) ** 2\n", "healthy"),
}  # fmt: skip


def write(path: Path, name: str) -> Path:
    old, new, _ = FAULTS[name]
    text = LECTURE.replace(old, new) if old else LECTURE
    assert text != LECTURE or not old
    path.write_text(text.replace("START", "random.uniform(-1, 1)"))
    return path


@pytest.mark.integration
@pytest.mark.parametrize("name", sweep(FAULTS, 9))
def test_the_lectures_loop_and_what_goes_wrong_in_it(name: str, tmp_path: Path) -> None:
    assert diagnose_script(write(tmp_path / "train.py", name)).cause == FAULTS[name][2]


WAYS = (
    LECTURE[: LECTURE.index("n = MLP(")]
    + """
import numpy as np
n = MLP([2, 6, 1])
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2))
Y = (X[:, 0] + X[:, 1] > 0).astype(int)
for k in range(60):
    shares = [(4 * n(x)).sigmoid() for x in X]
    loss = -sum(p.log() if y else (1 - p).log() for p, y in zip(shares, Y)) / len(Y)
    for p in n.parameters():
        p.grad = 0.0
    loss.backward()
    for p in n.parameters():
        p.data -= 0.5 * p.grad
"""
)


@pytest.mark.integration
def test_classes_by_a_branch_are_tried_and_few_rows_held_back_are_no_proof_of_too_close_a_fit(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(WAYS.replace("START", "random.uniform(-1, 1)"))
    assert diagnose_script(path).cause == "healthy"
    path.write_text(WAYS.replace("START", "random.uniform(-1, 1)").replace("-= 0.5", "-= 1e-6"))
    assert diagnose_script(path).cause == "learning rate too low"


TURNS = """
import random
from autograd import Value
from nn.scalar import MLP
random.seed(5)
nets = [MLP(1, [4, 1], activation="tanh") for _ in range(2)]
xs = [k / 10 for k in range(-10, 11)]
for step in range(20):
    for net, target in zip(nets, (lambda x: x * x, lambda x: 2 * x)):
        loss = sum((net([x]) - target(x)) ** 2 for x in xs) / len(xs)
        net.zero_grad()
        loss.backward()
        for p in net.parameters():
            p.data -= 0.2 * p.grad
"""


def test_two_networks_in_turn_are_neither_drawn_anew_nor_given_other_targets(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(TURNS)
    seen = watch_script(path)
    assert seen.findings == []
    assert not seen.is_whole


def test_rows_that_come_one_by_one_in_any_order_are_all_read(tmp_path: Path) -> None:
    """Of the first few all targets, or one column, may be the same number."""
    rows = "    loss = (n(xs[k // 6 % 4]) - ys[k // 6 % 4]) ** 2\n"
    path = tmp_path / "train.py"
    path.write_text(LECTURE.replace(SUMMED, rows).replace("START", "random.uniform(-1, 1)"))
    seen = watch_script(path)
    assert seen.is_whole
    assert seen.inputs is not None
    assert seen.inputs.shape == (4, 3)


def test_weights_that_are_left_out_say_nothing_of_the_rate_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        LECTURE.replace(
            "for p in n.parameters():\n        p.data", "for p in n.layers[-1][0].parameters():\n        p.data"
        ).replace("START", "random.uniform(-1, 1)")
    )
    seen = watch_script(path, steps=30)
    assert [found.cause for found in seen.findings] == ["parameters left out"]
    assert seen.optimizer.param_groups[0]["lr"] == pytest.approx(0.1)
    path.write_text("# They are frozen on purpose.\nfrozen = True\n" + path.read_text())
    assert watch_script(path, steps=30).findings == []


def test_the_first_mistake_of_the_lecture_is_seen_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "train.py", "never zeroed")
    (found,) = watch_script(path, steps=10).findings
    assert found.cause == "gradients not zeroed"
    assert found.place.line is not None
    assert found.place.line.line == "loss.backward()"


def test_weights_are_called_what_the_script_calls_them(tmp_path: Path) -> None:
    (found,) = watch_script(write(tmp_path / "train.py", "biases stay"), steps=10).findings
    assert "9 of 41 weights get gradients" in found.sentence
    assert "n.layers[0][0].b" in found.sentence


def test_nothing_of_the_script_is_changed() -> None:
    """Neither the weights and gradients that it has, nor Python's random numbers."""
    random.seed(3)
    model = MLP(3, [4, 1], rng=0)
    loss = LOSSES["mean"](model, [model(row) for row in ROWS])
    loss.backward()
    before = [(p.data, p.grad) for p in model.parameters()]
    state = random.getstate()
    found = read_scalars(lift([loss], find_trained(loss)), [])
    assert found is not None
    as_layers(found[0].layers)(np.ones((2, 3))).sum().backward()
    assert [(p.data, p.grad) for p in model.parameters()] == before
    assert random.getstate() == state
