"""What SciPy computes of matrices: square root and exponential, Sylvester's equation, banded systems.

References
----------
N. J. Higham, "Functions of Matrices", 2008: theorem 3.6 for the derivative of the exponential.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from autograd.graph.op import Function, row
from autograd.ops.elementwise import mul
from autograd.ops.indexing import basic, getitem
from autograd.ops.inverse import as_column, square_matrices
from autograd.ops.joining import block
from autograd.ops.linalg import matmul
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import as_array, shape
from autograd.ops.shape import matrix_transpose as t


def _linalg(name: str) -> Any:
    try:
        import scipy.linalg
    except ImportError:
        raise MissingDependencyError(f"{name} needs SciPy: {pip_install('train')}") from None
    return getattr(scipy.linalg, name)


def _native(x: np.ndarray) -> np.ndarray:
    """A matrix as SciPy's functions of one read it: row by row, in this machine's order of bytes, in a precision of BLAS."""
    if x.dtype.itemsize > (16 if x.dtype.kind == "c" else 8):
        raise TypeError(f"SciPy has no function of a matrix of {x.dtype}: give double precision")
    return np.ascontiguousarray(
        x, x.dtype.newbyteorder("=") if x.dtype.char in "fdFD" else np.result_type(x, np.float32)
    )


def _expm_rule(g: Any, out: Any, x: Any) -> Any:
    n = shape(x)[-1]
    above = expm(block([[t(x), g], [np.zeros(shape(x)), t(x)]]))
    return basic(above, (..., slice(None, n), slice(n, None)))


_expm: Function = row("expm", lambda x: _linalg("expm")(_native(x)), _expm_rule)
_sqrtm: Function = row("sqrtm", lambda x: _linalg("sqrtm")(_native(x)), lambda g, out, x: _sylvester(t(out), t(out), g))
_sylvester: Function = row(
    "solve_sylvester",
    lambda x, y, z: _linalg("solve_sylvester")(x, y, z),
    lambda g, out, x, y, z: -matmul(_sylvester(t(x), t(y), g), t(out)),
    lambda g, out, x, y, z: -matmul(t(out), _sylvester(t(x), t(y), g)),
    lambda g, out, x, y, z: _sylvester(t(x), t(y), g),
    linear=((2,),),
)
_solve_banded: Function = row(
    "solve_banded",
    lambda x, y, below, above: _linalg("solve_banded")((below, above), x, y),
    lambda g, out, x, y, below, above: _bands_rule(g, out, x, below, above),
    lambda g, out, x, y, below, above: _transposed_solve(g, x, below, above),
    linear=((1,),),
)


def expm(x: Any) -> Any:
    """The exponential of a matrix, its series Σ xⁿ/n!."""
    return _expm(square_matrices("expm", x))


def sqrtm(x: Any) -> Any:
    """The square root of a matrix: `out @ out = x`."""
    return _sqrtm(square_matrices("sqrtm", x))


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """The `x` for which `a @ x + x @ b = q`."""
    return _sylvester(square_matrices("solve_sylvester", a), square_matrices("solve_sylvester", b), as_array(q))


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Any:
    """The `x` for which `a @ x = b`, where row `r` of `ab` has the elements `a[i, j]` with `i - j = r - above`."""
    below, above = (int(count) for count in l_and_u)
    return _solve_banded(as_array(ab), as_array(b), below=below, above=above)


def _places(below: int, above: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each element of the bands its row and its column in the matrix, and whether it is there."""
    bands, columns = np.mgrid[: below + above + 1, :n]
    rows = bands - above + columns
    there = (rows >= 0) & (rows < n)
    return np.where(there, rows, 0), columns, there


def _transposed_solve(g: Any, ab: Any, below: int, above: int) -> Any:
    # The element of the transpose at (row, column) is that of the matrix at (column, row).
    rows, columns, there = _places(above, below, shape(ab)[-1])
    bands = np.where(there, above + columns - rows, 0)
    turned = mul(getitem(ab, (bands, rows)), there * 1.0)
    return _solve_banded(turned, g, below=above, above=below)


def _bands_rule(g: Any, out: Any, ab: Any, below: int, above: int) -> Any:
    rows, columns, there = _places(below, above, shape(ab)[-1])
    sent = _transposed_solve(g, ab, below, above)
    if len(shape(out)) == 1:
        sent, out = as_column(sent), as_column(out)
    return mul(-sum_(mul(getitem(sent, (rows,)), getitem(out, (columns,))), axis=-1), there * 1.0)
