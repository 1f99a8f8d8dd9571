"""Every row done to a batch of examples is what it is done to each: the definition of its batching rule."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd.errors import ShapeError
from autograd.graph.op import TABLE
from autograd.ops.batching import RULES, Operand, call_on_batch, call_on_each
from autograd.ops.indexing import SLOT
from tests.autograd import samples

ROWS = [name for name in TABLE if not name.endswith("_n")]
KEYS = {"index": (SLOT,), "scatter": (SLOT,), "place": (SLOT, SLOT)}
# Rows that are done to one example after another.
LOOPED = {"convolution_weight", "convolve", "lasting", "log_gaussian", "place", "solve_banded", "solve_sylvester"}
X = np.sin(np.arange(24.0)).reshape(2, 3, 4)


def batch_of(x: np.ndarray) -> np.ndarray:
    """Three examples like `x`; indices and labels among the same numbers."""
    if x.dtype.kind in "iub":
        return np.stack([x, x[::-1] if x.ndim else x, x])
    return np.stack([x, 1.02 * x, 0.97 * x])


def compare(name: str, xs: list[Operand], params: dict[str, Any], count: int = 3) -> None:
    found, expected = call_on_batch(TABLE[name], xs, params, count), call_on_each(TABLE[name], xs, params, count)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_on_a_batch_is_the_row_on_each(name: str) -> None:
    xs, params = samples.operands(name)
    params = {**params, **({"key": KEYS[name]} if name in KEYS else {})}
    for mapped in product([False, True], repeat=len(xs)):
        if any(mapped):
            compare(
                name,
                [Operand(batch_of(x), True) if m else Operand(x, False) for x, m in zip(xs, mapped, strict=True)],
                params,
            )


def test_which_rows_are_done_one_after_another() -> None:
    assert {name for name in ROWS if not TABLE[name].elementwise and name not in RULES} == LOOPED


SEVERAL = [{"axis": axis, "keepdims": keepdims} for axis in (None, (0,), (-1,), (0, 1)) for keepdims in (False, True)]
ONE = [{"axis": 1}, {"axis": -2}]
AXES = [
    *product(("sum", "amax", "var", "norm"), SEVERAL), *product(("cumsum", "cumprod"), ONE),
    *product(("argmax",), [{**axis, "keepdims": False} for axis in ({"axis": None}, *ONE)]),
    *product(("fft", "ifft"), [{**axis, "norm": None} for axis in ONE]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "params"), AXES)
def test_axes_are_those_of_an_example(name: str, params: dict[str, Any]) -> None:
    compare(name, [Operand(X, True)], {**params, **({"ddof": 0} if name == "var" else {})}, 2)


@pytest.mark.parametrize("x_shape", [(4,), (3, 4), (2, 3, 4)])
@pytest.mark.parametrize("y_shape", [(4,), (4, 2), (2, 4, 5)])
def test_products_of_vectors_matrices_and_stacks(x_shape: tuple[int, ...], y_shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for mapped in ((True, False), (False, True), (True, True)):
        xs = [Operand(rng.normal(size=(3, *s) if m else s), m) for s, m in zip((x_shape, y_shape), mapped, strict=True)]
        compare("matmul", xs, {})


@pytest.mark.parametrize(
    "key",
    [(SLOT,), (slice(None), SLOT), (SLOT, slice(1, None)), (SLOT, SLOT), (SLOT, slice(None), SLOT), (0, SLOT)],
    ids=str,
)
def test_indices_of_every_form(key: tuple[Any, ...]) -> None:
    rng = np.random.default_rng(0)
    x = np.arange(24.0).reshape(2, 3, 4)
    arrays = [rng.integers(0, 2, (3, 5)) for part in key if part is SLOT]
    for x_mapped, mapped in product([False, True], repeat=2):
        if x_mapped or mapped:
            given = Operand(np.stack([x, 2 * x, 3 * x]), True) if x_mapped else Operand(x, False)
            indices = [Operand(a, True) if mapped else Operand(a[0], False) for a in arrays]
            compare("index", [given, *indices], {"key": key})
            result = TABLE["index"].array(x, *(a[0] for a in arrays), key=key)
            sent = Operand(np.stack([result] * 3), True) if x_mapped else Operand(result, False)
            compare("scatter", [sent, *indices], {"key": key, "shape": x.shape})


def test_no_example_has_a_shape_only_where_a_rule_knows_it() -> None:
    nothing = Operand(np.zeros((0, 3)), True)
    assert call_on_batch(TABLE["sum"], [nothing], {"axis": (0,), "keepdims": True}, 0).shape == (0, 1)
    with pytest.raises(ShapeError, match="log_gaussian of no examples"):
        call_on_batch(TABLE["log_gaussian"], [nothing, Operand(np.eye(3), False)], {}, 0)
