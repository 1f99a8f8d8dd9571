"""The engine under its own toolkit: random graphs against finite differences, against dual numbers, and in any order of events.

The number of examples comes from the profile of hypothesis: 50 a property in CI; 4,000 with `HYPOTHESIS_PROFILE=night`,
which are 24,000 graphs here, and 8,000 histories in `test_machine.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Tensor, Value
from autograd.check import check_gradients
from autograd.check.operations import list_array_operations, list_operations
from autograd.check.programs import Program
from autograd.check.strategies import arrays, floats, programs, scalar_programs, tensor_programs
from tests.autograd.check import dual

RANDOM = settings(deadline=None, suppress_health_check=list(HealthCheck))
NAIVE_SCALARS = [entry for name, entry in list_operations().items() if dual.on_scalars(name)]
NAIVE_ARRAYS = [entry for name, entry in list_array_operations().items() if name in dual.ARRAYS]
NAIVE_ELEMENTS = [entry for name, entry in list_operations(arrays=True).items() if dual.on_arrays(name)]


@pytest.mark.integration
@RANDOM
@given(scalar_programs())
def test_scalar_graphs_agree_with_differences(program: Program) -> None:
    report = check_gradients(program.run, *map(Value, program.inputs))
    assert report.verdict != "fail", report


@pytest.mark.integration
@RANDOM
@given(tensor_programs())
def test_tensor_graphs_agree_with_differences(program: Program) -> None:
    report = check_gradients(program.run, *program.inputs)
    assert report.verdict != "fail", report


@pytest.mark.integration
@RANDOM
@given(scalar_programs(most_calls=4))
def test_scalar_graphs_agree_with_differences_to_second_order(program: Program) -> None:
    report = check_gradients(program.run, *map(Value, program.inputs), order=2)
    assert report.verdict != "fail", report


def run(program: Program, inputs: list[Any], naive: Any) -> Any:
    values = list(inputs)
    for call in program.calls:
        values.append(naive(call.operation.name)(*(values[i] for i in call.operands), **call.params))
    return values[-1]


def without_fixed_parameters(name: str) -> Any:
    function = dual.on_scalars(name)
    assert function is not None
    return lambda *xs, **fixed: function(*xs)


@RANDOM
@given(programs(st.lists(floats(), min_size=1, max_size=3), [NAIVE_SCALARS]))
def test_scalar_graphs_agree_with_dual_numbers(program: Program) -> None:
    leaves = [Value(x) for x in program.inputs]
    root = program.run(*leaves)
    root.backward()
    for i, leaf in enumerate(leaves):
        seeded = [dual.Dual(x, float(i == k)) for k, x in enumerate(program.inputs)]
        expected = run(program, seeded, without_fixed_parameters)
        scale = max(1.0, *(abs(other.grad) for other in leaves))
        assert root.data == pytest.approx(expected.value, rel=1e-9, abs=1e-9)
        assert leaf.grad == pytest.approx(expected.slope, rel=1e-7, abs=1e-8 * scale)


def on_arrays(name: str) -> Any:
    function = dual.on_arrays(name)
    assert function is not None
    return function if name in dual.ARRAYS else (lambda *xs, **fixed: function(*xs))


@pytest.mark.integration
@RANDOM
@given(
    programs(
        st.integers(1, 3).flatmap(lambda n: st.tuples(arrays((2, n)), arrays((n,)), arrays(()))),
        [NAIVE_ELEMENTS, NAIVE_ARRAYS],
    )
)
def test_tensor_graphs_agree_with_dual_numbers(program: Program) -> None:
    rng = np.random.default_rng(0)
    leaves = [Tensor(x, requires_grad=True) for x in program.inputs]
    root = program.run(*leaves)
    weights = rng.uniform(0.5, 1.5, root.shape)
    root.backward(weights)
    directions = [rng.normal(size=np.shape(x)) for x in program.inputs]
    seeded = [each_dual(np.asarray(x), d) for x, d in zip(program.inputs, directions, strict=True)]
    expected = np.vectorize(lambda d: dual.dual(d).slope, otypes=[float])(run(program, seeded, on_arrays))
    terms = [leaf.grad * d for leaf, d in zip(leaves, directions, strict=True) if leaf.grad is not None]
    scale = sum(float(np.sum(np.abs(t))) for t in terms) + float(np.sum(np.abs(expected * weights))) + 1.0
    assert float(sum(np.sum(t) for t in terms)) == pytest.approx(float(np.sum(expected * weights)), abs=1e-8 * scale)


def each_dual(values: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    made = np.empty(values.shape, object)
    for index in np.ndindex(values.shape):
        made[index] = dual.Dual(values[index], slopes[index])
    return made


@RANDOM
@given(scalar_programs("seek"))
def test_at_kinks_values_and_tensors_take_the_same_convention(program: Program) -> None:
    values = [Value(x) for x in program.inputs]
    tensors = [Tensor(x, requires_grad=True) for x in program.inputs]
    program.run(*values).backward()
    out = program.run(*tensors)
    if out.requires_grad:
        out.backward()
    for value, tensor in zip(values, tensors, strict=True):
        expected = 0.0 if tensor.grad is None else tensor.grad.item()
        assert value.grad == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)
