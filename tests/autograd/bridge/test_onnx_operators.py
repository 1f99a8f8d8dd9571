"""Single ONNX operators: the cases by which ONNX tests its backends, and derivatives against differences.

`tests/frozen/bridge_onnx_operators.py` kept them; onnx is not needed here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.bridge import Bridged, Program
from autograd.bridge.saving import TEXT, decode
from autograd.graph.node import get_data, get_grad
from autograd.graph.tree import leaves

with np.load(Path(__file__).parents[2] / "frozen" / "bridge_onnx_operators.npz") as _held:
    CASES = json.loads(str(_held[TEXT]))
    # By number, and by what they are: given, wanted, array.
    FROZEN: dict[tuple[int, str], dict[str, np.ndarray]] = defaultdict(dict)
    for _key in _held.files:
        if _key != TEXT:
            _place, _kind, _name = _key.split("/", 2)
            FROZEN[int(_place), _kind][_name] = _held[_key]
BY_OPERATOR: dict[str, list[int]] = defaultdict(list)
for _number, _case in enumerate(CASES):
    BY_OPERATOR[_case["operator"].split(".")[1]].append(_number)
# Steps whose derivative is 0, or that compute in float32 whatever comes.
ROUNDED = {"Cast", "QuantizeLinear", "DequantizeLinear", "Ceil", "Floor", "Round", "Sign", "CastLike"}
# Of what they take, the first alone is no measure.
MEASURED = {"Resize", "Upsample"}
STEP = 1e-6


def program_of(number: int) -> Program:
    program = decode(CASES[number]["program"])
    program.arrays = dict(FROZEN[number, "array"])
    return program


def held_of(number: int, kind: str) -> list[np.ndarray]:
    held = FROZEN[number, kind]
    return [held[str(i)] for i in range(len(held))]


def test_there_are_many() -> None:
    assert len(BY_OPERATOR) >= 130


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("operator", sorted(BY_OPERATOR))
def test_an_operator_gives_what_onnx_says(operator: str) -> None:
    for number in BY_OPERATOR[operator]:
        results = leaves(Bridged(program_of(number))(*held_of(number, "given")))
        for found, wanted in zip(results, held_of(number, "wanted"), strict=True):
            name = CASES[number]["name"]
            array = get_data(found)
            assert (array.shape, array.dtype) == (wanted.shape, wanted.dtype), name
            # ONNX's own bounds for its backends.
            np.testing.assert_allclose(array, wanted, 1e-3, 1e-6, err_msg=name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("operator", sorted(set(BY_OPERATOR) - ROUNDED))
def test_its_derivative_is_that_of_the_values(operator: str) -> None:
    for number in BY_OPERATOR[operator][:1]:
        given = held_of(number, "given")
        if any(x.dtype == np.float16 or not np.isfinite(x).all() for x in given):
            continue
        model, rng = Bridged(wider(program_of(number))), np.random.default_rng(0)
        given = [widened(x) for x in given]
        still = [x.dtype.kind != "f" or (i > 0 and operator in MEASURED) for i, x in enumerate(given)]
        way = [None if fixed else rng.normal(size=x.shape) for x, fixed in zip(given, still, strict=True)]
        # Away from the kinks that the cases like to have.
        given = [x if d is None else x + 0.01 * d for x, d in zip(given, way, strict=True)]
        weights: list[Any] = []

        def total(step: float, differentiate: bool = False) -> Any:
            inputs = [
                autograd.Tensor(x if d is None else x + step * d, requires_grad=differentiate and d is not None)
                for x, d in zip(given, way, strict=True)
            ]
            out = [x for x in leaves(model(*inputs)) if get_data(x).dtype.kind == "f"]
            if not weights:
                weights.extend(rng.normal(size=get_data(x).shape) for x in out)
            return inputs, sum((x * w).sum() for x, w in zip(out, weights, strict=True))

        inputs, y = total(0.0, differentiate=True)
        if not getattr(y, "requires_grad", False):
            continue
        y.backward()
        slope = sum(float((get_grad(x) * d).sum()) for x, d in zip(inputs, way, strict=True) if get_grad(x) is not None)
        up, down = (float(get_data(total(step)[1])) for step in (STEP, -STEP))
        if np.isfinite([up, down]).all():
            expected = (up - down) / (2 * STEP)
            assert slope == pytest.approx(expected, 1e-4, 1e-6), CASES[number]["name"]


def wider(program: Program) -> Program:
    """In float64, so that differences tell."""
    program.leaves = [replace(x, dtype="float64") if x.dtype == "float32" else x for x in program.leaves]
    program.arrays = {name: widened(x) for name, x in program.arrays.items()}
    return program


def widened(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float64) if x.dtype == np.float32 else x
