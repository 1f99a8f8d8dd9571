"""Matrices of which one triangle is read, and stands for both: their gradient is symmetric, or hermitian.

Finite differences that move one element alone see the triangle that NumPy reads and nothing of the other. So that they see
what the gradient means, checks read the mean of a matrix and its adjoint: a change of one element is one of both, by half.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.graph.op import Function, row
from autograd.ops.inverse import adjoint
from autograd.ops.shape import as_array

_both: ContextVar[bool] = ContextVar("both triangles are read", default=False)


@contextmanager
def reading_both_triangles() -> Iterator[None]:
    """Within the block what reads one triangle reads the mean of both.

    Examples
    --------
    >>> lopsided = np.array([[2.0, 9.0], [1.0, 2.0]])
    >>> read(lopsided).tolist()
    [[2.0, 9.0], [1.0, 2.0]]
    >>> with reading_both_triangles():
    ...     read(lopsided).tolist()
    [[2.0, 5.0], [5.0, 2.0]]
    """
    before = _both.set(True)
    try:
        yield
    finally:
        _both.reset(before)


def both_are_read() -> bool:
    """Whether the mean of both triangles is read."""
    return _both.get()


def read(x: np.ndarray) -> np.ndarray:
    """What a function that reads one triangle is given."""
    return 0.5 * (x + np.conj(np.swapaxes(x, -1, -2))) if _both.get() else x


def of_both(g: Any) -> Any:
    """The gradient with respect to a symmetric matrix, from one that counts each element by itself."""
    return 0.5 * (g + adjoint(g))


def _mirror(x: np.ndarray) -> np.ndarray:
    lower = np.tril(read(x), -1)
    # Imaginary parts on the diagonal are not read.
    diagonal = np.where(np.eye(x.shape[-1], dtype=bool), np.real(x), 0.0)
    return lower + diagonal + np.conj(np.swapaxes(lower, -1, -2))


_hermitian: Function = row("hermitian", _mirror, lambda g, out, x: of_both(g), takes_complex=True)


def read_hermitian(x: Any, hermitian: bool) -> Any:
    """A matrix, or the symmetric one whose lower triangle it has."""
    x = as_array(x)
    return _hermitian(x) if hermitian else x
