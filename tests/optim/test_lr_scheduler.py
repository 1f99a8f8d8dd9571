"""Schedules beside PyTorch's, and those of Keras and of the documents by their formulas."""

from __future__ import annotations

import collections
import json
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim import lr_scheduler

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "schedules.json"
STEPS = 24
# Each is called with `torch.optim.lr_scheduler` or with ours, and an optimizer with two groups.
SCHEDULES: dict[str, Callable[[Any, Any], Any]] = {
    "StepLR": lambda m, o: m.StepLR(o, step_size=5, gamma=0.5),
    "MultiStepLR": lambda m, o: m.MultiStepLR(o, milestones=[3, 3, 11], gamma=0.3),
    "ConstantLR": lambda m, o: m.ConstantLR(o, factor=0.25, total_iters=4),
    "LinearLR": lambda m, o: m.LinearLR(o, start_factor=0.2, end_factor=0.9, total_iters=7),
    "ExponentialLR": lambda m, o: m.ExponentialLR(o, gamma=0.9),
    "PolynomialLR": lambda m, o: m.PolynomialLR(o, total_iters=15, power=2.0),
    "CosineAnnealingLR": lambda m, o: m.CosineAnnealingLR(o, T_max=10, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda m, o: m.CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2, eta_min=0.01),
    "LambdaLR": lambda m, o: m.LambdaLR(o, lambda t: 0.95**t / (1 + t)),
    "LambdaLR by group": lambda m, o: m.LambdaLR(o, [lambda t: 0.9**t, lambda t: 1.0 - 0.02 * t]),
    "MultiplicativeLR": lambda m, o: m.MultiplicativeLR(o, lambda t: 0.9 if t % 2 else 0.8),
    "OneCycleLR": lambda m, o: m.OneCycleLR(o, max_lr=1.0, total_steps=STEPS + 1),
    "OneCycleLR linear": lambda m, o: m.OneCycleLR(
        o, max_lr=1.0, total_steps=STEPS + 1, anneal_strategy="linear", pct_start=0.4
    ),
    "OneCycleLR three phases": lambda m, o: m.OneCycleLR(o, max_lr=1.0, total_steps=STEPS + 1, three_phase=True),
    "OneCycleLR of groups": lambda m, o: m.OneCycleLR(o, max_lr=[1.0, 0.3], total_steps=STEPS + 1),
    "OneCycleLR of epochs": lambda m, o: m.OneCycleLR(o, 1.0, epochs=5, steps_per_epoch=5),
    "CyclicLR": lambda m, o: m.CyclicLR(o, 0.1, 0.7, step_size_up=4),
    "CyclicLR of groups": lambda m, o: m.CyclicLR(o, [0.1, 0.2], [0.7, 0.3], 3, 5, mode="triangular2"),
    "CyclicLR of steps": lambda m, o: m.CyclicLR(o, 0.1, 0.7, 4, mode="exp_range", gamma=0.9, base_momentum=0.7),
    "CyclicLR by a function": lambda m, o: m.CyclicLR(
        o, 0.1, 0.7, 4, scale_fn=lambda x: 1 / (1 + x), cycle_momentum=False
    ),
    "SequentialLR": lambda m, o: m.SequentialLR(
        o, [m.ConstantLR(o, factor=0.1, total_iters=2), m.ExponentialLR(o, gamma=0.9)], milestones=[6]
    ),
    "ChainedScheduler": lambda m, o: m.ChainedScheduler(
        [m.ConstantLR(o, factor=0.1, total_iters=5), m.ExponentialLR(o, gamma=0.9)]
    ),
}
PLATEAUS: dict[str, dict[str, Any]] = {
    "usual": {"patience": 2},
    "absolute": {"patience": 1, "threshold": 0.05, "threshold_mode": "abs", "factor": 0.5},
    "largest": {"mode": "max", "patience": 1, "factor": 0.5, "cooldown": 2},
    "least rate": {"patience": 0, "factor": 0.1, "min_lr": 1e-3},
}
FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


def metrics() -> list[float]:
    """Losses that fall, stand still and rise."""
    return [1.0 / (1 + min(t, 7)) + 0.02 * math.sin(5 * t) for t in range(STEPS)]


def optimizer() -> optim.Optimizer:
    ps = [Tensor(np.ones(2), requires_grad=True) for _ in range(2)]
    return optim.SGD([{"params": [ps[0]]}, {"params": [ps[1]], "lr": 0.1}], lr=0.5, momentum=0.9)


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_pytorchs(name: str) -> None:
    o = optimizer()
    schedule = SCHEDULES[name](lr_scheduler, o)
    for rates, momentum in FROZEN[name]:
        assert schedule.get_last_lr() == pytest.approx(rates, rel=1e-12, abs=1e-15)
        assert o.param_groups[0]["momentum"] == pytest.approx(momentum, rel=1e-12)
        schedule.step()


@pytest.mark.parametrize("name", PLATEAUS)
def test_plateaus_are_pytorchs(name: str) -> None:
    o = optimizer()
    schedule = lr_scheduler.ReduceLROnPlateau(o, **PLATEAUS[name])
    rates = []
    for metric in metrics():
        schedule.step(metric)
        rates.append(schedule.get_last_lr())
    assert rates == pytest.approx(np.array(FROZEN[f"plateau {name}"]), rel=1e-12)


def test_a_plateau_is_told_a_loss_as_it_is() -> None:
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer(), patience=0)
    loss = (Tensor([1.0, 2.0], requires_grad=True) ** 2).mean()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            schedule.step(loss)
    assert schedule.get_last_lr() == pytest.approx([0.05, 0.01])
    assert schedule.best == 2.5


def rates_of(schedule: Any, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        found.append(schedule.get_last_lr()[0])
        schedule.step()
    return found


def test_schedules_that_pytorch_does_not_have() -> None:
    t = np.arange(12)
    make = lambda kind, *a, **k: rates_of(getattr(lr_scheduler, kind)(optimizer(), *a, **k), 12)
    np.testing.assert_allclose(make("InverseTimeLR", 0.5), 0.5 / (1 + 0.5 * t))
    np.testing.assert_allclose(make("InverseTimeLR", 0.5, decay_steps=3, staircase=True), 0.5 / (1 + 0.5 * (t // 3)))
    np.testing.assert_allclose(make("ExponentialLR", 0.5, decay_steps=4), 0.5 * 0.5 ** (t / 4))
    np.testing.assert_allclose(make("ExponentialLR", 0.5, decay_steps=4, staircase=True), 0.5 * 0.5 ** (t // 4))
    np.testing.assert_allclose(
        make("PiecewiseConstantLR", [3, 6], [1.0, 0.1, 0.01]), [1.0] * 4 + [0.1] * 3 + [0.01] * 5
    )
    period = 5 * np.maximum(1, np.ceil(t / 5))
    cycled = make("PolynomialLR", 5, power=2.0, end_factor=0.1, cycle=True)
    np.testing.assert_allclose(cycled, 0.5 * (0.1 + 0.9 * (1 - t / period) ** 2))


@pytest.mark.parametrize("name", [name for name in SCHEDULES if "LambdaLR by" not in name])
def test_a_schedule_goes_on_from_its_state(name: str) -> None:
    whole = SCHEDULES[name](lr_scheduler, optimizer())
    first = SCHEDULES[name](lr_scheduler, optimizer())
    for schedule in (whole, first):
        for _ in range(8):
            schedule.step()
    o = optimizer()
    resumed = SCHEDULES[name](lr_scheduler, o)
    resumed.load_state_dict(first.state_dict())
    for _ in range(6):
        assert resumed.get_last_lr() == whole.get_last_lr()
        resumed.step()
        whole.step()


def test_a_plateau_goes_on_from_its_state() -> None:
    first, second = (lr_scheduler.ReduceLROnPlateau(optimizer(), patience=2) for _ in range(2))
    for metric in metrics()[:9]:
        first.step(metric)
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    second.load_state_dict(first.state_dict())
    for metric in metrics()[9:]:
        first.step(metric)
        second.step(metric)
        assert first.get_last_lr() == second.get_last_lr()


def test_errors() -> None:
    o, other = optimizer(), optimizer()
    for make, message in (
        (lambda: lr_scheduler.StepLR(3, 1), "takes an optimizer, not int"),
        (lambda: lr_scheduler.StepLR(o, 0), "step_size must be a whole number from 1 on, got 0"),
        (lambda: lr_scheduler.LambdaLR(o, [lambda t: 1.0]), "1 functions for 2 groups"),
        (lambda: lr_scheduler.PiecewiseConstantLR(o, [3], [1.0]), "1 rising boundaries need 2 values"),
        (lambda: lr_scheduler.SequentialLR(o, [lr_scheduler.ConstantLR(o)], [3]), "need 0 rising milestones"),
        (lambda: lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(other)], o), "is over another optimizer"),
        (lambda: lr_scheduler.OneCycleLR(o, 1.0, 5, anneal_strategy="no"), "'cos' or 'linear'"),
        (lambda: lr_scheduler.ReduceLROnPlateau(o, factor=1.0), "factor must be below 1"),
        (lambda: lr_scheduler.ConstantLR(o).load_state_dict({}), "expected \\['base_lrs', 'last_epoch', 'last_lr'\\]"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            make()
    schedule = lr_scheduler.OneCycleLR(o, 1.0, 2)
    schedule.step()
    schedule.step()
    with pytest.raises(ValueError, match="the cycle has 2 steps"):
        schedule.step()


@pytest.mark.parametrize("mode", ["rel", "abs"])
def test_of_what_grows_better_is_more_by_the_threshold(mode: str) -> None:
    optimizer = optim.SGD([Tensor([1.0], requires_grad=True)], lr=1.0)
    schedule = optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, "max", factor=0.5, patience=0, threshold=0.1, threshold_mode=mode
    )
    rates = []
    for metric in (1.0, 1.15, 1.2):
        schedule.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == [1.0, 1.0, 0.5]


def test_a_bold_driver_goes_by_the_last_epoch_alone() -> None:
    o = optimizer()
    schedule = lr_scheduler.BoldDriver(o, mode="max", up=1.2, down=0.5, min_lr=0.02, max_lr=0.55)
    found = []
    for accuracy in (0.5, 0.6, 0.7, 0.4, 0.5, 0.5, math.nan, 0.9, 0.1, 0.05, 0.0):
        schedule.step(accuracy)
        found.append(schedule.get_last_lr())
    first = [0.5, 0.55, 0.55, 0.275, 0.33, 0.33, 0.165, 0.165, 0.0825, 0.04125, 0.020625]
    second = [0.1, 0.12, 0.144, 0.072, 0.0864, 0.0864, 0.0432, 0.0432, 0.0216, 0.02, 0.02]
    np.testing.assert_allclose(found, np.stack([first, second], axis=1))


def test_a_bold_driver_and_a_momentum_go_on_from_their_states() -> None:
    first, second = (lr_scheduler.BoldDriver(optimizer()) for _ in range(2))
    first.step(1.0)
    second.load_state_dict(first.state_dict())
    for schedule in (first, second):
        schedule.step(2.0)
    assert first.get_last_lr() == second.get_last_lr() == [0.25, 0.05]
    one, other = (lr_scheduler.LinearMomentum(optimizer(), total_iters=3) for _ in range(2))
    one.step()
    other.load_state_dict(one.state_dict())
    assert one.get_last_momentum() == other.get_last_momentum() == pytest.approx([0.5 + 0.49 / 3] * 2)
    for state in ({}, {"last_epoch": -1}, {"last_epoch": True}, {"last_epoch": 1, "more": 2}, None):
        with pytest.raises(ValueError, match=r"expected .'last_epoch': a whole number from 0 on"):
            other.load_state_dict(state)  # type: ignore[arg-type]


def test_schedules_by_metrics_and_momenta_that_cannot_be() -> None:
    o = optimizer()
    for make, message in (
        (lambda: lr_scheduler.BoldDriver(o, mode="best"), "mode is 'min' or 'max', got 'best'"),  # type: ignore[arg-type]
        (lambda: lr_scheduler.BoldDriver(o, up=0.9), "up must be a number from 1 on, got 0.9"),
        (lambda: lr_scheduler.BoldDriver(o, down=1.0), "down must be a number between 0 and 1, got 1.0"),
        (lambda: lr_scheduler.BoldDriver(o, min_lr=1.0, max_lr=0.5), "max_lr must be a number above 0, from min_lr on"),
        (lambda: lr_scheduler.LinearMomentum(o, start=1.0), "start must be a number from 0 to below 1, got 1.0"),
        (lambda: lr_scheduler.LinearMomentum(o, total_iters=0), "total_iters must be a whole number from 1 on"),
        (
            lambda: lr_scheduler.LinearMomentum(optim.Adagrad([Tensor([1.0], requires_grad=True)])),
            "LinearMomentum needs an optimizer with momentum or betas, not Adagrad",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            make()


class Warming(lr_scheduler.LRScheduler):
    """A schedule in PyTorch's words."""

    def __init__(self, optimizer: Any, steps: int, last_epoch: int = -1) -> None:
        self.steps = steps
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        share = min(1.0, (self.last_epoch + 1) / self.steps)
        return [base * share for base in self.base_lrs]


def test_a_schedule_says_its_rates_in_get_lr() -> None:
    o = optimizer()
    schedule = Warming(o, 4)
    rates = []
    for _ in range(5):
        rates.append(schedule.get_last_lr())
        schedule.step()
    assert rates == [[0.125, 0.025], [0.25, 0.05], [0.375, pytest.approx(0.075)], [0.5, 0.1], [0.5, 0.1]]
    schedule.load_state_dict({"last_epoch": 1, "base_lrs": [0.5, 0.1], "last_lr": [0.25, 0.05]})
    schedule.step()
    assert schedule.get_last_lr()[0] == 0.375

    class Short(lr_scheduler.LRScheduler):
        def get_lr(self) -> list[float]:
            return [0.1]

    with pytest.raises(ValueError, match=r"Short.get_lr must give 2 rates, one for each group, got \[0.1\]"):
        Short(optimizer())


GOING_ON = ("StepLR", "MultiStepLR", "LinearLR", "ExponentialLR", "CosineAnnealingLR", "LambdaLR", "CyclicLR")


@pytest.mark.parametrize("name", GOING_ON)
def test_a_schedule_goes_on_behind_a_step(name: str) -> None:
    make: dict[str, Callable[[Any, int], Any]] = {
        "StepLR": lambda o, last: lr_scheduler.StepLR(o, 3, 0.5, last),
        "MultiStepLR": lambda o, last: lr_scheduler.MultiStepLR(o, [3, 6], 0.5, last),
        "LinearLR": lambda o, last: lr_scheduler.LinearLR(o, 0.2, 1.0, 7, last),
        "ExponentialLR": lambda o, last: lr_scheduler.ExponentialLR(o, 0.9, last),
        "CosineAnnealingLR": lambda o, last: lr_scheduler.CosineAnnealingLR(o, 9, 0.01, last),
        "LambdaLR": lambda o, last: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + t), last),
        "CyclicLR": lambda o, last: lr_scheduler.CyclicLR(o, 0.1, 0.5, 4, last_epoch=last),
    }
    o = optimizer()
    whole = make[name](o, -1)
    for _ in range(4):
        whole.step()
    other = optimizer()
    other.load_state_dict(o.state_dict())
    whole.step()
    assert make[name](other, 4).get_last_lr() == pytest.approx(whole.get_last_lr(), rel=1e-12)
    with pytest.raises(ValueError, match="group 0 needs 'initial_lr'"):
        make[name](optimizer(), 4)


def test_what_a_cycle_cannot_be() -> None:
    o = optimizer()
    for make, message in (
        (lambda: lr_scheduler.CyclicLR(o, 0.1, 0.5, mode="square"), "mode must be 'triangular'"),
        (lambda: lr_scheduler.CyclicLR(o, [0.1], 0.5), "one for each of 2 groups, got 1"),
        (lambda: lr_scheduler.CyclicLR(o, 0.1, 0.5, 0), "step_size_up must be a whole number from 1 on"),
        (lambda: lr_scheduler.CyclicLR(o, 0.1, 0.5, scale_mode="steps", scale_fn=abs), "scale_mode must be"),
        (
            lambda: lr_scheduler.CyclicLR(optim.Rprop(o.param_groups[0]["params"]), 0.1, 0.5),
            "needs an optimizer with momentum",
        ),
        (lambda: lr_scheduler.OneCycleLR(o, 1.0), "give total_steps, or epochs and steps_per_epoch"),
        (lambda: lr_scheduler.StepLR(o, 3, last_epoch=-2), "last_epoch must be a whole number from -1 on"),
    ):
        with pytest.raises(ValueError, match=message):
            make()


@pytest.mark.parametrize("mode", ["min", "max"])
def test_nothing_is_better_than_the_best_there_is(mode: Any) -> None:
    optimizer = optim.SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, mode, patience=1)
    for metric in (-math.inf if mode == "min" else math.inf, 1.0, 2.0):
        schedule.step(metric)
    assert math.isinf(schedule.best)
    assert schedule.get_last_lr() == [0.1]


JUMPS = [name for name in SCHEDULES if name not in ("MultiplicativeLR", "SequentialLR", "ChainedScheduler")]


@pytest.mark.parametrize("name", JUMPS)
def test_a_step_to_somewhere_is_as_many_steps(name: str) -> None:
    jumping = SCHEDULES[name](lr_scheduler, optimizer())
    for t in (3, 0, 7, 7, 2):
        jumping.step(t)
        walking = SCHEDULES[name](lr_scheduler, optimizer())
        for _ in range(t):
            walking.step()
        assert jumping.last_epoch == t
        assert jumping.get_last_lr() == pytest.approx(walking.get_last_lr())
    jumping.step()
    walking.step()
    assert jumping.get_last_lr() == pytest.approx(walking.get_last_lr())


def test_where_a_step_may_lead() -> None:
    schedule = lr_scheduler.CosineAnnealingWarmRestarts(optimizer(), 3, 2)
    schedule.step(4.5)
    assert schedule.get_last_lr() == pytest.approx(
        [0.25 * (1 + math.cos(math.pi / 4)), 0.05 * (1 + math.cos(math.pi / 4))]
    )
    other = lr_scheduler.StepLR(optimizer(), 2)
    for wrong in (1.5, -1, True, "2"):
        with pytest.raises(ValueError, match="epoch must be a whole number from 0 on"):
            other.step(wrong)  # type: ignore[arg-type]


def test_a_state_brings_its_arguments() -> None:
    one = lr_scheduler.StepLR(optimizer(), 3, gamma=0.5)
    for _ in range(4):
        one.step()
    other = lr_scheduler.StepLR(optimizer(), 1)
    other.load_state_dict(one.state_dict())
    assert (other.step_size, other.gamma) == (3, 0.5)
    for wrong, message in (
        ({"gamma": "no"}, "gamma is 0.5 here, and cannot become 'no'"),
        ({"gamma": True}, "cannot become True"),
        ({"T_max": 3}, "StepLR has no T_max"),
    ):
        with pytest.raises(ValueError, match=message):
            other.load_state_dict({**one.state_dict(), **wrong})
    assert other.state_dict() == one.state_dict()


def test_pytorchs_states_load() -> None:
    # As its own state_dict gives them.
    book = {"_step_count": 5, "_is_initial": False, "_get_lr_called_within_step": False, "base_lrs": [0.5, 0.1]}
    schedule = lr_scheduler.MultiStepLR(optimizer(), [1])
    schedule.load_state_dict(
        {
            **book,
            "milestones": collections.Counter({5: 1, 2: 2}),
            "gamma": 0.1,
            "last_epoch": 4,
            "_last_lr": [0.005, 0.001],
        }
    )
    schedule.step()
    assert schedule.get_last_lr() == pytest.approx([0.0005, 0.0001])
    constant = lr_scheduler.ConstantLR(optimizer())
    constant.load_state_dict({**book, "factor": 0.5, "total_iters": 5, "last_epoch": 4, "_last_lr": [0.25, 0.05]})
    constant.step()
    assert constant.get_last_lr() == [0.5, 0.1]
    cosine = lr_scheduler.CosineAnnealingLR(optimizer(), 9)
    cosine.load_state_dict({**book, "T_max": 4, "eta_min": 0.1, "last_epoch": 3, "_last_lr": [0.2, 0.1]})
    cosine.step()
    assert cosine.get_last_lr() == pytest.approx([0.1, 0.1])
    several = lr_scheduler.SequentialLR(
        (o := optimizer()), [lr_scheduler.ConstantLR(o, 0.1, 2), lr_scheduler.ExponentialLR(o, 0.5)], [2]
    )
    parts = [
        {**book, "factor": 0.1, "total_iters": 2, "last_epoch": 2, "_last_lr": [0.5, 0.1]},
        {**book, "gamma": 0.9, "last_epoch": 1, "_last_lr": [0.45, 0.09]},
    ]
    several.load_state_dict({"_milestones": [3], "last_epoch": 4, "_last_lr": [0.45, 0.09], "_schedulers": parts})
    several.step()
    assert several.get_last_lr() == pytest.approx([0.405, 0.081])
    plateau = lr_scheduler.ReduceLROnPlateau(optimizer())
    plateau.load_state_dict(
        {
            "factor": 0.5,
            "default_min_lr": 0,
            "min_lrs": [0, 0],
            "patience": 0,
            "cooldown": 0,
            "eps": 1e-08,
            "last_epoch": 3,
            "_last_lr": [0.5, 0.1],
            "mode_worse": math.inf,
            "mode": "min",
            "threshold": 0.0001,
            "threshold_mode": "rel",
            "best": 0.5,
            "cooldown_counter": 0,
            "num_bad_epochs": 0,
        }
    )
    plateau.step(1.0)
    assert plateau.get_last_lr() == [0.25, 0.05]


def test_each_group_has_its_least_rate() -> None:
    o = optimizer()
    schedule = lr_scheduler.ReduceLROnPlateau(o, patience=0, min_lr=[0.1, 0.06])
    o.add_param_group({"params": [Tensor([1.0], requires_grad=True)], "lr": 0.3})
    for metric in (1.0, 1.0, 1.0):
        schedule.step(metric)
    assert schedule.get_last_lr() == [0.1, 0.06, 0.06]
    with pytest.raises(ValueError, match="expected 3 min_lrs, one for each group, got 2"):
        lr_scheduler.ReduceLROnPlateau(o, min_lr=[0.1, 0.06])


def test_a_schedule_by_metrics_counts_its_calls() -> None:
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer())
    for metric in metrics()[:3]:
        schedule.step(metric)
    assert schedule.state_dict()["last_epoch"] == 3
