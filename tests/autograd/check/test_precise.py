"""Functions at fifty digits beside the rows that they stand for."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from autograd import Value
from autograd.check.precise import differentiate_graph, exact_functions
from autograd.graph.op import TABLE

mpmath = pytest.importorskip("mpmath")
FUNCTIONS = {name: function for name, function in exact_functions().items() if name in TABLE}
NUMBERS = (0.3, 0.8, 1.7, 2.6, -0.4, -1.9)
PARAMS: dict[str, dict[str, float]] = {
    "leaky_relu": {"slope": 0.1},
    "elu": {"alpha": 0.8},
    "nan_to_num": {"nan": 0.0, "posinf": 1.0, "neginf": -1.0},
}
# Their first operand is an order or a count, which must be whole.
ORDERS = {"polygamma": (1.0, 2.0), "multigammaln": (1.0, 2.0)}
LAST_ORDER = {"sinc": (0.0, 1.0, 2.0)}
# Solved for at fifty digits.
COSTLY = {"erfinv": (0.3, -0.4), "erfcinv": (0.3, 1.7)}


def operands(name: str) -> list[tuple[Any, ...]]:
    if name.endswith("_n"):
        return [NUMBERS[:4], NUMBERS[2:6], NUMBERS[1:3]]
    if name == "where":
        return [(True, 0.3, 0.8), (False, 0.3, 0.8)]
    if name == "clip":
        return [(x, -1.0, 1.0) for x in NUMBERS]
    spread: list[tuple[float, ...]] = [NUMBERS] * len(TABLE[name].rules)
    if name in ORDERS:
        spread[0] = ORDERS[name]
    if name in COSTLY:
        spread = [COSTLY[name]]
    if name in LAST_ORDER:
        spread[-1] = LAST_ORDER[name]
    return list(itertools.product(*spread))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_its_row(name: str) -> None:
    compared = 0
    for xs in operands(name):
        params = PARAMS.get(name, {})
        with np.errstate(all="ignore"):
            try:
                expected = float(np.asarray(TABLE[name].call(*xs, **params)))
            except (ValueError, ArithmeticError, TypeError):
                continue
        if not math.isfinite(expected):
            continue
        given = [x if isinstance(x, bool) else mpmath.mpf(x) for x in xs]
        with mpmath.workdps(30):
            found = FUNCTIONS[name](*given, **{key: mpmath.mpf(value) for key, value in params.items()})
        assert float(mpmath.re(found)) == pytest.approx(expected, rel=1e-9, abs=1e-12), xs
        compared += 1
    assert compared


def test_a_derivative_is_seen_where_terms_cancel_and_none_of_what_is_not_known() -> None:
    x = Value(2.0)
    assert differentiate_graph(x * x * x, x) == pytest.approx(12.0)
    assert differentiate_graph((x + 1e20) - 1e20 + x * x, x) == pytest.approx(5.0)
    assert differentiate_graph(Value(3.0) * 2.0, x) in (0.0, None)
