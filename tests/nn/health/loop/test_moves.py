"""How weights move from pass to pass, what a script's text says of its loops, and losses that are read off a graph."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.health.loop import replay
from nn.health.loop.ledger import Call, Iteration, Ledger
from nn.health.loop.moves import MOST_COMPARED, Moves
from nn.health.loop.text import meant_epochs, sliced_names

NAN = float("nan")
KIT: Any = SimpleNamespace(
    parameters=lambda model: model.weights, value=lambda p: p.value, gradient=lambda p: p.gradient
)

RNG = np.random.default_rng(0)


def model(*values: Any) -> Any:
    weights = [SimpleNamespace(value=np.array(v, float), gradient=None) for v in values]
    return SimpleNamespace(weights=weights)


def optimizer(made: Any) -> Any:
    return SimpleNamespace(param_groups=[{"params": made.weights}])


def watch(made: Any) -> Moves:
    """The first pass of a model has been seen."""
    moves = Moves(KIT, Ledger())
    first = moves.compare(made)
    assert np.isnan(first).all()
    moves.ledger.iterations.append(Iteration(None, Call(made, None, None, True, None), None, False, NAN, NAN, 1))
    return moves


def test_a_change_is_a_share_of_the_weights() -> None:
    made = model([3.0, 0.0], [[4.0]])
    moves = watch(made)
    made.weights[0].value[1] = 12.0
    assert moves.compare(made) == (pytest.approx(12.0 / 13.0), pytest.approx(NAN, nan_ok=True))
    assert moves.compare(made)[0] == 0.0
    # Another model, or one of another shape, has not moved.
    assert np.isnan(moves.compare(model([3.0, 12.0], [[4.0]]))[0])
    assert np.isnan(moves.compare(model([1.0]))[0])
    assert np.isnan(moves.compare(None)).all()
    zero = model([0.0, 0.0])
    moves = watch(zero)
    assert moves.compare(zero)[0] == 0.0


def test_weights_are_like_those_that_a_step_left() -> None:
    made = model([3.0, 4.0])
    moves = watch(made)
    moves.note_step(made)
    assert moves.compare(made) == (0.0, pytest.approx(1.0))
    moves.note_step(made)
    made.weights[0].value[:] = [-4.0, 3.0]
    assert moves.compare(made)[1] == pytest.approx(0.0)
    # It is asked once after each step.
    assert np.isnan(moves.compare(made)[1])
    moves.note_step(made)
    assert np.isnan(moves.compare(model([3.0, 4.0]))[1])


@pytest.mark.parametrize(
    ("move", "rate"),
    [
        ([-0.1, -0.2], 0.1),
        ([0.1, 0.2], -0.1),
        # A step that is a little off: by 1.9 and by 2.1 hundredths of itself.
        ([-0.1 + 0.019 * 0.2, -0.2 - 0.019 * 0.1], 0.1),
        ([-0.1 + 0.021 * 0.2, -0.2 - 0.021 * 0.1], NAN),
        ([-0.2, 0.1], NAN),
        ([0.0, 0.0], NAN),
        ([-1e-7, -2e-7], 1e-7),
    ],
)
def test_moves_along_the_gradient_have_a_rate(move: list[float], rate: float) -> None:
    made = model([3.0, 4.0])
    moves = watch(made)
    made.weights[0].gradient = np.array([1.0, 2.0])
    assert moves.note_gradients(made) is True
    made.weights[0].value += move
    moves.compare(made)
    assert moves.ledger.iterations[-1].direction == pytest.approx(rate, rel=1e-2, nan_ok=True)
    # Gradients that any step has used are stale as long as they are there.
    assert moves.is_stale(made) is any(move)
    made.weights[0].gradient = np.array([1.0, 2.5])
    assert not moves.is_stale(made)


@pytest.mark.parametrize(
    ("momentum", "decay", "told"),
    [
        (0.0, 0.0, (0.1, 0.0, 0.0)),
        (0.9, 0.0, (0.1, 0.9, 0.0)),
        (0.998, 0.0, (0.1, 0.998, 0.0)),
        (0.0, 0.2, (0.1, 0.0, 0.2)),
        # w ← (1 - δ) w + v: what is carried shrinks with the weights.
        (0.9, 0.2, (0.1, 0.72, 0.02)),
        (0.9, 0.01, (0.1, 0.891, 0.001)),
    ],
)
def test_moves_by_hand_are_read_with_what_they_carry_on_and_take_away(
    momentum: float, decay: float, told: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(0)
    made = model(rng.normal(size=12), rng.normal(size=(2, 4)))
    moves, carried = watch(made), [np.zeros(12), np.zeros((2, 4))]
    for _ in range(3):
        for weight, speed in zip(made.weights, carried, strict=True):
            weight.gradient = rng.normal(size=weight.value.shape)
        moves.note_gradients(made)
        for weight, speed in zip(made.weights, carried, strict=True):
            speed[...] = momentum * speed - 0.1 * weight.gradient
            weight.value = (1.0 - decay) * weight.value + speed
        moves.compare(made)
        last = moves.ledger.iterations[-1]
    assert (last.direction, last.carried, last.decayed) == pytest.approx(told, abs=1e-9)
    assert moves.is_stale(made)
    # What goes another way is not read: the signs of the gradients, or moves of their own.
    for move in (np.sign(made.weights[0].gradient), rng.normal(size=12)):
        moves.ledger.iterations.append(Iteration(None, Call(made, None, None, True, None), None, False, NAN, NAN, 1))
        made.weights[0].value = made.weights[0].value - 0.1 * move
        moves.compare(made)
        assert np.isnan(moves.ledger.iterations[-1].direction)


def test_moves_of_many_numbers_have_a_rate_though_most_of_each_is_rounding() -> None:
    made, rng = model(np.zeros(500)), np.random.default_rng(0)
    made.weights[0].value = rng.normal(size=500).astype(np.float32)
    moves = watch(made)
    made.weights[0].gradient = rng.normal(size=500)
    moves.note_gradients(made)
    made.weights[0].value = (made.weights[0].value - 5e-8 * made.weights[0].gradient).astype(np.float32)
    moves.compare(made)
    assert moves.ledger.iterations[-1].direction == pytest.approx(5e-8, rel=0.3)


def test_it_is_noted_which_weights_move_and_which_are_pulled_and_how_far_all_turn() -> None:
    made = model([3.0, 4.0], [1.0], [0.0])
    moves = watch(made)
    made.weights[0].gradient, made.weights[1].gradient = np.array([1.0, 0.0]), np.array([2.0])
    moves.note_gradients(made)
    made.weights[0].value[:] = [4.0, -3.0]
    moves.compare(made)
    moves.describe(moves.ledger.iterations[-1], made)
    assert moves.ledger.moved[id(made)].tolist() == [True, False, False]
    assert moves.ledger.pulled[id(made)].tolist() == [True, True, False]
    assert moves.ledger.iterations[-1].turn == pytest.approx(1.0 / 26.0)
    # What went back has moved all the same.
    made.weights[0].value[:] = [3.0, 4.0]
    moves.compare(made)
    assert moves.ledger.moved[id(made)].tolist() == [True, False, False]


def test_only_gradients_of_what_has_moved_are_used() -> None:
    made = model(RNG.normal(size=20), [1.0])
    moves = watch(made)
    made.weights[0].gradient, made.weights[1].gradient = RNG.normal(size=20), np.array([1e-3])
    moves.note_gradients(made)
    made.weights[0].value = made.weights[0].value - 0.1 * made.weights[0].gradient
    moves.compare(made)
    assert moves.ledger.iterations[-1].direction == pytest.approx(0.1, rel=1e-3)
    made.weights[0].gradient = np.zeros(20)
    assert moves.is_stale(made) is False


def test_a_step_of_an_optimizer_is_none_by_hand() -> None:
    made = model([3.0, 4.0], [1.0])
    moves = watch(made)
    made.weights[0].gradient = np.array([1.0, 2.0])
    assert moves.note_gradients(made)
    moves.note_step(made)
    made.weights[0].value -= [0.1, 0.2]
    moves.compare(made)
    assert np.isnan(moves.ledger.iterations[-1].direction)
    for weights in made.weights:
        weights.gradient = None
    assert moves.note_gradients(made) is False


def test_gradients_are_stale_that_a_step_has_used() -> None:
    made = model([1.0, 1.0], [1.0])
    moves = watch(made)
    made.weights[0].gradient, made.weights[1].gradient = np.array([1.0, 2.0]), np.zeros(1)
    used = moves.note_use(optimizer(made))
    assert [gradient.tolist() for _, gradient in used] == [[1.0, 2.0]]
    assert moves.is_stale(made) is True
    assert moves.is_stale(None) is False
    made.weights[1].gradient = np.ones(1)
    assert moves.is_stale(made) is False
    made.weights[0].gradient = made.weights[1].gradient = np.zeros(2)
    assert moves.is_stale(made) is False
    assert Moves(KIT, Ledger()).is_stale(made) is False


def test_weights_are_restored_that_were_moved_and_are_those_of_the_first_pass() -> None:
    made = model([1.0, 2.0])
    moves = watch(made)
    assert moves.is_restored(made, 0.5) is True
    assert moves.is_restored(made, 1e-6) is False
    assert moves.is_restored(made, 1.1e-6) is True
    assert moves.is_restored(made, NAN) is False
    assert moves.is_restored(model([1.0, 2.0]), 0.5) is False
    made.weights[0].value += 1.0
    moves.compare(made)
    assert moves.is_restored(made, 0.5) is False
    made.weights[0].value -= 1.0
    moves.compare(made)
    assert moves.is_restored(made, 0.5) is True
    assert Moves(KIT, Ledger()).is_restored(made, 0.5) is False


@pytest.mark.parametrize(
    ("gradient", "told"),
    [([0.5, 1.0], (0.5, NAN)), ([-1.0, -2.0], (-1.0, NAN)), ([0.5, 1.001], (0.5, NAN)), ([0.5, 1.01], (NAN, NAN)),
     ([2.0, -1.0], (NAN, NAN)), ([1.0, 1.5], (NAN, 1.5)), ([1.5, 1.5], (NAN, NAN))],
)  # fmt: skip
def test_gradients_that_are_multiplied_or_cut_before_a_step(gradient: list[float], told: tuple[float, float]) -> None:
    made = model([3.0, 4.0])
    moves = watch(made)
    made.weights[0].gradient = np.array([1.0, 2.0])
    moves.note_gradients(made)
    made.weights[0].gradient = np.array(gradient)
    scale, norm, cut = moves.compare_gradients(moves.note_use(optimizer(made)))
    assert (scale, cut) == pytest.approx(told, rel=1e-3, nan_ok=True)
    assert norm == pytest.approx(np.linalg.norm(gradient))
    assert np.isnan(moves.compare_gradients([(0, np.ones(2))])).all()


def test_of_large_parameters_the_first_elements_are_compared() -> None:
    made = model(np.ones(MOST_COMPARED + 1))
    moves = watch(made)
    made.weights[0].value[-1] = 9.0
    assert moves.compare(made)[0] == 0.0
    made.weights[0].gradient = np.ones(MOST_COMPARED + 1)
    moves.note_gradients(made)
    made.weights[0].value -= 0.5
    moves.compare(made)
    assert moves.ledger.iterations[-1].direction == pytest.approx(0.5)
    assert moves.compare_gradients(moves.note_use(optimizer(made)))[0] == pytest.approx(1.0)


STEP = "def step(b):\n    b.backward()\n"
NESTED = """\
def train():
    for epoch in range(start, stop, 2):
        for batch in loader:
            loss.backward()
"""


@pytest.mark.parametrize(
    ("text", "lines", "names", "told"),
    [
        (NESTED, [4], {"start": 1, "stop": 10}, (5, "epoch")),
        (NESTED, [4], {"start": 1, "stop": 1}, (None, "epoch")),
        (NESTED, [4], {"start": 1, "stop": 2}, (1, "epoch")),
        (NESTED, [4], {"start": 1}, (None, "epoch")),
        (NESTED, [4], {"start": 1, "stop": 9.0}, (None, "epoch")),
        (NESTED, [4], {"start": True, "stop": 9}, (None, "epoch")),
        (NESTED, [5], {"start": 1, "stop": 10}, (None, None)),
        (NESTED, [1], {}, (None, None)),
        # One loop goes over steps of 16 of 64 rows.
        ("for k in range(8):\n    step()\n", [2], {}, (2, "k")),
        ("for k in range(3):\n    step()\n", [2], {}, (1, "k")),
        ("for k in range():\n    step()\n", [2], {}, (None, "k")),
        ("for k in range(1, 2, 0):\n    step()\n", [2], {}, (None, "k")),
        ("for k in range('3'):\n    step()\n", [2], {}, (None, "k")),
        ("for k in count(3):\n    step()\n", [2], {}, (None, "k")),
        ("for k in f.range(3):\n    step()\n", [2], {}, (None, "k")),
        ("for a, b in range(30):\n    step()\n", [2], {}, (7, None)),
        # Three loops: the one around the innermost goes over epochs, also where a call leads to it.
        ("for fold in range(5):\n  for epoch in range(9):\n    for b in x:\n      step()\n", [4], {}, (9, "epoch")),
        ("for epoch in range(9):\n    go()\ndef go():\n    for b in x:\n        step()\n", [2, 5], {}, (9, "epoch")),
        ("for epoch in range(9)\n", [1], {}, (None, None)),
        # A loop that goes on until something happens goes over epochs as well, and nobody knows how many.
        ("while True:\n    for k in range(8):\n        step()\n", [3], {}, (None, None)),
        ("for epoch in range(9):\n    while left:\n        step()\n", [3], {}, (9, "epoch")),
        (
            "while tries < 3:\n    for epoch in range(9):\n        for b in x:\n            step()\n",
            [4],
            {},
            (9, "epoch"),
        ),
        ("while True:\n    step()\n", [2], {}, (None, None)),
        # What is made by calling what leads there is a loop; what only stands on its line, or makes losses to add up, is none.
        (f"{STEP}for epoch in range(9):\n    sum(step(b) for b in x)\n", [4, 2], {}, (9, "epoch")),
        (
            f"{STEP}for epoch in range(9):\n    losses = [\n        me.step(b)\n        for b in x\n    ]\n",
            [5, 5, 2],
            {},
            (9, "epoch"),
        ),
        (f"{STEP}[step(b) for epoch in range(9) for b in x]\n", [3, 2], {}, (9, "epoch")),
        (f"{STEP}for fold in range(5):\n    [step(b) for epoch in range(9) for b in x]\n", [4, 2], {}, (9, "epoch")),
        (f"{STEP}[step(b) for b in range(8)]\n", [3, 2], {}, (2, "b")),
        (f"{STEP}for k in range(8):\n    step([f(b) for b in x])\n", [4, 2], {}, (2, "k")),
        ("for k in range(8):\n    sum(loss(o) for o in x).backward()\n", [2], {}, (2, "k")),
    ],
)
def test_how_often_a_loop_is_meant_to_go_round(text: str, lines: list[int], names: dict[str, Any], told: Any) -> None:
    assert meant_epochs(text, lines, names, 64, 16) == told


def test_where_no_rows_are_known_every_step_is_told() -> None:
    assert meant_epochs("for k in range(30):\n    step()\n", [2], {}, 0, 16) == (480, "k")


def test_parts_that_are_taken_inside_of_loops_and_functions() -> None:
    text = "a[0]\nwhile True:\n    b[1]\n    c.d[2]\ndef f(x):\n    return x[e[3]]\nfor k in g[4]:\n    pass\nclass H:\n    i[5]\n"
    assert sliced_names(text) == {"b", "d", "x", "e"}
    assert sliced_names("for") == frozenset()


LAYER = nn.Linear(2, 1, rng=0)
X, Y = np.arange(6.0).reshape(3, 2).astype(np.float32), np.array([[1.0], [0.0], [2.0]], np.float32)


def test_a_loss_is_done_again_with_other_rows() -> None:
    output = LAYER(X)
    made = replay.replay_graph(((output - Y) ** 2).sum() * 0.5, output)
    assert made is not None
    loss, targets = made
    np.testing.assert_array_equal(targets, Y)
    other, wanted = Tensor(np.ones((5, 1), np.float32), requires_grad=True), np.zeros((5, 1), np.float32)
    assert loss(other, wanted).item() == pytest.approx(2.5)
    # Numbers of rows, and shapes that begin with them, follow the batch.
    scores = nn.Linear(2, 4, rng=0)(X)
    labels = np.array([0, 3, 1])
    taken = replay.replay_graph(-scores.reshape(3, 4).log_softmax(1)[np.arange(3), labels].mean(), scores)
    assert taken is not None
    np.testing.assert_array_equal(taken[1], labels)
    value = taken[0](Tensor(np.zeros((2, 4), np.float32)), np.array([1, 2]))
    assert value.item() == pytest.approx(np.log(4.0))


def test_a_loss_that_cannot_be_told_is_none() -> None:
    output = LAYER(X)
    weights = np.full((3, 1), 2.0, np.float32)
    assert replay.replay_graph(((output - Y) ** 2 * weights).sum(), output) is None
    assert replay.replay_graph((output**2).sum(), output) is None
    assert replay.replay_graph((LAYER(X) - Y).sum(), output) is None
    assert replay.replay_graph(3.0, output) is None
    assert replay.replay_graph(output.sum(), X) is None
    assert replay.between(output, output) == []


def test_a_penalty_is_a_decay_by_its_slope() -> None:
    weight = LAYER.weight
    output = LAYER(X)
    squared = replay.find_penalty(((output - Y) ** 2).mean() + 0.05 * (weight**2).sum(), output)
    assert squared == pytest.approx(0.1, rel=1e-5)
    sizes = np.abs(weight.data)
    of_size = replay.find_penalty(((output - Y) ** 2).mean() + 0.05 * weight.abs().sum(), output)
    assert of_size == pytest.approx(0.05 * sizes.sum() / (sizes**2).sum(), rel=1e-4)
    assert replay.find_penalty(((output - Y) ** 2).mean(), output) is None
    # What pulls the weights elsewhere is no decay.
    assert replay.find_penalty(((output - Y) ** 2).mean() - (weight**2).sum(), output) is None
    across = np.array([[weight.data[0, 1], -weight.data[0, 0]]])
    assert replay.find_penalty(((output - Y) ** 2).mean() + (weight * across).sum(), output) is None
    assert replay.find_penalty(1.0, output) is None
    assert replay.find_penalty(output.sum(), None) is None


@pytest.mark.parametrize(
    ("zeroed", "along_old"), [((True, True), (0, 0)), ((True, False), (0, 3)), ((False, False), (3, 3))]
)
def test_gradients_of_each_optimizer_are_followed(zeroed: tuple[bool, bool], along_old: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    made = model(rng.normal(size=3), rng.normal(size=2))
    each = [SimpleNamespace(param_groups=[{"params": [weight]}]) for weight in made.weights]
    moves = watch(made)
    for _ in range(4):
        for weight, clears in zip(made.weights, zeroed, strict=True):
            weight.gradient = None if clears else weight.gradient
        moves.compare(made)
        for weight in made.weights:
            more = rng.normal(size=weight.value.shape)
            weight.gradient = more if weight.gradient is None else weight.gradient + more
        for optimizer in each:
            moves.note_use(optimizer)
    assert [moves.ledger.uses[id(optimizer)] for optimizer in each] == [(4, count) for count in along_old]


def test_gradients_that_another_pass_adds_to_are_no_fault_where_they_are_zeroed_before_their_own() -> None:
    """As those of a discriminator, to which the pass of the generator adds."""
    made = model([1.0], [2.0])
    each = [SimpleNamespace(param_groups=[{"params": [weight]}]) for weight in made.weights]
    moves = watch(made)
    for k in range(4):
        for turn in (0, 1):
            made.weights[turn].gradient = None
            moves.compare(made)
            for weight in made.weights:
                weight.gradient = (0.0 if weight.gradient is None else weight.gradient) + np.array([1.0 + k])
            moves.note_use(each[turn])
    assert set(moves.ledger.uses.values()) == {(4, 0)}
