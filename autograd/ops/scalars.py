"""Reductions of any number of scalars, each an operand of its own."""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.graph.op import Function, variadic
from autograd.ops.comparison import equal, isinf, stop_gradient, where
from autograd.ops.elementwise import exp, unknown
from autograd.ops.strong import scale


def _share_ties(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
    ties = [where(equal(x, out), 1.0, 0.0) for x in xs]
    each = g / sum_n(*ties)
    return [where(tie, each, unknown(g, x)) for tie, x in zip(ties, xs, strict=True)]


sum_n: Function = variadic("sum_n", lambda *xs: math.fsum(xs), lambda *xs: np.sum(xs), lambda g, out, xs: [g] * len(xs))
max_n: Function = variadic("max_n", lambda *xs: float(np.max(xs)), lambda *xs: np.max(xs), _share_ties)
min_n: Function = variadic("min_n", lambda *xs: float(np.min(xs)), lambda *xs: np.min(xs), _share_ties)
prod_n: Function = variadic(
    "prod_n",
    lambda *xs: math.prod(xs),
    lambda *xs: np.prod(xs),
    lambda g, out, xs: [g * others for others in _all_but_one(xs)],
)
dot_n: Function = variadic(
    "dot_n",
    lambda *xs: math.fsum(map(operator.mul, xs[: len(xs) // 2], xs[len(xs) // 2 :])),
    lambda *xs: np.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :]),
    lambda g, out, xs: [g * x for x in xs[len(xs) // 2 :]] + [g * x for x in xs[: len(xs) // 2]],
)


def _all_but_one(xs: Sequence[Any]) -> list[Any]:
    """For each factor the product of the others, which holds at zeros too."""
    before, after = [1.0], [1.0]
    for x, y in zip(xs[:-1], reversed(xs[1:]), strict=True):
        before.append(before[-1] * x)
        after.append(after[-1] * y)
    return [b * a for b, a in zip(before, reversed(after), strict=True)]


def _logsumexp_floats(*xs: float) -> float:
    top = builtins.max(xs, default=-math.inf)
    return top if math.isinf(top) else top + math.log(math.fsum(math.exp(x - top) for x in xs))


def _logsumexp_rule(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
    # The shift cancels, so it counts as a constant. Where the greatest is infinite, those that attain it share evenly.
    endless = isinf(out)
    shift = where(endless, 0.0, stop_gradient(max_n(*xs)))
    weights = [where(endless, 0.0, exp(where(endless, 0.0, x - shift))) for x in xs]
    total = where(endless, 1.0, sum_n(*weights))
    return [where(endless, tie, scale(g, w / total)) for tie, w in zip(_share_ties(g, out, xs), weights, strict=True)]


logsumexp_n: Function = variadic(
    "logsumexp_n", _logsumexp_floats, lambda *xs: np.float64(_logsumexp_floats(*map(float, xs))), _logsumexp_rule
)
