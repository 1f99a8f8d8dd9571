"""Rows that take any number of operands, written in rows of one, two and three, which a flat program has room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autograd.ops import comparison, elementwise

Lowered = Callable[[Sequence[Any]], Any]


def _sum(xs: Sequence[Any]) -> Any:
    return reduce(elementwise.add, xs)


def _dot(xs: Sequence[Any]) -> Any:
    half = len(xs) // 2
    return _sum([elementwise.mul(x, y) for x, y in zip(xs[:half], xs[half:], strict=True)])


def _share(top: Any, xs: Sequence[Any]) -> Any:
    """The greatest, or the least, of several: those that tie share the gradient evenly, and a NaN has a gradient of NaN."""
    top = comparison.stop_gradient(top)
    ties = [comparison.equal(x, top) for x in xs]
    count = _sum([comparison.where(tie, 1.0, 0.0) for tie in ties])
    # A NaN is equal to nothing; the slope of its square is NaN.
    unknown = [comparison.where(comparison.not_equal(x, x), x, 0.0) for x in xs]
    others = [elementwise.mul(x, x) for x in unknown]
    chosen = [comparison.where(tie, x, other) for tie, x, other in zip(ties, xs, others, strict=True)]
    return _sum(chosen) / count


LOWERED: dict[str, Lowered] = {
    "sum_n": _sum,
    "prod_n": lambda xs: reduce(elementwise.mul, xs),
    "dot_n": _dot,
    "max_n": lambda xs: _share(reduce(elementwise.maximum, xs), xs),
    "min_n": lambda xs: _share(reduce(elementwise.minimum, xs), xs),
    "logsumexp_n": lambda xs: reduce(elementwise.logaddexp, xs),
}
