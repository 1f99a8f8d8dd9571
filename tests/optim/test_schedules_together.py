"""Several schedules over one optimizer, rates set by hand, and groups that come later: PyTorch's numbers."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim import lr_scheduler

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "schedules_together.json"
STEPS = 9
# Each is called with `torch.optim.lr_scheduler` or with ours; everything that happens in them does so within the steps.
SINGLE: dict[str, Callable[[Any, Any], Any]] = {
    "StepLR": lambda m, o: m.StepLR(o, step_size=3, gamma=0.5),
    "MultiStepLR": lambda m, o: m.MultiStepLR(o, milestones=[2, 2, 5], gamma=0.3),
    "ConstantLR": lambda m, o: m.ConstantLR(o, factor=0.25, total_iters=4),
    "LinearLR": lambda m, o: m.LinearLR(o, start_factor=0.2, end_factor=0.9, total_iters=5),
    "ExponentialLR": lambda m, o: m.ExponentialLR(o, gamma=0.9),
    "PolynomialLR": lambda m, o: m.PolynomialLR(o, total_iters=6, power=2.0),
    "CosineAnnealingLR": lambda m, o: m.CosineAnnealingLR(o, T_max=4, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda m, o: m.CosineAnnealingWarmRestarts(o, T_0=2, T_mult=2, eta_min=0.01),
    "LambdaLR": lambda m, o: m.LambdaLR(o, [lambda t: 0.9**t, lambda t: 1.0 - 0.02 * t]),
    "MultiplicativeLR": lambda m, o: m.MultiplicativeLR(o, lambda t: 0.9 if t % 2 else 0.8),
    "OneCycleLR": lambda m, o: m.OneCycleLR(o, max_lr=1.0, total_steps=STEPS + 1),
}
COMPOSED: dict[str, Callable[[Any, Any], Any]] = {
    "SequentialLR": lambda m, o: m.SequentialLR(
        o, [m.LinearLR(o, start_factor=0.1, total_iters=3), m.CosineAnnealingLR(o, T_max=5)], milestones=[3]
    ),
    "ChainedScheduler": lambda m, o: m.ChainedScheduler(
        [m.CosineAnnealingLR(o, T_max=4), m.CosineAnnealingLR(o, T_max=3, eta_min=0.02)]
    ),
}
EVERY = {**SINGLE, **COMPOSED}
# Those with which PyTorch takes groups that are added later.
WITH_MORE_GROUPS = ["StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR"]

Rates = list[list[float]]


def scenarios(m: Any, optimizer: Callable[[], Any], parameter: Callable[[], Any]) -> Iterator[tuple[str, Rates]]:
    """Everything that is frozen: its name and the rates of all groups before each step."""

    def walk(o: Any, *schedules: Any, change: Callable[[int], None] = lambda t: None) -> Rates:
        found = []
        for t in range(STEPS):
            change(t)
            found.append([group["lr"] for group in o.param_groups])
            o.step()
            for schedule in schedules:
                plateau = isinstance(schedule, m.ReduceLROnPlateau)
                schedule.step(*([1.0 if t < 4 else 0.5] if plateau else []))
        return found

    for one, make in EVERY.items():
        for other, make_other in EVERY.items():
            o = optimizer()
            yield f"{one}, {other}", walk(o, make(m, o), make_other(m, o))
            if one in SINGLE and other in SINGLE:
                o = optimizer()
                yield f"{one} then {other}", walk(o, m.SequentialLR(o, [make(m, o), make_other(m, o)], [3]))
        o = optimizer()
        first = make(m, o)
        yield f"{one}, plateau", walk(o, first, m.ReduceLROnPlateau(o, factor=0.5, patience=1))

        o = optimizer()

        def by_hand(t: int, o: Any = o) -> None:
            if t == 3:
                o.param_groups[0]["lr"] = 0.7

        yield f"{one}, set by hand", walk(o, make(m, o), change=by_hand)
    for one in WITH_MORE_GROUPS:
        o = optimizer()

        def add(t: int, o: Any = o) -> None:
            if t == 2:
                o.add_param_group({"params": [parameter()], "lr": 0.2})

        yield f"{one}, a group added", walk(o, SINGLE[one](m, o), change=add)


def leaf() -> Tensor:
    return Tensor(np.ones(2), requires_grad=True)


def optimizer() -> optim.Optimizer:
    return optim.SGD([{"params": [leaf()]}, {"params": [leaf()], "lr": 0.1}], lr=0.5, momentum=0.9)


def test_rates_are_pytorchs() -> None:
    frozen = json.loads(FROZEN_FILE.read_text(encoding="utf-8"))
    found = dict(scenarios(lr_scheduler, optimizer, leaf))
    assert set(found) == set(frozen)
    for name, rates in found.items():
        for t, (own, expected) in enumerate(zip(rates, frozen[name], strict=True)):
            np.testing.assert_allclose(own, expected, rtol=1e-12, atol=1e-16, err_msg=f"{name}, step {t}")


def test_two_schedules_stepped_by_hand_multiply() -> None:
    o = optim.SGD([leaf()], lr=0.1)
    schedules = lr_scheduler.ExponentialLR(o, 0.9), lr_scheduler.StepLR(o, 3, 0.5)
    for _ in range(6):
        for schedule in schedules:
            schedule.step()
    assert o.param_groups[0]["lr"] == pytest.approx(0.1 * 0.9**6 * 0.5**2, rel=1e-14)
    assert o.param_groups[0]["lr"] == pytest.approx(0.0132860, abs=5e-8)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("other", EVERY)
def test_chained_is_stepped_by_hand(name: str, other: str) -> None:
    by_hand, chained = optimizer(), optimizer()
    schedules = EVERY[name](lr_scheduler, by_hand), EVERY[other](lr_scheduler, by_hand)
    chain = lr_scheduler.ChainedScheduler([EVERY[name](lr_scheduler, chained), EVERY[other](lr_scheduler, chained)])
    for _ in range(STEPS):
        assert chain.get_last_lr() == [group["lr"] for group in by_hand.param_groups]
        chain.step()
        for schedule in schedules:
            schedule.step()


@pytest.mark.parametrize("name", EVERY)
def test_a_rate_set_by_hand_survives_being_kept(name: str) -> None:
    """Whichever is loaded first, the optimizer or the schedule."""
    first = optimizer()
    schedule = EVERY[name](lr_scheduler, first)
    for _ in range(4):
        schedule.step()
    first.param_groups[0]["lr"] = 0.7
    kept = json.loads(json.dumps({"schedule": schedule.state_dict()})), first.state_dict()
    resumed = []
    for order in (0, 1):
        o = optimizer()
        again = EVERY[name](lr_scheduler, o)
        for part in (again, o) if order else (o, again):
            part.load_state_dict(kept[0]["schedule"] if part is again else kept[1])
        resumed.append(again)
    for copied in (copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))):
        if name not in ("LambdaLR", "MultiplicativeLR") or copied is copy.deepcopy:
            resumed.append(copied(schedule))
    for _ in range(STEPS - 4):
        for other in resumed:
            assert other.get_last_lr() == schedule.get_last_lr()
            assert other.optimizer.param_groups[0]["momentum"] == first.param_groups[0]["momentum"]
            other.step()
        schedule.step()


def test_a_schedule_within_a_sequence_within_a_chain_goes_on_from_its_state() -> None:
    def make(o: optim.Optimizer) -> lr_scheduler.LRScheduler:
        m = lr_scheduler
        inner = m.SequentialLR(o, [m.ConstantLR(o, 0.5, 2), m.CosineAnnealingLR(o, 6)], [2])
        return m.ChainedScheduler([inner, m.ExponentialLR(o, 0.9)])

    whole, first, resumed = (make(optimizer()) for _ in range(3))
    for _ in range(4):
        whole.step()
        first.step()
    resumed.load_state_dict(first.state_dict())
    for _ in range(5):
        assert resumed.get_last_lr() == whole.get_last_lr()
        resumed.step()
        whole.step()


def test_a_chain_in_a_sequence_begins_anew_at_its_milestone() -> None:
    o = optim.SGD([leaf()], lr=1.0)
    chain = lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(o, 0.5, 2), lr_scheduler.ExponentialLR(o, 0.1)])
    schedule, rates = lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.25), chain], [2]), []
    for _ in range(5):
        rates += schedule.get_last_lr()
        schedule.step()
    assert rates == pytest.approx([0.25, 0.4, 0.5, 0.05, 0.01])


@pytest.mark.parametrize("name", sorted(set(SINGLE) - {"LambdaLR"}))
def test_a_group_added_later_is_scheduled_too(name: str) -> None:
    o = optimizer()
    schedule = SINGLE[name](lr_scheduler, o)
    schedule.step()
    o.add_param_group({"params": leaf(), "lr": 0.2})
    for _ in range(STEPS - 2):
        schedule.step()
        assert len(schedule.get_last_lr()) == len(schedule.base_lrs) == 3
    assert schedule.base_lrs[2] == 0.2
    assert o.param_groups[2]["lr"] != 0.2


def test_functions_for_each_group_must_be_given_anew() -> None:
    o = optimizer()
    schedule = SINGLE["LambdaLR"](lr_scheduler, o)
    o.add_param_group({"params": leaf()})
    with pytest.raises(ValueError, match="LambdaLR: a group was added, and lr_lambda has a function for each of 2"):
        schedule.step()


def test_a_rate_that_fell_to_nothing_rises_again() -> None:
    m = lr_scheduler
    for make, expected in (
        (lambda o: m.ConstantLR(o, 0.0, 2), [0.0, 0.0, 0.5, 0.5]),
        (lambda o: m.LinearLR(o, 0.0, 1.0, 2), [0.0, 0.25, 0.5, 0.5]),
        (lambda o: m.PolynomialLR(o, 2, cycle=True), [0.5, 0.25, 0.0, 0.125]),
        (lambda o: m.CosineAnnealingLR(o, 1), [0.5, 0.0, 0.5, 0.0]),
    ):
        schedule = make(optim.SGD([leaf()], lr=0.5))
        for rate in expected:
            assert schedule.get_last_lr() == pytest.approx([rate], abs=1e-16)
            schedule.step()


def test_many_steps_do_not_use_a_factor_up() -> None:
    """γ^t is 0 in floating point after 400 steps: a rate that is set then still falls by γ."""
    schedule = lr_scheduler.ExponentialLR(optim.SGD([leaf()], lr=0.5), 0.1)
    for _ in range(400):
        schedule.step()
    schedule.optimizer.param_groups[0]["lr"] = 0.3
    schedule.step()
    assert schedule.get_last_lr() == pytest.approx([0.03])


def test_a_plateau_is_no_part_of_a_chain() -> None:
    o = optimizer()
    plateau = lr_scheduler.ReduceLROnPlateau(o)
    for make in (
        lambda: lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(o), plateau]),
        lambda: lr_scheduler.SequentialLR(o, [lr_scheduler.ConstantLR(o), plateau], [3]),
    ):
        with pytest.raises(TypeError, match="ReduceLROnPlateau is not a schedule of steps alone: step it separately"):
            make()


def test_a_cycle_later_in_a_sequence_leaves_the_first_rate_alone() -> None:
    """PyTorch's numbers; the first schedule started from the bottom of the cycle, and both groups with it."""
    groups = [{"params": [Tensor(1.0, requires_grad=True)], "lr": lr} for lr in (0.1, 0.02)]
    optimizer = optim.SGD(groups)
    warm = lr_scheduler.LinearLR(optimizer, start_factor=0.1, end_factor=0.2, total_iters=6)
    cycle = lr_scheduler.CyclicLR(optimizer, base_lr=0.01, max_lr=0.1, step_size_up=4, cycle_momentum=False)
    schedule = lr_scheduler.SequentialLR(optimizer, [warm, cycle], milestones=[2])
    rates = [schedule.get_last_lr()]
    for _ in range(3):
        optimizer.step()
        schedule.step()
        rates.append(schedule.get_last_lr())
    np.testing.assert_allclose(
        rates, [[0.01, 0.002], [0.011666667, 0.0023333333], [0.01, 0.01], [0.0325, 0.0325]], rtol=1e-6
    )
