"""Labels of many places that are rare, losses that weigh them, numbers of rows among the features, and pairs that change places."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
import nn
import optim
from nn.health import diagnose
from nn.health.evidence.structure import find_unused_inputs
from nn.health.experiments.remedies.rows import remedies_of_rows
from nn.health.loop import diagnose_script
from nn.health.scores import make_judge
from nn.health.turned import turn_pairs
from nn.health.weighing import shift_of
from tests.nn.health.corpus.case import Setup
from tests.nn.health.test_mended import looked_at


def places(odds: float, bright: float = 2.3) -> Any:
    """What is told of pictures of which three pixels of a hundred are hardly brighter, with the ones weighed."""
    rng = np.random.default_rng(0)
    spots = rng.random((160, 1, 10, 10)) < 0.03
    x = (rng.normal(size=spots.shape) + bright * spots).astype(np.float32)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, rng=0), nn.ReLU(), nn.Conv2d(8, 1, 1, rng=1))
    loss = nn.BCEWithLogitsLoss(pos_weight=np.float32(odds)) if odds != 1.0 else nn.BCEWithLogitsLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    return diagnose(model, (x, spots.astype(np.float32)), loss, optimizer=optimizer, epochs=25, batch_size=16)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("odds", "bright", "cause"), [(1.0, 2.3, "classes unbalanced"), (32.0, 2.3, "healthy"), (1.0, 6.0, "healthy")]
)
def test_places_of_a_rare_kind_are_judged_each_by_itself(odds: float, bright: float, cause: str) -> None:
    found = places(odds, bright)
    assert found.cause == cause, str(found)


def test_scores_of_a_loss_that_weighs_rare_labels_are_read_as_chances() -> None:
    rng = np.random.default_rng(0)
    y = (rng.random((400, 1)) < 0.1).astype(np.float32)
    weighed, plain = nn.BCEWithLogitsLoss(pos_weight=np.array([9.0], np.float32)), nn.BCEWithLogitsLoss()
    even = np.full((400, 1), 1e-3, np.float32)
    assert make_judge(even, y, weighed, lambda o, t: 1.0).relative(even, y) == pytest.approx(1.0, abs=0.01)
    assert make_judge(even, y, plain, lambda o, t: 1.0).relative(even, y) > 2.0
    # With a link of its own, as of a trial by another loss, they are what they are.
    assert make_judge(even, y, weighed, lambda o, t: 1.0).relative(even, y, "logits") > 2.0


@pytest.mark.parametrize(
    ("weight", "shares", "told"),
    [
        ([1.0, 9.0], [0.9, 0.1], True),
        ([9.0, 1.0], [0.9, 0.1], False),
        ([1.0, 90.0], [0.9, 0.1], False),
        ([1.0, 2.0], [0.6, 0.4], False),
    ],
)
def test_weights_of_classes_move_scores_where_they_make_classes_even(
    weight: list[float], shares: list[float], told: bool
) -> None:
    found = shift_of(nn.CrossEntropyLoss(weight=np.array(weight)), "classes", np.array(shares))
    assert (found is not None) == told
    assert found is None or np.allclose(found, np.log(weight))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("numbers", "cause"), [("sorted", "target among the features"), ("mixed", "healthy"), ("uneven", "healthy")]
)
def test_a_number_of_rows_that_were_sorted_by_class_is_told(numbers: str, cause: str) -> None:
    rng = np.random.default_rng(3)
    y = np.sort(rng.integers(0, 3, 420))
    x = rng.normal(0.0, 1.3, (3, 5))[y] + 0.9 * rng.normal(size=(420, 5))
    counted = {"sorted": np.arange(420.0), "mixed": rng.permutation(420), "uneven": np.sort(rng.normal(size=420))}[
        numbers
    ]
    x = np.column_stack([x, (counted - counted.mean()) / counted.std()]).astype(np.float32)
    order = rng.permutation(420)
    model = nn.Sequential(nn.Linear(6, 32, rng=0), nn.ReLU(), nn.Linear(32, 3, rng=1))
    found = diagnose(
        model, (x[order], y[order]), nn.CrossEntropyLoss(), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=15
    )
    assert found.cause == cause, str(found)


class Compare(nn.Module):
    """Two things by one encoder, and what the pair says."""

    def __init__(self, signed: bool) -> None:
        super().__init__()
        self.signed, self.encode = signed, nn.Sequential(nn.Linear(4, 12, rng=0), nn.ReLU(), nn.Linear(12, 8, rng=1))
        self.judge = nn.Sequential(nn.Linear(8, 12, rng=2), nn.ReLU(), nn.Linear(12, 1, rng=3))

    def forward(self, x: Any) -> Any:
        u, v = self.encode(x[:, :4]), self.encode(x[:, 4:])
        return self.judge(u - v if self.signed else anp.abs(u - v))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("signed", "way", "cause"), [(False, True, "order ignored"), (True, True, "healthy"), (False, False, "healthy")]
)
def test_a_network_for_which_a_pair_is_the_same_turned_round(signed: bool, way: bool, cause: str) -> None:
    x = np.random.default_rng(1).normal(size=(600, 8)).astype(np.float32)
    apart = x[:, 0] + x[:, 1] - x[:, 4] - x[:, 5]
    y = (apart > 0 if way else np.abs(apart) > 1.5).astype(np.float32)[:, None]
    model = Compare(signed)
    found = diagnose(
        model, (x, y), nn.BCEWithLogitsLoss(), optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=30
    )
    assert found.cause == cause, str(found)


def test_which_two_things_rows_may_be_of() -> None:
    rows = np.empty(3, [("a", np.float32, (2,)), ("b", np.float32, (2,)), ("c", np.float32)])
    rows["a"], rows["b"], rows["c"] = 1.0, 2.0, 3.0
    assert [(told, turned["a"].max(), turned["c"].max()) for told, turned in turn_pairs(rows)] == [
        ("a and b", 2.0, 3.0)
    ]
    assert [told for told, _ in turn_pairs(np.arange(12.0).reshape(1, 2, 6))] == ["the two parts of a row"]
    assert list(turn_pairs(np.ones((3, 8)))) == list(turn_pairs(np.arange(10.0).reshape(2, 5))) == []
    assert list(turn_pairs(np.arange(16).reshape(2, 8))) == []


@pytest.mark.integration
@pytest.mark.parametrize(("batch", "cause"), [(8, "optimizer unfit"), (300, "healthy")])
def test_lbfgs_of_a_few_rows_is_told_before_its_rate(batch: int, cause: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (300, 3)).astype(np.float32)
    y = np.sin(1.5 * x[:, :1]) * np.cos(x[:, 1:2]) + 0.5 * x[:, 2:] + 0.2 * rng.normal(size=(300, 1))
    model = nn.Sequential(nn.Linear(3, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=1))
    optimizer = optim.LBFGS(model.parameters())
    found = diagnose(model, (x, y.astype(np.float32)), "mse", optimizer=optimizer, epochs=8, batch_size=batch)
    assert found.cause == cause, str(found)


@pytest.mark.parametrize(
    ("kind", "size", "told"), [("Rprop", 16, True), ("Rprop", 300, False), ("LBFGS", 16, True), ("Adam", 16, False)]
)
def test_optimizers_of_the_whole_data_are_given_all_rows(kind: str, size: int, told: bool) -> None:
    network = SimpleNamespace(optimizer=type(kind, (), {})(), natural_loss=lambda *_: None)
    rows = SimpleNamespace(x=np.zeros((400, 2)))
    subject: Any = SimpleNamespace(
        shuffle=True, batch_size=size, rows=rows, network=network, epoch_steps=lambda: 9, judge=None
    )
    facts: Any = SimpleNamespace(batch_norms=[], rarest=None, doubled="")
    found = [remedy for remedy in remedies_of_rows(subject, facts) if remedy.name == "all rows at once"]
    assert bool(found) == told
    if found:
        trial: Any = SimpleNamespace(batch_size=size)
        found[0].apply(trial)
        assert (trial.batch_size, found[0].cause) == (400, "optimizer unfit")


def test_a_single_row_says_nothing_of_units_that_are_off() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 9)).astype(np.float32)
    y = (x[:, :3] > 0).astype(np.float32)
    for size in (1, 32):
        first = nn.Linear(9, 32, rng=0)
        first.bias.data = np.full(32, -0.3, np.float32)
        model = nn.Sequential(first, nn.ReLU(), nn.Linear(32, 3, rng=1))
        optimizer = optim.SGD(model.parameters(), lr=0.01)
        found = diagnose(
            model, (x, y), nn.BCEWithLogitsLoss(), optimizer=optimizer, epochs=1, batch_size=size, quick=True
        )
        assert found._experiments.facts.weights_cause == "weights too small"


class Straight(nn.Module):
    """A line without anything added, and without a layer of ours."""

    def __init__(self, bias: bool) -> None:
        super().__init__()
        self.w = nn.Parameter(np.array([[0.1], [0.2]], np.float32))
        self.b = nn.Parameter(np.zeros(1, np.float32)) if bias else None

    def forward(self, x: Any) -> Any:
        return x @ self.w if self.b is None else x @ self.w + self.b


@pytest.mark.integration
@pytest.mark.parametrize(
    ("bias", "mean", "cause"), [(False, 1.6, "no bias"), (True, 1.6, "healthy"), (False, 0.0, "healthy")]
)
def test_what_is_computed_without_a_bias_cannot_answer_numbers_far_from_zero(
    bias: bool, mean: float, cause: str
) -> None:
    x = np.random.default_rng(0).normal(size=(160, 2)).astype(np.float32)
    model = Straight(bias)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    found = diagnose(model, (x, x[:, :1] + 0.2 * x[:, 1:] + mean), "mse", optimizer=optimizer, epochs=40)
    assert found.cause == cause, str(found)


VIEWED = """
import numpy as np
import nn, optim

rng = np.random.default_rng(0)
stage = np.repeat(rng.integers(0, 4, (120, 6)), 4, axis=1)
signal = rng.normal(size=(4, 3))[stage] + 0.7 * rng.normal(size=(120, 24, 3))
signal = signal.transpose(0, 2, 1).astype(np.float32)
model = nn.Sequential(nn.Conv1d(3, 16, 5, padding=2, rng=0), nn.ReLU(), nn.Conv1d(16, 4, 5, padding=2, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for k in range(0, 120, 10):
        scores = model(signal[k : k + 10]).reshape(-1, 4)
        loss = nn.functional.cross_entropy(scores, stage[k : k + 10].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.integration
@pytest.mark.parametrize(("way", "cause"), [(".reshape", "axes mixed up"), (".transpose(0, 2, 1).reshape", "healthy")])
def test_scores_that_are_read_on_as_rows_of_classes_are_transposed(way: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(VIEWED.replace("10]).reshape", "10])" + way))
    assert (found := diagnose_script(path)).cause == cause, str(found)


class Recurrent(nn.Module):
    """The last state of a recurrent layer, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.out = nn.RNN(3, 8, batch_first=True, rng=0), nn.Linear(8, 1, rng=1)

    def forward(self, x: Any) -> Any:
        return self.out(self.rnn(x)[0][:, -1])


def test_states_that_forget_all_behind_long_padding_are_no_rows_made_alike() -> None:
    x = np.random.default_rng(0).normal(size=(60, 40, 3)).astype(np.float32)
    x[:, 6:] = -30.0
    model = Recurrent()
    subject = looked_at(Setup(model, x, x[:, 0, :1], nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1)))[0]
    assert list(find_unused_inputs(subject)) == []


def tell_of_yes_and_no(flipped: float, slope: float) -> str:
    """What is told of a label of which a share is turned, or that overlaps by itself."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 4)).astype(np.float32)
    chance = 0.5 + 0.5 * np.tanh(slope * (x[:, 0] + x[:, 1]) / 2)
    y = (rng.random(600) < chance) ^ (rng.random(600) < flipped)
    model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    target = y.astype(np.float32)[:, None]
    return diagnose(model, (x, target), nn.BCEWithLogitsLoss(), optimizer=optimizer, epochs=10).cause


@pytest.mark.integration
@pytest.mark.parametrize(
    ("flipped", "slope", "cause"), [(0.3, 50.0, "noisy targets"), (0.05, 50.0, "healthy"), (0.0, 0.8, "healthy")]
)
def test_yes_and_no_that_are_turned_as_often_everywhere(flipped: float, slope: float, cause: str) -> None:
    assert tell_of_yes_and_no(flipped, slope) == cause
