"""A row's forward gives memory of its own unless the row says `view`: what the compiler plans with, over all rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.graph.op import TABLE, Op
from tests.autograd import samples
from tests.sweep import sweep

OWN = sorted(name for name, op in TABLE.items() if not op.view)
DTYPES = ("e", "f", "d", "g", "i", "l", "b", "?")
AXES = ("sum", "mean", "prod", "amax", "amin", "norm", "logsumexp")
# Parameters under which an operation changes nothing, where a forward could be tempted to give its operand back.
IDENTITIES: dict[str, list[dict[str, Any]]] = {
    **{name: [{"axis": ()}] for name in ("softmax", "log_softmax")},
    **{name: [{"axis": ()}, {"axis": (), "keepdims": True}] for name in AXES},
    **{name: [{"axis": (), "ddof": 0}, {"axis": (), "keepdims": True, "ddof": 0}] for name in ("var", "std")},
    "astype": [{"dtype": np.dtype(char)} for char in DTYPES],
    "round": [{"decimals": 0}, {"decimals": 9}],
    "pad": [{"width": ((0, 0), (0, 0)), "value": 0.0}],
    "unslice": [{"key": (Ellipsis,), "shape": (3,)}],
    "nan_to_num": [{"nan": 0.0, "posinf": None, "neginf": None}],
    "leaky_relu": [{"slope": 1.0}],
    "max_pool": [{"kernel": (1, 1), "stride": (1, 1), "padding": ((0, 0), (0, 0))}],
    "sum_pool": [{"kernel": (1, 1), "stride": (1, 1), "padding": ((0, 0), (0, 0))}],
    "cross_entropy": [{"reduction": "none"}, {"reduction": "sum"}],
    "einsum": [{"subscripts": ("ij", "ij", "ij")}, {"subscripts": ("ij", "ij", "ji")}],
}
# Numbers in place of operands, with which an element-by-element row may give the other operand as it is.
NUMBERS = (0.0, 1.0, -1.0, float("inf"), float("-inf"), True, False)


def layouts(x: np.ndarray) -> Iterator[np.ndarray]:
    """The same numbers in memory of several kinds."""
    yield x.copy("C")
    yield x.copy("F")
    yield x.astype(x.dtype.newbyteorder("S"))
    yield np.repeat(x, 2, -1)[..., ::2] if x.ndim else x.copy()


def variants(name: str) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Operands of a row in all dtypes, sizes and layouts, with numbers in place of some, and its parameters."""
    xs, params = samples.operands(name)
    for given in (params, *({**params, **identity} for identity in IDENTITIES.get(name, []))):
        for char in DTYPES:
            cast = [x.astype(char) if x.dtype.kind == "f" else x for x in xs]
            for alike in zip(*map(layouts, cast), strict=True):
                yield list(alike), given
    if samples.elementwise(TABLE[name]) or name in ("where", "clip"):
        for char, size in itertools.product(DTYPES, ((), (0,), (1,), (5000,))):
            shaped = [np.resize(x, size).astype(char if x.dtype.kind == "f" else x.dtype) for x in xs]
            for i, x in enumerate(shaped):
                for numbers in itertools.product(NUMBERS, repeat=len(xs) - 1):
                    yield [*numbers[:i], x, *numbers[i:]], params
            yield shaped, params


def assert_own(op: Op, xs: list[Any], params: dict[str, Any]) -> None:
    with np.errstate(all="ignore"):
        try:
            first, second = op.array(*xs, **params), op.array(*xs, **params)
        except (TypeError, ValueError, IndexError, np.linalg.LinAlgError):
            return  # NumPy has no such operation for these operands
    said = f"{op.name} of {[getattr(x, 'dtype', x) for x in xs]} with {params}"
    assert not any(np.may_share_memory(first, x) for x in xs if isinstance(x, np.ndarray)), f"{said} is its operand"
    assert not isinstance(first, np.ndarray) or not np.may_share_memory(first, second), f"{said} is kept"


# A singular matrix has no square root that SciPy finds with certainty.
@pytest.mark.filterwarnings("ignore:Matrix is")
@pytest.mark.parametrize("name", sweep(OWN, 4))
def test_a_forward_gives_memory_of_its_own(name: str) -> None:
    if TABLE[name].joint is not None and TABLE[name].scalar is not None:
        return  # of any number of scalars
    for xs, params in variants(name):
        assert_own(TABLE[name], xs, params)


def test_a_program_may_write_over_a_result() -> None:
    x = np.array([1.0, 2.0, 3.0])
    for native in (False, True):
        hessian = ag.compile(ag.hessian(lambda x: np.sum(x**3 * x)), native=native)
        np.testing.assert_array_equal(hessian(x), np.diag([12.0, 48.0, 108.0]))
        chosen = ag.compile(lambda x: ag.where(True, x * 2, 0.0) + x * 2 * 3, native=native)
        np.testing.assert_array_equal(chosen(x), [8.0, 16.0, 24.0])
        cut = ag.compile(lambda x: ag.stop_gradient(x * 2) + x * 2 * 3, native=native)
        np.testing.assert_array_equal(cut(x), [8.0, 16.0, 24.0])


@pytest.mark.parametrize("condition", [True, False, np.True_, np.False_, np.array(True), np.array(False)], ids=str)
def test_a_choice_by_one_truth_value_is_new_and_broadcast(condition: Any) -> None:
    x = np.arange(3.0)
    for branches in ((x, 0.0), (0.0, x), (x, np.zeros((2, 1))), (np.zeros((2, 1)), x)):
        chosen = ag.where(condition, *branches)
        np.testing.assert_array_equal(chosen, np.where(condition, *branches))
        assert not np.shares_memory(chosen, x)
