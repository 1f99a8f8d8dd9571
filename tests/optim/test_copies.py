"""Copies of a model with its optimizer, in memory and from a file: they go on as the original does, and leave it alone."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import Tensor
from optim.registry import OPTIMIZERS
from tests.sweep import sweep

X = np.random.default_rng(0).normal(size=(8, 3))
COPIED = pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)


def network() -> nn.Module:
    return nn.Sequential(
        nn.Linear(3, 4, rng=0, dtype=np.float64),
        nn.Tanh(),
        nn.Linear(4, 1, rng=1),
        nn.Linear(1, 1, rng=2, dtype=np.float64),
    )


def numbers(model: nn.Module) -> list[np.ndarray]:
    return [p.data.copy() for p in model.parameters()]


def trained(model: nn.Module, optimizer: Any, steps: int = 3) -> list[np.ndarray]:
    """The parameters after some steps."""

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (model(X) ** 2).mean()
        loss.backward()
        return loss

    for _ in range(steps):
        if isinstance(optimizer, (optim.LBFGS, optim.Newton)):
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()
    return numbers(model)


def same(found: Any, expected: Any) -> None:
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@COPIED
@pytest.mark.parametrize("name", sweep(sorted(OPTIMIZERS), 4))
def test_a_copy_moves_its_own_parameters_as_the_original_moves_them(name: str, copied: Callable[[Any], Any]) -> None:
    model = network()
    optimizer = optim.get(name, model.parameters(), lr=0.05)
    before = trained(model, optimizer)
    twin, other = copied((model, optimizer))
    expected = trained(twin, other)
    same(numbers(model), before)
    assert all(not np.array_equal(a, b) for a, b in zip(expected, before, strict=True))
    same(trained(model, optimizer), expected)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert not np.may_share_memory(p.data, q.data)
        assert p.data.strides == q.data.strides


@COPIED
def test_copies_of_methods_with_curvature(copied: Callable[[Any], Any]) -> None:
    layer = nn.Linear(3, 1, rng=0, dtype=np.float64)
    optimizer = optim.LBFGS(layer.parameters(), lr=0.1, max_iter=2)
    before = trained(layer, optimizer)
    twin, other = copied((layer, optimizer))
    expected = trained(twin, other)
    same(numbers(layer), before)
    same(trained(layer, optimizer), expected)


@COPIED
@pytest.mark.parametrize("reverse", [False, True])
def test_it_does_not_matter_what_is_copied_first(reverse: bool, copied: Callable[[Any], Any]) -> None:
    model = network()
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    trained(model, optimizer)
    if reverse:
        other, twin = copied([optimizer, model])
    else:
        parts = copied({"model": model, "optimizer": optimizer})
        twin, other = parts["model"], parts["optimizer"]
    same(trained(twin, other), trained(model, optimizer))


@COPIED
def test_groups_schedules_and_averages_come_along(copied: Callable[[Any], Any]) -> None:
    model = network()
    first, *rest = model.parameters()
    optimizer = optim.SGD([{"params": [first], "lr": 0.2}, {"params": rest}], lr=0.1, momentum=0.9)
    schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    average = optim.Averaged(model.parameters(), decay=0.5)

    def run(model: nn.Module, optimizer: Any, schedule: Any, average: Any) -> list[np.ndarray]:
        for _ in range(3):
            trained(model, optimizer, 1)
            schedule.step()
            average.update()
        with average.applied():
            averaged = numbers(model)
        return [*numbers(model), *averaged, np.array([group["lr"] for group in optimizer.param_groups])]

    everything = model, optimizer, schedule, average
    before = run(*everything)
    twins = copied(everything)
    expected = run(*twins)
    same([*numbers(model), np.array(schedule.get_last_lr())], [*before[:6], before[-1]])
    same(run(*everything), expected)


def test_a_parameter_whose_array_was_replaced_is_copied_as_it_is() -> None:
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model[0].weight.data = np.ones((4, 3))
    twin, other = copy.deepcopy((model, optimizer))
    np.testing.assert_array_equal(twin[0].weight.data, np.ones((4, 3)))
    same(trained(twin, other), trained(model, optimizer))


def test_an_optimizer_alone_is_copied_with_its_parameters() -> None:
    w = Tensor([1.0, 2.0], requires_grad=True)
    optimizer = copy.deepcopy(optim.SGD([w], lr=0.5))
    (mine,) = optimizer.param_groups[0]["params"]
    mine.grad = np.ones(2)
    optimizer.step()
    assert (mine.data.tolist(), w.data.tolist()) == ([0.5, 1.5], [1.0, 2.0])


class Trainer:
    def __init__(self) -> None:
        self.model = network()
        self.optimizer = optim.Adam(self.model.parameters(), lr=0.1)

    def step(self, x: Any) -> Any:
        self.optimizer.zero_grad()
        loss = (self.model(x) ** 2).mean()
        loss.backward()
        self.optimizer.step()
        return loss


@COPIED
def test_a_compiled_step_is_copied_with_what_it_trains(copied: Callable[[Any], Any]) -> None:
    trainer = Trainer()
    step = ag.compile(trainer.step, native=False)
    step(X)
    before = numbers(trainer.model)
    twin, again = copied((trainer, step))
    losses = [float(again(X)) for _ in range(3)]
    assert losses[0] > losses[-1]
    same(numbers(trainer.model), before)
    assert [float(step(X)) for _ in range(3)] == losses
    same(numbers(twin.model), numbers(trainer.model))
