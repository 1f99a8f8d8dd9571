"""Translations of single ATen operations against PyTorch's values and derivatives, on PyTorch's own samples, in float64.

`tests/frozen/bridge_operations.py` kept them; PyTorch is not needed here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd.bridge import BridgeError, comparing
from autograd.bridge.program import Operation
from autograd.bridge.saving import decode
from autograd.bridge.steps import Step

with np.load(Path(__file__).parents[2] / "frozen" / "bridge_operations.npz") as _held:
    FROZEN = dict(_held)
CALLS = json.loads(str(FROZEN.pop("operations")))
BY_NAME: dict[str, list[int]] = defaultdict(list)
for _number, _call in enumerate(CALLS):
    BY_NAME[_call["call"]].append(_number)

# What PyTorch 2.13 has otherwise, and why it is not followed: a share by which they may differ, or what PyTorch gives.
COARSE = {
    # The derivative multiplies by the float32 of 1/6.
    "aten.hardsigmoid.default": 1e-7,
    # Two algorithms, each as good as the matrix lets it be.
    "aten.linalg_matrix_exp.default": 1e-12,
}
# At infinities of both operands PyTorch's derivative is NaN; here it is the share that each has.
NOT_A_NUMBER = {"aten.logaddexp.default"}
# Of a tensor without axes, of which PyTorch takes the axis 0.
WITHOUT_AXES = {
    "aten.index_add.default", "aten.index_copy.default", "aten.index_fill.int_Scalar", "aten.index_fill.int_Tensor",
    "aten.index_select.default", "aten.linalg_vector_norm.default",
}  # fmt: skip


def test_there_are_many() -> None:
    assert len(BY_NAME) >= 150


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_an_operation_gives_pytorchs_values_and_derivatives(name: str) -> None:
    for number in BY_NAME[name]:
        call = CALLS[number]
        operation = Operation("y", name, tuple(decode(call["args"])), decode(call["kwargs"]))
        held = {key: x for key, x in FROZEN.items() if key.startswith(f"{number}/")}
        operands = {key.rpartition("/")[2]: x for key, x in held.items() if "/operand/" in key}
        results = [x for key, x in held.items() if "/result/" in key]
        sent = {key.rpartition("/")[2]: x for key, x in held.items() if "/gradient/" in key}
        if name in WITHOUT_AXES and not operands["x0"].ndim:
            with pytest.raises(BridgeError):
                comparing.derivative(Step([operation]), operands, {}, call["moves"], weigh)
            continue
        compare(Step([operation]), operands, results, sent, call["moves"])


def compare(step: Step, operands: Any, results: Any, sent: Any, moves: Any) -> None:
    name = step.operations[0].call
    eps = float(np.finfo(float).eps)
    ours, gradients = comparing.derivative(step, operands, {}, moves, weigh)
    rng = np.random.default_rng(0)
    again = [
        comparing.derivative(step, comparing.move(operands, eps, rng), {}, moves, comparing.shake(weigh, eps, rng))
        for _ in range(2)
    ]
    bounds = comparing.measure_rounding([np.asarray(x, float) for x in ours], [other[0] for other in again])
    for theirs, found, bound in zip(results, ours, bounds, strict=True):
        assert (found.shape, found.dtype) == (theirs.shape, theirs.dtype), step.operations[0]
        close(name, theirs.astype(float), found.astype(float), bound, str(step.operations[0]))
    for operand, expected in sent.items():
        (found,) = gradients[operand]
        (bound,) = comparing.measure_rounding([found], [other[1][operand] for other in again])
        if comparing.exceeds(expected, found, bound).any():
            # Any convention at a kink lies between the derivatives on both sides.
            moved = [comparing.move(operands, by, None) for by in (1e-8, -1e-8)]
            near = [comparing.derivative(step, x, {}, moves, weigh)[1][operand][0] for x in moved]
            expected = np.where(comparing.lies_between(expected, [found, *near], bound), found, expected)
        close(name, expected, found, bound, f"{step.operations[0]}: gradient of {operand}")


def close(name: str, theirs: Any, ours: Any, bound: Any, told: str) -> None:
    wrong = comparing.exceeds(theirs, ours, bound + COARSE.get(name, 0.0) * np.abs(ours))
    if name in NOT_A_NUMBER:
        wrong &= ~np.isnan(theirs)
    if wrong.any():
        shown = [np.broadcast_to(x, wrong.shape)[wrong][:3] for x in (theirs, ours, bound)]
        pytest.fail(f"{told}\nPyTorch: {shown[0]}\nours: {shown[1]}\nbound: {shown[2]}")


def weigh(place: int, shape: Any) -> np.ndarray:
    return np.asarray(np.random.default_rng(place).uniform(0.5, 1.5, shape))
