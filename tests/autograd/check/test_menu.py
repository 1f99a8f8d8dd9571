"""The menu of operations that random programs are made of: its text says what it computes, for whatever is drawn."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.check.operations import list_array_operations, list_operations
from autograd.check.programs import Draw, Operation
from autograd.graph.op import TABLE

SHAPES: list[tuple[int, ...]] = [(), (2,), (3,), (2, 2), (2, 3), (3, 3), (3, 2)]
SCALARS = list_operations()
ELEMENTWISE = list_operations(arrays=True)
ARRAYS = list_array_operations()
# For which of the shapes above parameters are drawn; each of the others takes any.
SUITING = {
    "transpose": [(2, 2), (2, 3), (3, 3), (3, 2)],
    "trace": [(2, 2), (3, 3)],
    "det": [(2, 2), (3, 3)],
    "inv": [(2, 2), (3, 3)],
    "cholesky": [(2, 2), (3, 3)],
    "cross_entropy": [(2, 2), (2, 3), (3, 3), (3, 2)],
    "convolve": [((a,), (b,)) for a, b in itertools.product((2, 3), (2, 3))],
    "stack": [(s, s) for s in SHAPES],
    "matmul": [(x, y) for x in SHAPES[1:] for y in SHAPES[1:] if x[-1] == y[0]],
    "einsum": [(x, y) for x in SHAPES[3:] for y in SHAPES[3:] if x[1] == y[1]],
    "solve": [(a, b) for a in ((2, 2), (3, 3)) for b in SHAPES[1:] if b[0] == a[0]],
    "linear": [(x, w, (w[0],)) for x in SHAPES[3:] for w in SHAPES[3:] if x[1] == w[1]],
}


def drawing(last: bool) -> Draw:
    """Always the least of the numbers, or the largest."""
    return Draw(lambda low, high: high if last else low)


def evaluate(operation: Operation, operands: list[Any], params: dict[str, Any]) -> Any:
    spelled = {
        name: f"np.array({value.tolist()})" if isinstance(value, np.ndarray) else repr(value)
        for name, value in params.items()
    }
    text = operation.text.format(*(f"x[{k}]" for k in range(operation.arity)), **spelled)
    return eval(text, {"np": np, "ag": ag, "TABLE": TABLE, "x": operands})


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("name", [*SCALARS, *(name for name in ELEMENTWISE if name not in SCALARS)])
def test_the_text_of_an_operation_of_numbers_says_what_it_computes(name: str, last: bool) -> None:
    operation = SCALARS[name] if name in SCALARS else ELEMENTWISE[name]
    operands = [0.4, 0.7, 0.2][: operation.arity]
    params = {} if operation.parameters is None else operation.parameters(drawing(last), [()] * operation.arity)
    assert params is not None
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(operation.call(*operands, **params), evaluate(operation, operands, params))
    assert all(row in TABLE for row in operation.rows)


@pytest.mark.parametrize("name", ARRAYS)
def test_the_text_of_an_operation_of_arrays_says_what_it_computes(name: str) -> None:
    operation = ARRAYS[name]
    rng, suiting = np.random.default_rng(0), []
    for shapes in itertools.product(SHAPES, repeat=operation.arity):
        for last in (False, True):
            params = {} if operation.parameters is None else operation.parameters(drawing(last), list(shapes))
            if params is None:
                continue
            suiting.append(shapes[0] if operation.arity == 1 else shapes)
            operands = [rng.normal(size=shape) for shape in shapes]
            if operation.parameters is None and operation.arity == 2 and name == "where":
                operands = [operands[0], operands[0] + 0.5]
            found = operation.call(*operands, **params)
            np.testing.assert_allclose(found, evaluate(operation, operands, params), rtol=1e-12)
    if name in SUITING:
        assert list(dict.fromkeys(suiting)) == [s for s in dict.fromkeys(suiting) if s in SUITING[name]]
        assert set(suiting) == set(SUITING[name])
    elif operation.parameters is not None:
        assert set(suiting) >= set(SHAPES[1:])


def test_a_drawn_axis_is_any_of_the_array_and_a_shape_holds_all_of_it() -> None:
    shapes = [(2, 3)]
    assert [ARRAYS["softmax"].parameters(drawing(last), shapes) for last in (False, True)] == [{"axis": 0}, {"axis": 1}]  # type: ignore[misc]
    reduced = [ARRAYS["sum"].parameters(drawing(last), shapes) for last in (False, True)]  # type: ignore[misc]
    assert reduced == [{"axis": None, "keepdims": False}, {"axis": 1, "keepdims": True}]
    folded = [ARRAYS["reshape"].parameters(drawing(last), shapes) for last in (False, True)]  # type: ignore[misc]
    assert folded == [{"shape": (6,)}, {"shape": (6, 1)}]
    spread = [ARRAYS["broadcast_to"].parameters(drawing(last), shapes) for last in (False, True)]  # type: ignore[misc]
    assert spread == [{"shape": (1, 2, 3)}, {"shape": (3, 2, 3)}]
    taken = [ARRAYS["index"].parameters(drawing(last), shapes) for last in (False, True)]  # type: ignore[misc]
    assert taken == [{"key": [0, 0, 0]}, {"key": [1, 1, 1]}]
    labelled = [ARRAYS["cross_entropy"].parameters(drawing(last), shapes)["labels"].tolist() for last in (False, True)]  # type: ignore[misc,index]
    assert labelled == [[0, 0], [2, 2]]


def test_the_simplest_operations_come_first_and_orders_are_small() -> None:
    assert list(SCALARS)[:8] == ["add", "mul", "sub", "neg", "square", "exp", "sin", "tanh"]
    assert {"sum of 2", "sum of 3", "where", "clip"} <= set(SCALARS)
    assert not {"sum of 2", "where", "clip"} & set(ELEMENTWISE)
    orders = {
        name: [SCALARS[name].parameters(drawing(last), [()])["n"] for last in (False, True)]
        for name in ("jv", "gammainc")
    }  # type: ignore[misc,index]
    assert orders == {"jv": [0.0, 2.0], "gammainc": [1.0, 3.0]}
    assert SCALARS["leaky_relu"].parameters(drawing(False), [()]) == {"slope": 0.1}  # type: ignore[misc]
