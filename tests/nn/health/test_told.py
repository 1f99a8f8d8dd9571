"""What the rules about losses, outputs, rows and structures tell, as whole texts, and what is just not told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor
from nn.health.evidence import data, structure
from nn.health.evidence import loss as of_loss
from nn.health.evidence.facts import Facts
from nn.health.finding import Finding
from nn.health.frameworks.own import OwnNetwork
from nn.health.scores import Judge
from nn.health.subject import Subject
from tests.nn.health.measured import layer, step
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = RNG.normal(size=(40, 1)).astype(np.float32)
CLASSES = np.arange(40) % 2


def linear(n: int, m: int, **options: Any) -> nn.Linear:
    return nn.Linear(n, m, rng=0, **options)


def subject(
    model: nn.Module, y: Any = Y, loss: Any = None, x: np.ndarray = X, size: int = 16, **options: Any
) -> Subject:
    parameters = list(model.parameters())
    stepping = optim.SGD(parameters, lr=0.1, **options) if parameters else SimpleNamespace(param_groups=[])
    return Subject(OwnNetwork(model, loss or nn.MSELoss(), stepping), x, np.asarray(y), None, size, True, None, 20, 0)


def asked(kind: str, loss: Any = None, y: Any = (), link: str = "numbers", **others: Any) -> Any:
    """As far as a rule looks at a subject."""
    network = SimpleNamespace(loss=loss or nn.MSELoss(), optimizer=SimpleNamespace(param_groups=[]))
    return SimpleNamespace(
        judge=SimpleNamespace(kind=kind, link=link, arrange=None), network=network, y=np.asarray(y), **others
    )


def facts(outputs: Any = ((0.0,),), **others: Any) -> Facts:
    return Facts(np.asarray(outputs, float), [], **{"last_activation": "net.3", **others})


class Leaky(nn.Module):
    """Parts that no attribute registers."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(linear(3, 3))
        self.layers = [linear(3, 3), [linear(3, 3)]]
        self.by_name = {"a": (1, (nn.Parameter(np.zeros(2)), 2))}
        self.inner[0].scale = Tensor(np.ones(1), requires_grad=True)
        self.numbers = [1, 2, [3, "x"]]
        self._hidden = [linear(3, 3)]

    def forward(self, x: Any) -> Any:
        return self.inner(x)


def per_column(o: Any, y: Any) -> Any:
    """The cross-entropy of a softmax along the batch."""
    return -o.log_softmax(0)[np.arange(len(y)), y].mean()


def found_in_losses() -> Iterable[tuple[str, Iterable[Finding]]]:
    shares = np.array([[0.25, 0.75], [0.5, 0.5]])
    down = np.array([[0.25, 0.5], [0.75, 0.5]])
    yield "maximize", of_loss.find_maximised(subject(linear(3, 1), maximize=True))
    yield (
        "steps",
        of_loss.find_flat_loss(subject(linear(3, 1), loss=lambda o, y: (o - o + o.data.round()).mean()), Y, Y),
    )
    yield (
        "broadcast",
        of_loss.find_broadcast(subject(linear(3, 1), Y[:, 0], lambda o, y: ((o - y) ** 2).mean()), Y[:8], Y[:8, 0]),
    )
    yield "one unit", of_loss.find_one_unit(asked("classes"), facts([[1.0]], last_kind="LogSoftmax"))
    yield "one unit of a loss", of_loss.find_one_unit(asked("classes", nn.CrossEntropyLoss()), facts([[1.0]]))
    yield "two softmaxes", of_loss.find_doubled(asked("classes"), facts([[1.0, 0.0]], doubled="softmax"))
    yield "two sigmoids", of_loss.find_doubled(asked("labels"), facts([[1.0]], doubled="sigmoid", last_activation=None))
    yield (
        "shares for logarithms",
        of_loss.find_probabilities_for_logarithms(asked("classes", nn.NLLLoss()), facts(shares)),
    )
    yield "a softmax down", of_loss.find_softmax_over_rows(facts(down))
    yield (
        "a softmax down in a loss",
        of_loss.find_softmax_over_rows_in_loss(
            subject(linear(3, 2), CLASSES, per_column), RNG.normal(size=(8, 2)).astype(np.float32), CLASSES[:8]
        ),
    )
    several = [[1.0, 1.0], [1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
    yield "several labels", of_loss.find_output_range(asked("labels", y=several), facts(last_kind="Softmax"))
    yield (
        "out of range",
        of_loss.find_output_range(asked("numbers", y=[-2.0, 0.0, 0.5, 3.5]), facts(last_kind="Tanh")),
    )
    yield (
        "a wrong sign",
        of_loss.find_by_descent(
            subject(linear(3, 1), loss=lambda o, y: -((o - y) ** 2).mean()), Y[::-1].copy(), Y, None
        ),
    )
    yield (
        "a wrong sign within bounds",
        of_loss.find_by_descent(
            subject(linear(3, 1), Y > 0, lambda o, y: ((o + y - 1.0) ** 2).mean()),
            np.full_like(Y, 0.5),
            Y > 0,
            (0.0, 1.0),
        ),
    )
    yield (
        "no bound",
        of_loss.find_by_descent(
            subject(linear(3, 2), CLASSES, lambda o, y: -o[np.arange(len(y)), y].mean()),
            np.zeros((40, 2), np.float32),
            CLASSES,
            None,
        ),
    )
    yield (
        "targets ignored",
        of_loss.find_ignored_targets(subject(linear(3, 1), loss=lambda o, y: (o * o).mean()), Y, X[:, :1]),
    )


def found_in_structures() -> Iterable[tuple[str, Iterable[Finding]]]:
    yield "unregistered", structure.find_unregistered(subject(Leaky()).network)
    mixing = nn.Sequential(linear(3, 2))
    mixing[0].register_forward_hook(lambda _, inputs, output: output - output.mean(axis=0))
    yield "rows mixed", structure.find_mixed_rows(subject(mixing), facts())
    frozen = linear(3, 1)
    frozen.requires_grad_(False)
    yield "frozen", no_graph(frozen)
    yield "cut off", no_graph(linear(3, 1), lambda o, y: ((o.data - y) ** 2).mean())
    dead = layer("1", alive=np.zeros(4, bool), samples=16)
    yield "a dead layer", structure.find_dead_layer(facts(dead=1.0, dead_path="1", measure=step(layers=(dead,))))
    for values in (1, 2):
        normed = facts()
        normed.calls = [SimpleNamespace(path="2", kind="BatchNorm1d", input=np.zeros((9, 4)), module=None)]  # type: ignore[list-item]
        yield f"norm of {values}", structure.find_pairs_normalised(subject(linear(3, 1), size=values), normed)
    constant = nn.Sequential(linear(3, 2))
    constant[0].register_forward_hook(lambda _, inputs, output: output * 0.0)
    yield "inputs unused", structure.find_unused_inputs(subject(constant))
    in_order = subject(linear(3, 2), np.arange(40) // 20, nn.CrossEntropyLoss(), size=8)
    in_order.shuffle = False
    yield "rows in order", data.find_order(in_order)


def no_graph(model: nn.Module, loss: Any = None) -> Iterable[Finding]:
    network = OwnNetwork(model, loss or nn.MSELoss(), SimpleNamespace(param_groups=[{"params": []}]))
    return structure.find_no_graph(network, X, Y)


def describe(found: Finding) -> str:
    numbers = ", ".join(f"{name} {number:.4g}" for name, number in found.evidence.items())
    site = f"\n  at: {found.place.module} {found.place.op}" if found.place.module or found.place.op else ""
    return f"{found.cause} in {found.path!r}: {found.sentence}.{site}\n  fix: {found.fix}.\n  {numbers}"


@pytest.mark.parametrize(("name", "found"), [("losses", found_in_losses), ("structures", found_in_structures)])
def test_what_the_rules_tell(name: str, found: Any) -> None:
    lines = [f"[{case}]\n" + "\n".join(describe(finding) for finding in findings) for case, findings in found()]
    assert all(len(line.splitlines()) > 2 for line in lines), "each tells something"
    assert_text(TEXTS / f"{name}.txt", "\n\n".join(lines))


def causes(found: Iterable[Finding]) -> list[str]:
    return [finding.cause for finding in found]


def test_what_is_no_softmax_along_the_batch() -> None:
    down = np.array([[0.25, 0.5], [0.75, 0.5]])
    for outputs, adds_up in (
        (down, True),
        (np.log(down), True),
        (down[:, :1], False),
        (down[0], False),
        (np.array([[0.5, 0.5], [0.5, 0.5]]), False),
        (np.array([[0.5, 0.5002], [0.5, 0.4999]]), False),
        (down + 0.01, False),
        (np.full((2, 2), np.nan), False),
        (np.array([[0.0, 1.0], [1.0, 0.0]]), False),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), True),
    ):
        assert of_loss.adds_up_over_rows(outputs) is adds_up


@pytest.mark.parametrize(
    ("loss", "y", "outputs", "told"),
    [
        (per_column, CLASSES, RNG.normal(size=(8, 2)), True),
        (nn.CrossEntropyLoss(), CLASSES, RNG.normal(size=(8, 2)), False),
        (lambda o, y: -o.log_softmax(1)[np.arange(len(y)), y].mean(), CLASSES, RNG.normal(size=(8, 2)), False),
        (per_column, CLASSES, RNG.normal(size=(1, 2)), False),
    ],
)
def test_an_own_loss_whose_softmax_runs_along_the_batch(loss: Any, y: Any, outputs: np.ndarray, told: bool) -> None:
    found = of_loss.find_softmax_over_rows_in_loss(
        subject(linear(3, 2), y, loss), outputs.astype(np.float32), y[: len(outputs)]
    )
    assert causes(found) == ["softmax over rows"] * told


@pytest.mark.parametrize(
    ("outputs", "targets", "loss", "told"),
    [
        ((2, 1), (2,), lambda o, y: ((o - y) ** 2).mean(), True),
        ((1, 1), (1,), lambda o, y: ((o - y) ** 2).mean(), False),
        ((6, 1), (6,), lambda o, y: ((o[:, 0] - y) ** 2).mean(), False),
        ((6, 1), (6, 1), lambda o, y: ((o - y) ** 2).mean(), False),
        ((6, 2), (6,), lambda o, y: o.mean(), False),
        ((6, 1), (6,), lambda o, y: 1 / 0, False),
    ],
)
def test_which_shapes_broadcast(outputs: Any, targets: Any, loss: Any, told: bool) -> None:
    y = RNG.normal(size=targets).astype(np.float32)
    made = subject(linear(3, outputs[1]), y, loss, X[: targets[0]])
    # Its kind is that of numbers, whatever the loss does.
    made.judge = Judge("numbers", "numbers", np.zeros(1), lambda o, y: 0.0)
    found = list(of_loss.find_broadcast(made, RNG.normal(size=outputs).astype(np.float32), y))
    assert causes(found) == ["shapes broadcast"] * told


def test_a_flat_loss_changes_with_the_outputs() -> None:
    for loss, told in (
        (lambda o, y: (o - o + o.data.round()).mean(), True),
        (lambda o, y: (o * 0.0).mean(), False),
        (lambda o, y: (o - y).abs().mean(), False),
        (lambda o, y: (o - o).mean() + np.float32(math.inf), False),
        (nn.MSELoss(), False),
    ):
        assert causes(of_loss.find_flat_loss(subject(linear(3, 1), loss=loss), Y, Y)) == ["missing gradients"] * told
    steps = subject(linear(3, 1), loss=lambda o, y: (o - o + o.data.round()).mean())
    assert causes(of_loss.find_flat_loss(steps, np.full_like(Y, np.nan), Y)) == []
    assert causes(of_loss.find_flat_loss(steps, np.ones((40, 1), int), Y)) == []


@pytest.mark.parametrize(
    ("doubled", "units", "told"), [("softmax", 2, True), ("softmax", 1, False), ("sigmoid", 1, True)]
)
def test_probabilities_of_one_unit_are_doubled_by_a_sigmoid_alone(doubled: str, units: int, told: bool) -> None:
    made = facts(np.ones((2, units)), doubled=doubled)
    assert causes(of_loss.find_doubled(asked("labels"), made)) == ["double softmax"] * told
    assert causes(of_loss.find_doubled(asked("labels"), facts(np.ones((2, units))))) == []


def test_parts_are_looked_for_three_lists_deep() -> None:
    for depth, told in ((3, True), (4, True), (5, False)):
        model = nn.Sequential(linear(3, 1))
        nested: Any = linear(3, 3)
        for _ in range(depth):
            nested = [nested]
        model[0].others = nested
        assert causes(structure.find_unregistered(subject(model).network)) == ["unregistered parameters"] * told
    assert causes(structure.find_unregistered(subject(nn.Sequential(linear(3, 1))).network)) == []


def mixing(change: Any) -> nn.Module:
    model = nn.Sequential(linear(3, 2))
    model[0].register_forward_hook(lambda _, inputs, output: change(output))
    return model


@pytest.mark.parametrize(
    ("change", "rows", "told"),
    [
        (lambda o: o - o.mean(axis=0), 16, True),
        (lambda o: o - o.mean(axis=0), 15, False),
        (lambda o: o, 16, False),
        # What only comes from rows before, or after.
        (lambda o: o + o[:1].sum(), 16, True),
        (lambda o: o + o[-1:].sum(), 16, True),
        (lambda o: o[:4], 16, False),
        (lambda o: o + 1e-5 * o.mean(), 16, False),
    ],
)
def test_rows_that_are_mixed(change: Any, rows: int, told: bool) -> None:
    made = subject(mixing(change), Y[:rows], x=X[:rows])
    assert causes(structure.find_mixed_rows(made, facts())) == ["rows mixed"] * told
    # A softmax along the batch has a finding of its own.
    assert causes(structure.find_mixed_rows(made, facts([[0.25, 0.5], [0.75, 0.5]]))) == []


@pytest.mark.parametrize(
    ("kind", "shape", "size", "training", "told"),
    [
        ("BatchNorm1d", (9, 4), 2, True, True),
        ("BatchNorm1d", (9, 4), 3, True, False),
        ("BatchNorm1d", (9, 4, 2), 1, True, True),
        ("BatchNorm2d", (9, 4, 2, 2), 1, True, False),
        ("BatchNorm1d", (9, 4), 2, False, False),
        ("LayerNorm", (9, 4), 1, True, False),
    ],
)
def test_values_that_a_batch_norm_sees(kind: str, shape: Any, size: int, training: bool, told: bool) -> None:
    made = facts()
    calls: Any = [
        SimpleNamespace(path="2", kind=kind, input=np.zeros(shape), module=SimpleNamespace(training=training))
    ]
    made.calls = calls
    found = causes(structure.find_pairs_normalised(subject(linear(3, 1), size=size), made))
    assert found == ["normalisation of one row"] * told


def test_a_layer_is_dead_that_has_no_unit_left() -> None:
    half = layer("1", alive=np.array([True, False]))
    assert causes(structure.find_dead_layer(facts(dead=0.99, dead_path="1", measure=step(layers=(half,))))) == []
    assert causes(structure.find_dead_layer(facts(dead=1.0, dead_path="1"))) == []


def test_inputs_are_used_by_whatever_changes_with_them() -> None:
    for change, told in ((lambda o: o * 0.0, True), (lambda o: o, False), (lambda o: (o * 0.0)[:1], False)):
        assert causes(structure.find_unused_inputs(subject(mixing(change)))) == ["inputs unused"] * told
    numbers = subject(nn.Sequential(nn.Embedding(5, 2, rng=0)), x=np.arange(40) % 5)
    assert causes(structure.find_unused_inputs(numbers)) == []


@pytest.mark.parametrize(
    ("y", "size", "shuffle", "told"),
    [
        (np.arange(40) // 20, 8, False, True),
        (np.arange(40) // 20, 8, True, False),
        # Half of the batches are of one class.
        (np.arange(40) // 20, 30, False, False),
        (np.arange(40) // 20, 15, False, True),
        (np.arange(40) % 2, 1, False, False),
        (np.zeros(40, int), 8, False, False),
    ],
)
def test_rows_that_come_class_by_class(y: np.ndarray, size: int, shuffle: bool, told: bool) -> None:
    made = subject(linear(3, 2), y, nn.CrossEntropyLoss(), size=size)
    made.shuffle = shuffle
    assert causes(data.find_order(made)) == ["rows not shuffled"] * told
    labels = subject(linear(3, 1), y[:, None].astype(np.float32), nn.BCEWithLogitsLoss(), size=size)
    labels.shuffle = shuffle
    assert causes(data.find_order(labels)) == ["rows not shuffled"] * told
    numbers = subject(linear(3, 1), size=size)
    numbers.shuffle = shuffle
    assert causes(data.find_order(numbers)) == []


@pytest.mark.parametrize(
    ("label", "in_order"),
    [
        ([0] * 10 + [1] * 10, False),
        ([0] * 20 + [1] * 20, True),
        # A change in twenty steps is a tenth of what a random order has; fewer are few.
        ([0] * 10 + [1] * 11, False),
        ([0] * 11 + [1] * 11, True),
        ([0], False),
        ([], False),
        ([3] * 50, False),
    ],
)
def test_classes_in_order(label: list[int], in_order: bool) -> None:
    assert data.are_in_order(np.array(label)) is in_order
