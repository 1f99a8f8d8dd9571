"""Penalties on the size of parameters, to be added to a loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.engine.tensor import Tensor
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import square
from autograd.ops.reduction import sum as sum_


def l1_penalty(parameters: Iterable[Tensor]) -> Any:
    """Σ|θ|: it makes parameters zero.

    Parameters
    ----------
    parameters : iterable of Tensor
        Of any shapes.

    Returns
    -------
    Tensor without axes

    Raises
    ------
    ValueError
        Where there is none.

    Examples
    --------
    >>> import nn
    >>> l1_penalty([nn.Parameter([1.0, -2.0]), nn.Parameter([3.0])]).item()
    6.0
    """
    return _total([sum_(abs_(p)) for p in parameters], "l1_penalty")


def l2_penalty(parameters: Iterable[Tensor]) -> Any:
    """Σθ²: it makes parameters small.

    Parameters
    ----------
    parameters : iterable of Tensor
        Of any shapes.

    Returns
    -------
    Tensor without axes

    Raises
    ------
    ValueError
        Where there is none.

    Examples
    --------
    >>> import nn
    >>> l2_penalty([nn.Parameter([1.0, -2.0]), nn.Parameter([3.0])]).item()
    14.0
    """
    return _total([sum_(square(p)) for p in parameters], "l2_penalty")


def _total(terms: list[Any], name: str) -> Any:
    if not terms:
        raise ValueError(f"{name}: the list of parameters is empty")
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
