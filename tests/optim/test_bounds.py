"""The last number that an optimizer or a schedule takes, and the first that it does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim import lr_scheduler

BELOW_ONE, ABOVE_ONE = math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0)
BELOW_ZERO = -5e-324


def parameter() -> Tensor:
    return Tensor(np.ones((2, 2)), requires_grad=True)


def sgd() -> optim.SGD:
    return optim.SGD([parameter()], lr=0.1)


def of(kind: type, option: str, **others: Any) -> Callable[[Any], Any]:
    """Make an optimizer with one option."""
    return lambda value: kind([parameter()], **others, **{option: value})


def over(kind: type, option: str, *given: Any) -> Callable[[Any], Any]:
    """Make a schedule with one option."""
    return lambda value: kind(sgd(), *given, **{option: value})


BOUNDS: dict[str, tuple[Callable[[Any], Any], list[Any], list[Any]]] = {
    "SGD lr": (of(optim.SGD, "lr"), [0.0, 3], [BELOW_ZERO]),
    "SGD momentum": (of(optim.SGD, "momentum"), [0.0, 1.5], [BELOW_ZERO]),
    "SGD weight_decay": (of(optim.SGD, "weight_decay"), [0.0], [BELOW_ZERO]),
    "SGD l1 by momentum": (of(optim.SGD, "momentum", l1=0.1), [BELOW_ONE], [1.0]),
    "SGD l1 by dampening": (of(optim.SGD, "dampening", l1=0.1, momentum=0.5), [1.0, -1.0], [ABOVE_ONE]),
    "SGD nesterov by momentum": (of(optim.SGD, "momentum", nesterov=True), [5e-324], [0.0]),
    "SGD nesterov by dampening": (of(optim.SGD, "dampening", nesterov=True, momentum=0.9), [0.0], [5e-324]),
    "SGD nesterov": (of(optim.SGD, "nesterov", momentum=0.9), [False, True, "lookahead"], ["yes"]),
    "SGD momentum_form": (of(optim.SGD, "momentum_form"), ["torch", "inside"], ["outside"]),
    "Adam betas": (
        of(optim.Adam, "betas"),
        [(0.0, 0.0), (BELOW_ONE, BELOW_ONE)],
        [(1.0, 0.9), (0.9, 1.0), (BELOW_ZERO, 0.9)],
    ),
    "Adam eps": (of(optim.Adam, "eps"), [0.0], [BELOW_ZERO]),
    "Lion betas": (of(optim.Lion, "betas"), [(0.0, 0.0)], [(0.9, 1.0), (0.9,), (0.9, 0.9, 0.9)]),
    "RMSprop alpha": (of(optim.RMSprop, "alpha"), [0.0, BELOW_ONE], [1.0, BELOW_ZERO]),
    "Adadelta rho": (of(optim.Adadelta, "rho"), [0.0, BELOW_ONE], [1.0, BELOW_ZERO]),
    "Rprop etas": (of(optim.Rprop, "etas"), [(BELOW_ONE, ABOVE_ONE)], [(0.0, 1.2), (1.0, 1.2), (0.5, 1.0)]),
    "Rprop step_sizes": (
        of(optim.Rprop, "step_sizes"),
        [(0.0, 0.0), (1.0, 1.0)],
        [(BELOW_ZERO, 1.0), (1.0, BELOW_ONE)],
    ),
    "Ftrl lr": (of(optim.Ftrl, "lr"), [5e-324], [0.0]),
    "Adafactor eps": (
        of(optim.Adafactor, "eps"),
        [(None, 0.0), (0.0, 0.0)],
        [(-1.0, 1e-3), (None, -1.0), (1e-3,), 1e-3],
    ),
    "Adafactor beta2_decay": (of(optim.Adafactor, "beta2_decay"), [0.0, -0.8], [5e-324]),
    "Adafactor d": (of(optim.Adafactor, "d"), [1.0], [BELOW_ONE]),
    "Muon ns_steps": (of(optim.Muon, "ns_steps"), [1, 99], [0, 1.0]),
    "LBFGS max_iter": (of(optim.LBFGS, "max_iter"), [0, 1], [-1]),
    "Newton damping": (of(optim.Newton, "damping"), [0.0], [BELOW_ZERO]),
    "Newton lr": (of(optim.Newton, "lr"), [0.0], [BELOW_ZERO]),
    "clip_grad_norm_": (lambda value: optim.clip_grad_norm_([parameter()], value), [0.0], [BELOW_ZERO, math.nan]),
    "clip_grad_value_": (lambda value: optim.clip_grad_value_([parameter()], value), [0.0], [BELOW_ZERO, math.nan]),
    "BoldDriver up": (over(lr_scheduler.BoldDriver, "up"), [1.0], [BELOW_ONE, math.inf]),
    "BoldDriver down": (over(lr_scheduler.BoldDriver, "down"), [5e-324, BELOW_ONE], [0.0, 1.0]),
    "BoldDriver min_lr": (over(lr_scheduler.BoldDriver, "min_lr"), [0.0], [BELOW_ZERO, math.inf]),
    "LinearMomentum start": (over(lr_scheduler.LinearMomentum, "start"), [0.0, BELOW_ONE], [1.0, BELOW_ZERO]),
    "LinearMomentum end": (over(lr_scheduler.LinearMomentum, "end"), [0.0, BELOW_ONE], [1.0, BELOW_ZERO]),
    "ReduceLROnPlateau factor": (over(lr_scheduler.ReduceLROnPlateau, "factor"), [BELOW_ONE, 0.0], [1.0]),
    "ReduceLROnPlateau min_lr": (over(lr_scheduler.ReduceLROnPlateau, "min_lr"), [0.0, [0.1]], [[0.1, 0.2], []]),
    "OneCycleLR pct_start": (over(lr_scheduler.OneCycleLR, "pct_start", 1.0, 10), [0.0, 1.0], [BELOW_ZERO, ABOVE_ONE]),
    "OneCycleLR div_factor": (over(lr_scheduler.OneCycleLR, "div_factor", 1.0, 10), [5e-324], [0.0]),
    "OneCycleLR final_div_factor": (over(lr_scheduler.OneCycleLR, "final_div_factor", 1.0, 10), [1e-9], [0.0]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", BOUNDS)
def test_an_option_is_taken_up_to_its_bound(name: str) -> None:
    make, taken, refused = BOUNDS[name]
    with np.errstate(all="ignore"):
        for value in taken:
            make(value)
    for value in refused:
        with pytest.raises(ValueError, match=name.split()[0]):
            make(value)


def test_gradients_within_the_norm_are_left_as_they_are() -> None:
    """PyTorch's 1e-6 is added to the norm, so that one that is as large as allowed is made a little smaller."""
    for most, scale in ((5.0, 5.0 / (5.0 + 1e-6)), (5.1, 1.0), (9.0, 1.0), (11.0, 1.0)):
        p = Tensor([3.0, 4.0], requires_grad=True)
        p.grad = np.array([3.0, 4.0])
        assert optim.clip_grad_norm_([p], most) == 5.0
        np.testing.assert_allclose(p.grad, [3.0 * scale, 4.0 * scale], rtol=1e-15)


def test_the_parameter_whose_gradient_is_not_finite_is_named_whichever_it_is() -> None:
    for broken in (0, 1, 2):
        ps = [Tensor(np.ones(2), requires_grad=True, name=f"p{k}") for k in range(3)]
        for p in ps:
            p.grad = np.ones(2)
        ps[broken].grad = np.array([1.0, np.inf])
        with pytest.raises(ValueError, match=f"'p{broken}'"):
            optim.clip_grad_norm_(ps, 1.0)
    # Where all are finite and their norm is not, the first stands for them.
    for p in ps:
        p.grad = np.full(2, 1e308)
    with np.errstate(over="ignore"), pytest.raises(ValueError, match="'p0'"):
        optim.clip_grad_norm_(ps, 1.0)


def test_newton_solves_to_its_tolerance() -> None:
    """Conjugate gradients go on until what is left of the gradient is within the tolerance, and no further."""
    eigenvalues = np.geomspace(1.0, 30.0, 12)
    b = np.ones(12)

    def left_after(tolerance: float) -> float:
        x = Tensor(np.zeros(12), requires_grad=True)
        optim.Newton([x], tolerance=tolerance).step(lambda x: 0.5 * (eigenvalues * x * x).sum() - (b * x).sum())
        return float(np.linalg.norm(eigenvalues * x.data - b) / np.linalg.norm(b))

    for tolerance in (0.3, 0.1, 0.03, 1e-2, 1e-4, 1e-6):
        assert left_after(tolerance) <= tolerance
    assert left_after(0.3) > 0.03 > left_after(0.03) > 1e-3
