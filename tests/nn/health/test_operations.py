"""What the operations of a forward pass show, by kinds: shares along a wrong axis, and a reshape where a transpose was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from nn.health.evidence.operations import find_in_operations, tell_mixed_rows
from nn.health.finding import Finding
from nn.health.frameworks.adapt import adapt
from nn.health.frameworks.network import Operation

Made = Callable[[Any], Any]
NO_ANSWERS = np.zeros(0)


class Does(nn.Module):
    """A layer for each place, and what a function makes of it."""

    def __init__(self, function: Made, places: int = 4, before: bool = False) -> None:
        super().__init__()
        self.lift, self.head = nn.Linear(3, 3, rng=0), nn.Linear(3 * places, 2, rng=1)
        self.function, self.before = function, before

    def forward(self, x: Any) -> Any:
        h = self.lift(self.function(x).reshape(len(x), -1, 3)) if self.before else self.function(self.lift(x))
        return self.head(h.reshape(len(x), -1))


def operations_of(function: Made, places: int = 4, before: bool = False) -> list[Operation]:
    x = np.random.default_rng(0).normal(size=(16, places, 3)).astype(np.float32)
    model = Does(function, places, before)
    given = adapt(model, (x, np.arange(16) % 2), nn.CrossEntropyLoss(), None, 16, True, (None, None, None))
    return given.network.operations(x)


def weigh(axis: int, by_hand: bool = False) -> Made:
    def function(h: Any) -> Any:
        scores = h.sum(axis=2, keepdims=True)
        parts = ag.exp(scores)
        return h * (parts / parts.sum(axis=axis, keepdims=True) if by_hand else ag.softmax(scores, axis=axis))

    return function


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (weigh(-1), "softmax over one unit"),
        (weigh(2, by_hand=True), "softmax over one unit"),
        (lambda h: h + nn.functional.log_softmax(h.sum(axis=2, keepdims=True), -1), "softmax over one unit"),
        (lambda h: h.reshape(len(h), 3, -1), "axes mixed up"),
        (lambda h: h.reshape(len(h), 4, 3, 1).reshape(len(h), 3, 1, 4), "axes mixed up"),
        (weigh(1), None),
        (weigh(1, by_hand=True), None),
        (lambda h: h.transpose(0, 2, 1), None),
        (lambda h: h.reshape(len(h), 2, 2, 3), None),
        (lambda h: h.reshape(len(h), 1, 4, 3), None),
    ],
)
def test_axes_that_were_not_meant_are_seen_with_their_line(function: Made, cause: str | None) -> None:
    found = list(find_in_operations(operations_of(function), NO_ANSWERS))
    assert [f.cause for f in found] == [cause] * (cause is not None)
    assert all("test_operations.py" in f.place.site and not f.certain for f in found)


def test_one_place_may_look_at_itself() -> None:
    assert not list(find_in_operations(operations_of(weigh(-1), places=1), NO_ANSWERS))


def test_inputs_that_are_read_on_are_seen_before_any_layer() -> None:
    (found,) = find_in_operations(operations_of(lambda x: x.reshape(len(x), 3, 4), before=True), NO_ANSWERS)
    assert found.cause == "axes mixed up"


MIXED = Finding("rows mixed", "", "the answers change", "look for it")


@pytest.mark.parametrize(
    ("function", "cause", "told"),
    [
        (weigh(0), "softmax over rows", "axis 0 of shape (16, 4, 1)"),
        (weigh(0, by_hand=True), "softmax over rows", "axis 0 of shape (16, 4, 1)"),
        (lambda h: h.reshape(4, 16, 3) + 0.0, "rows mixed", "(16, 4, 3) into (4, 16, 3)"),
        (lambda h: h - h.mean(axis=0), "rows mixed", "the answers change"),
    ],
)
def test_mixed_rows_are_told_with_what_mixes_them(function: Made, cause: str, told: str) -> None:
    (found,) = tell_mixed_rows([MIXED], operations_of(lambda h: function(h).reshape(16, 4, 3)))
    assert found.cause == cause
    assert told in found.sentence
    assert bool(found.place.site) is (told != MIXED.sentence)


def learn(function: Made) -> nn.health.Diagnosis:
    x = np.random.default_rng(0).normal(size=(240, 4, 3)).astype(np.float32)
    return nn.health.diagnose(Does(function), (x, (x[:, 0, 0] > x[:, 2, 1]).astype(int)), seconds=200.0, epochs=20)


@pytest.mark.integration
def test_a_network_that_does_without_is_healthy() -> None:
    assert learn(lambda h: h.reshape(len(h), 3, -1))
    assert learn(lambda h: h + 0.1 * weigh(-1)(h))


class Forgets(nn.Module):
    """Makes something of the inputs, and answers by something else."""

    def __init__(self, kept: bool) -> None:
        super().__init__()
        self.words, self.head, self.kept = nn.Embedding(20, 6, rng=0), nn.Linear(6, 2, rng=1), kept

    def forward(self, x: Any) -> Any:
        seen = self.words(x).mean(axis=1)
        # Cut off, the inputs still tell the answers apart.
        return self.head(seen.detach() if self.kept else ag.Tensor(np.zeros(seen.shape, np.float32)))


@pytest.mark.integration
@pytest.mark.parametrize("kept", [False, True])
def test_unused_inputs_come_before_the_gradients_that_are_missing_for_it(kept: bool) -> None:
    x = np.random.default_rng(0).integers(0, 20, (120, 4))
    found = nn.health.diagnose(Forgets(kept), (x, (x > 9).any(axis=1).astype(int)), quick=True, epochs=5)
    causes = [f.cause for f in found.findings]
    assert causes[: 2 - kept] == (["missing gradients"] if kept else ["inputs unused", "missing gradients"])


@pytest.mark.parametrize(("maps", "told"), [(1, True), (2, False)])
def test_a_softmax_over_the_only_map_is_told_at_the_end_of_a_network(maps: int, told: bool) -> None:
    x = np.random.default_rng(0).normal(size=(16, 2, 5, 5)).astype(np.float32)
    model = nn.Sequential(nn.Conv2d(2, maps, 3, rng=0), nn.Softmax(1))
    given = adapt(model, (x, x[:, :1, 1:4, 1:4] > 0), nn.BCELoss(), None, 16, True, (None, None, None))
    found = list(find_in_operations(given.network.operations(x), given.network.answer(x)))
    assert [(f.cause, f.certain) for f in found] == [("softmax over one unit", True)] * told
