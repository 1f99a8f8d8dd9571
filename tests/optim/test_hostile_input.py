"""Options, parameters and states that nobody should give: each is refused with an error that says what was wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor, Value
from optim import lr_scheduler
from optim.registry import OPTIMIZERS


def parameter() -> Tensor:
    return Tensor(np.ones(3), requires_grad=True)


def sgd() -> optim.SGD:
    return optim.SGD([parameter()], lr=0.1)


def stepped(kind: str, gradient: float, **options: Any) -> np.ndarray:
    p = parameter()
    optimizer = optim.get(kind, [p], **options)
    p.grad = np.full(3, gradient)
    optimizer.step()
    return p.data.copy()


OPTIONS: list[tuple[Callable[[], Any], str]] = [
    *(
        (lambda n=name: optim.get(n, [parameter()], lr=math.nan), "lr must be a number that is not")
        for name in OPTIMIZERS
    ),
    (lambda: optim.SGD([parameter()], lr=None), "lr must be a number that is not negative, got None"),
    (lambda: optim.SGD([parameter()], lr=1j), "got 1j"),
    (lambda: optim.SGD([parameter()], momentum=-1), "momentum must be a number that is not negative"),
    (lambda: optim.SGD([parameter()], momentum=0.9, dampening="x"), "dampening must be a number, got 'x'"),
    (lambda: optim.SGD([parameter()], momentum=0.9, dampening=math.nan), "dampening must be a number, got nan"),
    (lambda: optim.Adam([parameter()], betas=0.9), r"Adam: betas must be two numbers, got 0\.9"),
    (lambda: optim.Adam([parameter()], betas="ab"), "betas must be two numbers, got 'ab'"),
    (lambda: optim.Adam([parameter()], betas=(0.9, math.nan)), "betas must be two numbers from 0 to below 1"),
    (lambda: optim.Adam([{"params": [parameter()], "betas": None}]), "betas must be two numbers, got None"),
    (lambda: optim.Rprop([parameter()], etas=0.5), r"Rprop: etas must be two numbers, got 0\.5"),
    (lambda: optim.Rprop([parameter()], step_sizes=(50.0, 1.0)), "step_sizes must not be negative, the least first"),
    (lambda: optim.Rprop([parameter()], step_sizes=(-1.0, 1.0)), "step_sizes must not be negative, the least first"),
    (lambda: optim.ASGD([parameter()], t0="x"), "t0 must be a number"),
    (lambda: optim.get(3, [parameter()]), "there is no optimizer 3"),
    (lambda: optim.LBFGS([parameter()], lr="x"), "lr must be a number"),
    (lambda: optim.LBFGS([parameter()], max_iter="x"), "max_iter must be a number that is not negative"),
    (lambda: optim.Averaged([parameter()], decay="x"), "decay must be a number"),
    (lambda: optim.clip_grad_norm_([parameter()], "1"), "max_norm must be a number that is not negative, got '1'"),
    (lambda: optim.clip_grad_value_([parameter()], None), "clip_value must be a number that is not negative, got None"),
]


def spent() -> Iterator[Tensor]:
    """The parameters of a model, which an optimizer or a count has gone through."""
    generator = nn.Linear(2, 2).parameters()
    assert len(list(generator)) == 2
    return generator


PARAMETERS: list[tuple[Callable[[], Any], str]] = [
    (lambda: optim.SGD(nn.Linear(2, 2)), r"parameters are tensors, not Linear; give model\.parameters\(\)"),
    (lambda: optim.SGD(nn.Linear(2, 2).state_dict()), "parameters are tensors, not str"),
    (lambda: optim.SGD(None), "parameters are tensors, not NoneType"),
    (lambda: optim.SGD([Value(1.0)]), "parameters are tensors, not Value"),
    (lambda: optim.SGD(iter([])), "the list of parameters is empty"),
    (lambda: optim.SGD([{"params": [parameter()]}, {"params": spent()}]), "can be gone through only once"),
    (lambda: optim.SGD([{"params": [parameter()]}, parameter()]), "not both in one list"),
    (lambda: optim.SGD([{"params": None}]), "parameters are tensors, not NoneType"),
    (lambda: optim.SGD([{"params": []}]), "no parameter requires a gradient"),
    (lambda: optim.SGD([{"params": (p := parameter())}, {"params": p}]), "was given twice"),
    (lambda: optim.clip_grad_norm_([np.ones(3)], 1.0), "clip_grad_norm_: parameters are tensors, not ndarray"),
    (lambda: optim.clip_grad_value_(nn.Linear(1, 1), 1.0), "clip_grad_value_: parameters are tensors, not Linear"),
    (lambda: optim.clip_grad_norm_([{"params": []}], 1.0), "parameters are tensors, not dict"),
    (lambda: optim.Averaged([np.ones(3)]), "Averaged: parameters are tensors, not ndarray"),
    (lambda: optim.LBFGS(nn.Linear(1, 1)), "LBFGS: parameters are tensors, not Linear"),
]
STATES: list[tuple[Callable[[], Any], str]] = [
    (lambda: sgd().load_state_dict(None), "expected a mapping, not NoneType"),
    (lambda: sgd().load_state_dict(nn.Linear(1, 1).state_dict()), "expected 'state' and 'param_groups'"),
    (lambda: sgd().load_state_dict({"state": 3, "param_groups": 4}), "are lists of mappings"),
    (lambda: sgd().load_state_dict({**sgd().state_dict(), "state": [None]}), "are lists of mappings"),
    (
        lambda: optim.RAdam([parameter()]).load_state_dict(optim.NAdam([parameter()]).state_dict()),
        "does not fit RAdam's",
    ),
    (
        lambda: optim.Averaged([parameter()]).load_state_dict({"updates": -1, "averages": [np.ones(3)]}),
        "updates must be",
    ),
    (lambda: optim.Averaged([parameter()]).load_state_dict({"updates": 1, "averages": [list("abc")]}), "are numbers"),
    (
        lambda: lr_scheduler.StepLR(sgd(), 1).load_state_dict({"last_epoch": -3, "base_lrs": [1.0], "last_lr": [1.0]}),
        "last_epoch must be",
    ),
    (
        lambda: lr_scheduler.ReduceLROnPlateau(sgd()).load_state_dict(
            {"best": "x", "num_bad_epochs": 1, "cooldown_counter": 0, "last_epoch": 0}
        ),
        "expected numbers",
    ),
]
CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: lr_scheduler.StepLR([parameter()], 1), "StepLR takes an optimizer, not list"),
    (lambda: lr_scheduler.OneCycleLR(3, 0.1, 10), "OneCycleLR takes an optimizer, not int"),
    (lambda: lr_scheduler.ReduceLROnPlateau(3), "ReduceLROnPlateau takes an optimizer, not int"),
    (
        lambda: lr_scheduler.OneCycleLR(sgd(), 0.1, 10, div_factor=0.0),
        "div_factor and final_div_factor must be above 0",
    ),
    (lambda: lr_scheduler.LambdaLR(sgd(), 3), "lr_lambda is a function, or one for each group"),
    (lambda: lr_scheduler.MultiplicativeLR(sgd(), 0.5), "lr_lambda is a function, or one for each group"),
    (lambda: optim.LBFGS([parameter()]).step(None), "step takes a closure"),
    (lambda: optim.LBFGS([parameter()]).step(lambda: None), "the closure must return one number"),
    (lambda: optim.Newton([parameter()]).step(3), "step takes the loss as a function"),
    (lambda: optim.Newton([parameter()]).step(lambda x: x * x), "must return one number, not shape"),
    (lambda: optim.minimize(np.sum, [(-math.inf, 1.0)], "particle_swarm"), "finite pairs"),
    (lambda: optim.minimize(np.sum, [(0, 1)], "particle_swarm", iterations=0), "iterations must be at least 1"),
    (lambda: optim.minimize(np.sum, [(0, 1)], "particle_swarm", particles=0), "particles must be at least 1"),
    (lambda: optim.minimize(np.sum, [(0, 1)], "particle_swarm", start=[0, 1]), r"start has shape \(2,\)"),
    (
        lambda: optim.minimize(lambda x: x, [(0, 1), (0, 1)], "particle_swarm"),
        r"must return one number, got shape \(2,\)",
    ),
    (lambda: optim.particle_swarm(np.sum, [(1, 0)]), "low < high"),
]


@pytest.mark.parametrize(("make", "message"), [*OPTIONS, *PARAMETERS, *STATES, *CALLS])
def test_what_is_wrong_is_said(make: Callable[[], Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError, RuntimeError), match=message):
        make()


@pytest.mark.parametrize(
    "use",
    [
        optim.SGD,
        optim.LBFGS,
        optim.Newton,
        optim.Averaged,
        lambda parameters: optim.get("adam", parameters),
        lambda parameters: optim.clip_grad_norm_(parameters, 1.0),
        lambda parameters: optim.clip_grad_value_(parameters, 1.0),
        nn.l1_penalty,
        nn.l2_penalty,
    ],
)
def test_a_generator_that_was_gone_through_is_told_of(use: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="the list of parameters is empty"):
        use(spent())


def test_no_parameters_at_all_may_be_clipped() -> None:
    assert optim.clip_grad_norm_([], 1.0) == 0.0
    optim.clip_grad_value_([], 1.0)


@pytest.mark.parametrize(("kind", "switch"), [("adam", {"amsgrad": True}), ("rmsprop", {"momentum": 0.9})])
def test_an_option_that_needs_another_state_cannot_be_switched_on_later(kind: str, switch: dict[str, Any]) -> None:
    p = parameter()
    optimizer = optim.get(kind, [p])
    optimizer.param_groups[0].update(switch)
    p.grad = np.ones(3)
    with pytest.raises(ValueError, match="make a new optimizer"):
        optimizer.step()
    assert p.data.tolist() == [1.0, 1.0, 1.0]


def test_numpys_numbers_are_numbers() -> None:
    assert optim.LBFGS([parameter()], lr=np.float32(0.5), max_iter=np.int64(3)).max_iter == 3
    assert lr_scheduler.StepLR(sgd(), np.int64(3)).step_size == 3


def test_options_that_were_written_to_json_and_read_again_fit() -> None:
    optimizer = optim.Adam([parameter()], betas=[0.8, 0.9])
    state = optimizer.state_dict()
    state["param_groups"] = json.loads(json.dumps(state["param_groups"]))
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["betas"] == (0.8, 0.9)


def test_a_model_of_another_dtype_needs_a_new_optimizer() -> None:
    model = nn.Linear(3, 2, rng=0)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model.double()(np.ones((1, 3))).sum().backward()
    with pytest.raises(ValueError, match=r"was float32 of shape .*, and now is float64 .*: make a new optimizer"):
        optimizer.step()
    assert model.weight.dtype == np.float64


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in ("ftrl", "rprop")])
def test_a_rate_of_zero_moves_nothing(name: str) -> None:
    assert stepped(name, 1.0, lr=0).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_nan_is_not_hidden(name: str) -> None:
    assert np.isnan(stepped(name, math.nan)).all()


def test_finite_gradients_whose_squares_are_not_are_clipped() -> None:
    p = Tensor(np.ones(3, np.float32), requires_grad=True)
    p.grad = np.full(3, 3e38, np.float32)
    assert optim.clip_grad_norm_([p], 1.0) == pytest.approx(3e38 * math.sqrt(3.0))
    np.testing.assert_allclose(p.grad, 1.0 / math.sqrt(3.0), rtol=1e-6)
    assert optim.clip_grad_norm_([p], 1.0, "inf") == pytest.approx(1.0 / math.sqrt(3.0))


def test_a_search_counts_the_evaluations_that_it_makes() -> None:
    calls = []

    def corner(x: np.ndarray) -> float:
        calls.append(x)
        return float(x.sum())

    # The particles come to rest at the bounds, long before the last iteration.
    found = optim.minimize(corner, [(0, 1)], "particle_swarm", iterations=1000)
    assert found.x.tolist() == [0.0]
    assert found.evaluations == len(calls) < 40 * 1000
