"""`torch.special`: functions by the names that SciPy has for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from autograd.ops import comparison, elementwise
from autograd.ops import special as rows
from autograd.torch.calling import function
from autograd.torch.missing import missing
from autograd.torch.pointwise import (
    digamma,
    erf,
    erfc,
    erfinv,
    exp2,
    expm1,
    i0,
    lgamma,
    log1p,
    log_softmax,
    logit,
    round,
    sigmoid,
    sinc,
    softmax,
    xlogy,
)
from autograd.torch.reductions import logsumexp

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "i0",
    "i1",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "ndtr",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlog1py",
    "xlogy",
]

expit, gammaln, psi = sigmoid, lgamma, digamma


def __getattr__(name: str) -> Any:
    raise AttributeError(missing("torch.special", name))


@function
def entr(input: Operand) -> Any:
    """−x·log x, and −∞ below 0."""
    # At 0 its slope is infinite, as that of a root is.
    inside = comparison.where(comparison.equal(input, 0.0), elementwise.sqrt(input), -rows.xlogy(input, input))
    return comparison.where(comparison.less(input, 0.0), -math.inf, inside)


@function
def i1(input: Operand) -> Any:
    """The modified Bessel function of order 1."""
    return rows.i1(input)


@function
def ndtr(input: Operand) -> Any:
    """The normal distribution function."""
    return rows.ndtr(input)


@function
def log_ndtr(input: Operand) -> Any:
    """The logarithm of the normal distribution function."""
    return rows.log_ndtr(input)


@function
def gammainc(input: Operand, other: Operand) -> Any:
    """The lower incomplete gamma function; its order `input` is a constant."""
    return rows.gammainc(input, other)


@function
def gammaincc(input: Operand, other: Operand) -> Any:
    """The upper incomplete gamma function; its order `input` is a constant."""
    return rows.gammaincc(input, other)


@function
def xlog1py(input: Operand, other: Operand) -> Any:
    """x·log(1 + y), and 0 where x is 0."""
    nothing = comparison.logical_and(comparison.equal(input, 0.0), comparison.less_equal(other, -1.0))
    return elementwise.mul(input, elementwise.log1p(comparison.where(nothing, 0.0, other)))


def polygamma(n: int, input: Operand) -> Any:
    """The derivative of that number of `digamma`."""
    return _polygamma(input, n)


@function
def _polygamma(input: Operand, n: int) -> Any:
    return rows.polygamma(n, input)
