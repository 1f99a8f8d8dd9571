"""Runs that are well, or ill of something else, and look like what a diagnosis knows; and what the user's code will not be asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import concatenate, primitive
from autograd.errors import ShapeError
from nn import functional
from nn.health import diagnose
from nn.health.evidence.curvature import find_curvature_of_batches
from nn.health.evidence.facts import look
from nn.health.evidence.gradients import find_wrong_gradients
from nn.health.evidence.loss import heeds_targets
from nn.health.evidence.sequences import find_foretold
from nn.health.evidence.structure import find_varying_answers
from nn.health.experiments.remedies.lengths import remedies_of_lengths
from nn.health.experiments.trial import advance
from nn.health.frameworks.adapt import adapt
from nn.health.multi_input import join_inputs
from nn.health.subject import Subject

RNG = np.random.default_rng(0)
X = RNG.uniform(-1.0, 1.0, (64, 4)).astype(np.float32)
Y = (X[:, 0] > X[:, 1]).astype(int)


def mlp(inputs: int = 4, outputs: int = 2) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, 8, rng=0), nn.Tanh(), nn.Linear(8, outputs, rng=1))


def subject(model: Any, x: Any, y: Any, loss: Any = None, scheduler: Any = None) -> Subject:
    given = adapt(model, (x, y), loss, None, 32, True, (None, None))
    return Subject(given.network, given.x, given.y, None, 32, True, scheduler, 100, 0)


class OfColumns(nn.Module):
    """An embedding for each column, of as many numbers as that has."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.columns = nn.ModuleList([nn.Embedding(size, 3, rng=k) for k, size in enumerate(sizes)])
        self.out = nn.Linear(3 * len(sizes), 2, rng=9)

    def forward(self, x: Any) -> Any:
        return self.out(concatenate([e(np.asarray(x)[:, k]) for k, e in enumerate(self.columns)], axis=1))


class Strict(nn.Module):
    """Refuses what does not lie in -1 … 1."""

    def __init__(self) -> None:
        super().__init__()
        self.body = mlp()

    def forward(self, x: Any) -> Any:
        if np.abs(np.asarray(x)).max() > 1.0:
            raise ValueError("the inputs must lie in -1 … 1")
        return self.body(x)


def test_the_user_is_not_asked_what_his_network_will_not_hear() -> None:
    sizes = (40, 5, 3, 2)
    columns = np.stack([RNG.integers(0, size, 64) for size in sizes], axis=1)
    assert not look(subject(OfColumns(sizes), columns, Y)).orderless
    assert not look(subject(Strict(), X, Y)).rows_alike

    def no_schedule(optimizer: Any) -> Any:
        return SimpleSchedule()

    assert not look(subject(mlp(), X, Y, scheduler=no_schedule)).rising


class SimpleSchedule:
    def step(self, epoch: int) -> None:
        """Needs an epoch."""


@pytest.mark.integration
def test_tokens_of_the_validation_that_the_network_does_not_know_raise_nothing() -> None:
    x, v = RNG.integers(0, 20, (200, 6)), RNG.integers(0, 25, (60, 6))
    model = nn.Sequential(nn.Embedding(20, 8, rng=0), nn.Flatten(), nn.Linear(48, 2, rng=1))
    data = x, (x[:, 0] > 9).astype(int), v, (v[:, 0] > 9).astype(int)
    assert diagnose(model, data, quick=True)


def test_a_schedule_that_waits_for_a_plateau_is_told_the_loss() -> None:
    made = subject(mlp(), X, Y, scheduler=lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, patience=0))
    trial = made.trial()
    trial.train(8)
    assert not trial.broken
    told: list[Any] = []
    advance(type("Told", (), {"step": lambda self, metrics: told.append(metrics)})(), 0.5)
    advance(type("Untold", (), {"step": lambda self, epoch=None: told.append(epoch)})(), 0.5)
    assert told == [0.5, None]


@pytest.mark.parametrize(
    ("x", "alike"),
    [
        (RNG.choice([-1.0, 1.0], (64, 6)), False),
        (np.eye(5)[RNG.integers(0, 5, 64)], False),
        (RNG.permuted(np.tile(np.arange(5.0), (64, 1)), axis=1), False),
        (X / np.linalg.norm(X, axis=1, keepdims=True), True),
        (np.sign(X[:, :1] - X[:, 1:2]) * np.array([[1.0, -1.0]]), True),
    ],
    ids=["signs", "ones and zeros", "ranks", "rows of length 1", "pairs that are centred"],
)
def test_codes_are_of_one_length_as_they_come(x: np.ndarray, alike: bool) -> None:
    x = x.astype(np.float32)
    assert look(subject(mlp(x.shape[1]), x, Y)).rows_alike is alike


class ByPlace(nn.Module):
    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Any) -> Any:
        return self.body(x)


def test_an_autoencoder_and_targets_that_are_mostly_zero_repeat_nothing() -> None:
    steps = RNG.normal(size=(32, 6, 4)).astype(np.float32)
    assert list(find_foretold(subject(ByPlace(mlp(4, 4)), steps, steps.copy()))) == []
    rare = (RNG.random((64, 20)) < 0.02).astype(int)
    seen = np.where(RNG.random((64, 20)) < 0.02, 2, rare)
    model = ByPlace(nn.Sequential(nn.Embedding(3, 4, rng=0), nn.Linear(4, 3, rng=1)))

    def loss(outputs: Any, y: Any) -> Any:
        return functional.cross_entropy(outputs.reshape(-1, 3), np.asarray(y).ravel())

    assert list(find_foretold(subject(model, seen, (seen == 2).astype(int), loss))) == []
    (found,) = find_foretold(subject(model, seen, seen, loss))
    assert "repeat" in found.sentence


class Translator(nn.Module):
    """Foretells the next word of `so_far`, by that and the words of a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(7, 6, rng=0)
        self.read, self.write = nn.GRU(6, 8, batch_first=True, rng=1), nn.GRU(6, 8, batch_first=True, rng=2)
        self.out = nn.Linear(8, 7, rng=3)

    def forward(self, rows: Any) -> Any:
        _, state = self.read(self.words(rows["sentence"]))
        return self.out(self.write(self.words(rows["so_far"]), state)[0]).reshape(-1, 7)


@pytest.mark.parametrize("shifted", [False, True])
def test_a_decoder_that_is_given_the_words_it_is_to_foretell(shifted: bool) -> None:
    rng = np.random.default_rng(1)
    sentence = rng.integers(1, 7, (40, 5))
    asked = sentence[:, ::-1].copy()
    so_far = np.concatenate([np.zeros((40, 1), int), asked[:, :-1]], axis=1) if shifted else asked
    rows = join_inputs({"sentence": sentence, "so_far": so_far})

    def loss(outputs: Any, y: Any) -> Any:
        return functional.cross_entropy(outputs, np.asarray(y).ravel())

    # As of a script that gives the loss all places of all rows one behind the other.
    loss.arrange = lambda outputs: outputs  # type: ignore[attr-defined]
    found = list(find_foretold(subject(Translator(), rows, asked, loss)))
    assert ["so_far" in f.sentence for f in found] == ([] if shifted else [True])


@pytest.mark.parametrize(
    ("make", "batch", "told"),
    [(optim.LBFGS, 16, True), (optim.LBFGS, 64, False), (optim.Rprop, 16, True), (optim.Adam, 16, False)],
)
def test_curvature_is_not_read_off_the_gradients_of_other_rows(make: Any, batch: int, told: bool) -> None:
    model = mlp()
    given = adapt(model, (X, Y), None, make(model.parameters(), lr=0.1), batch, True, (None, None))
    asked = Subject(given.network, given.x, given.y, None, batch, True, None, 100, 0)
    assert [f.cause for f in find_curvature_of_batches(asked)] == ["optimizer unfit"] * told


class Noted(nn.Module):
    """Draws in evaluation too, and keeps what it gave for a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.rng, self.seen = nn.Linear(4, 2, rng=0), np.random.default_rng(0), np.zeros((1, 2))

    def forward(self, x: Any) -> Any:
        out = self.body(x) * self.rng.integers(0, 2, (len(x), 2)).astype(np.float32)
        self.seen = np.array(out.data)
        return out


def test_what_is_only_noted_is_no_state() -> None:
    (found,) = find_varying_answers(subject(Noted(), X, Y))
    assert found.cause == "training mode in evaluation"


def focal(outputs: Any, y: Any) -> Any:
    """Easy rows count little; by how much is no matter of the gradient."""
    told = functional.log_softmax(outputs)[np.arange(len(y)), np.asarray(y)]
    return -((1.0 - told.exp()).detach() ** 2 * told).mean()


def test_what_is_detached_on_purpose_is_no_wrong_gradient() -> None:
    assert list(find_wrong_gradients(subject(mlp(), X, Y, focal))) == []


@primitive(lambda g, out, x: g * (np.abs(np.asarray(x)) <= 1.0))
def sign(x: Any) -> Any:
    """With a slope that stands for the one that jumps do not have."""
    return np.sign(x)


class Signs(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.out = nn.Linear(4, 32, rng=seed), nn.Linear(32, 2, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(sign(self.first(x)))


def test_a_slope_that_stands_for_jumps_is_no_wrong_gradient() -> None:
    for seed in range(0, 20, 2):
        assert list(find_wrong_gradients(subject(Signs(seed), X, Y))) == []


@pytest.mark.integration
def test_validation_rows_that_are_harder_are_made_in_no_other_way() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(700, 3)).astype(np.float32)
    y = (x[:, 0] + 0.6 * rng.normal(size=700) > 0.0).astype(int)
    hard = 400 + np.flatnonzero(np.abs(x[400:, 0]) < 0.5)
    for validation, differs in (((x[hard], y[hard]), False), ((x[400:], 1 - y[400:]), True)):
        found = diagnose(mlp(3), (x[:400], y[:400], *validation), quick=True).findings
        assert ("validation differs" in [finding.cause for finding in found]) is differs


def test_padding_is_moved_in_rows_that_show_too_little_of_it() -> None:
    x = RNG.integers(1, 9, (64, 8))
    x[:, 5:] = 0
    made = subject(nn.Sequential(nn.Embedding(9, 3, rng=0), nn.Flatten(), nn.Linear(24, 2, rng=1)), x, Y)
    (remedy,) = (r for r in remedies_of_lengths(look(made)) if r.name == "padding in front")
    trial = made.trial()
    trial.rows.held_x = np.array([[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 0, 0, 0, 0]])
    remedy.apply(trial)
    assert trial.rows.held_x.tolist() == [[1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 0, 1, 2, 3, 4]]


def test_targets_that_only_stand_in_for_some_may_be_all_alike() -> None:
    zeros = np.zeros((64, 1), np.float32)

    def spread(outputs: Any, y: Any) -> Any:
        return ((outputs * outputs).sum(axis=1) - 1.0).mean() ** 2

    for loss, heeded in ((spread, False), (nn.MSELoss(), True)):
        made = subject(mlp(outputs=1), X, zeros, loss)
        assert heeds_targets(made, look(made)) is heeded
    told = diagnose(mlp(outputs=1), (X[:20], zeros[:20]), spread, quick=True).findings
    assert "targets all alike" not in [finding.cause for finding in told]


def test_a_target_of_several_numbers_is_told_as_a_whole() -> None:
    y = np.tile(np.array([0.0, 7.0, 1.0], np.float32), (64, 1))
    assert "(0, 7, 1)" in diagnose(mlp(outputs=3), (X, y), quick=True).findings[0].sentence


def test_no_rows_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"the inputs hold no number; they are of shape \(0, 4\)"):
        diagnose(mlp(), (X[:0], Y[:0]))
