"""The strategies: what they draw, that graphs shrink and print as code that runs, and that they reach the whole table."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from autograd import Tensor, Value
from autograd.check import gradient_property, strategies
from autograd.check.operations import list_array_operations, list_operations
from autograd.check.programs import Program
from autograd.check.strategies import arrays, broadcastable_shapes, floats, scalar_programs, shapes, tensor_programs
from autograd.graph.op import TABLE

QUIET = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
# Rows that stand in rules only, are made of several others in user code, or need operands of a very special form.
NOT_IN_PROGRAMS = {
    "scale": "stands in rules",
    "strong": "stands in rules",
    "times": "stands in rules",
    "identity": "made by transforms",
    "residual": "stands in the rule of cross_entropy",
    "scatter": "stands in the rule of index",
    "unslice": "stands in the rule of slice",
    "cofactor": "stands in the rule of det",
    "cofactor_along": "stands in the rule of cofactor",
    "place": "made by put_along_axis and partial sorts",
    "astype": "changes the precision",
    "betainc": "has two integer orders",
    **dict.fromkeys(
        ("real", "imag", "conj", "angle", "fft", "ifft", "eig"), "complex numbers: see tests/autograd/test_complex.py"
    ),
    **dict.fromkeys(("expm", "sqrtm", "solve_sylvester", "solve_banded"), "SciPy's: see tests/autograd/scipy"),
    "hermitian": "stands in what reads one triangle",
    "eigh": "several results in one array",
    "svd": "several results in one array",
    "qr": "several results in one array",
    "slogdet": "two results in one array",
    "pinv": "as inv where it is smooth",
    "log_gaussian": "needs a covariance",
    "dot_n": "made by sums of products",
    "convolution": "needs images and weights",
    "convolution_input": "stands in the rule of convolution",
    "convolution_weight": "stands in the rule of convolution",
    "max_pool": "needs images",
    "max_pool_input": "stands in the rule of max_pool",
    "max_pool_taken": "stands in the rule of max_pool_input",
    "sum_pool": "needs images",
    "sum_pool_input": "stands in the rule of sum_pool",
}


@QUIET
@given(floats(), floats("seek"), floats(positive=True))
def test_floats_keep_from_kinks_or_seek_them(far: float, near: float, positive: float) -> None:
    assert 0.2 <= abs(far) <= 3.0
    assert abs(near) <= 6.0
    assert positive > 0.0


def test_kinks_are_sought() -> None:
    assert find(floats("seek"), lambda x: x == 0.0) == 0.0
    ties = find(arrays((3,), "seek"), lambda a: len(set(a.tolist())) < 3)
    assert ties.shape == (3,)


@QUIET
@given(arrays(), broadcastable_shapes(3), shapes())
def test_arrays_and_shapes(array: np.ndarray, several: tuple[tuple[int, ...], ...], one: tuple[int, ...]) -> None:
    assert array.dtype == np.float64 and np.all(np.abs(array) >= 0.2)
    assert len(set(array.ravel().tolist())) == array.size, "no ties"
    np.broadcast_shapes(*several)
    assert len(one) <= 3


def assert_prints_what_it_runs(program: Program, faces: list[Any]) -> None:
    scope: dict[str, Any] = {}
    exec(compile(program.code, "<program>", "exec"), scope)
    with np.errstate(all="ignore"):
        expected = program.run(*program.inputs)
        np.testing.assert_array_equal(scope["f"](*scope["inputs"]), expected)
        np.testing.assert_allclose(program.run(*faces).data, expected, rtol=1e-12, atol=1e-12)


@QUIET
@given(scalar_programs())
def test_scalar_programs_print_as_the_code_they_run(program: Program) -> None:
    assert_prints_what_it_runs(program, [Value(x) for x in program.inputs])


@pytest.mark.integration
@QUIET
@given(tensor_programs())
def test_tensor_programs_print_as_the_code_they_run(program: Program) -> None:
    assert_prints_what_it_runs(program, [Tensor(x, requires_grad=True) for x in program.inputs])


# In a process of its own: what Hypothesis draws depends on the constants in all modules that were imported before.
SHRUNK = """
from hypothesis import find, settings
from autograd.check.strategies import scalar_programs, tensor_programs

def shortest(programs, name, *counts):
    searches = (
        find(
            programs,
            lambda p: any(call.operation.name == name for call in p.calls),
            settings=settings(max_examples=count, derandomize=True, database=None),
        )
        for count in counts
    )
    # Hypothesis may stop at a graph that keeps a step more.
    return min(searches, key=lambda program: len(program.calls))

for programs, counts in ((scalar_programs(), (500, 800)), (tensor_programs(), (300,))):
    found = shortest(programs, "tanh", *counts)
    print(*[call.operation.name for call in found.calls])
    print(found.code.splitlines()[-1])
"""


@pytest.mark.integration
@pytest.mark.usefixtures("importable")
def test_a_failing_graph_shrinks_to_its_one_guilty_operation() -> None:
    done = subprocess.run([sys.executable, "-c", SHRUNK], capture_output=True, text=True, check=True)
    scalar, inputs, whole, _ = done.stdout.splitlines()
    assert (scalar, inputs) == ("tanh", "inputs = [1.0]")
    assert whole.split()[-1] == "tanh"
    assert len(whole.split()) <= 2


def test_every_differentiable_row_is_on_the_menu_or_named_here() -> None:
    entries = [*list_operations().values(), *list_operations(arrays=True).values(), *list_array_operations().values()]
    reached = {row for operation in entries for row in operation.rows}
    missing = {name for name, op in TABLE.items() if op.differentiable} - reached
    assert missing == set(NOT_IN_PROGRAMS)
    assert reached <= set(TABLE)


def test_graphs_are_of_the_rows_that_take_their_operands(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(inputs: Any, menus: Any, kinks: str, most_calls: int) -> Any:
        return [[operation.name for operation in menu] for menu in menus], kinks, most_calls

    monkeypatch.setattr(strategies, "programs", tell)
    assert scalar_programs(most_calls=3) == ([list(list_operations())], "avoid", 3)
    menus = [list(list_operations(arrays=True)), list(list_array_operations())]
    assert tensor_programs("seek") == (menus, "seek", 8)


@pytest.mark.integration
def test_most_of_the_menu_is_drawn() -> None:
    drawn: Counter[str] = Counter()

    @settings(QUIET, max_examples=400)
    @given(scalar_programs(), tensor_programs())
    def draw(scalar: Program, tensor: Program) -> None:
        drawn.update(call.operation.name for program in (scalar, tensor) for call in program.calls)

    draw()
    on_the_menu = {**list_operations(), **list_array_operations()}
    assert len(drawn) > 0.8 * len(on_the_menu), sorted(set(on_the_menu) - set(drawn))


@pytest.mark.integration
def test_gradient_property_passes_right_operations_and_shrinks_wrong_ones() -> None:
    @QUIET
    @gradient_property(arrays((2,)), st.just(3.0), order=2)
    def scaled(x: Any, s: Any) -> Any:
        """A function with two arguments."""
        return np.tanh(x) * s

    scaled()
    assert (scaled.__name__, scaled.__doc__) == ("scaled", "A function with two arguments.")

    @QUIET
    @gradient_property(x=arrays((2,)), grad=lambda x: np.where(x > 1.5, 3.0, 2.0) * x)
    def wrong(x: Any) -> Any:
        return x * x

    with pytest.raises(AssertionError, match="gradient check: fail") as caught:
        wrong()
    assert "x=array" in "".join(caught.value.__notes__)
