"""SciPy's `linalg`: what it shares with NumPy's, its own functions that have derivatives, and the rest without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg as _linalg

from autograd.errors import OperandError
from autograd.graph.node import Node
from autograd.numpy.linalg import cholesky as _cholesky
from autograd.numpy.linalg import det, eigh, inv, lstsq, norm, pinv, solve, svd
from autograd.numpy.linalg import qr as _qr
from autograd.ops import matrix_functions as _functions
from autograd.ops.diagonal import diag, tril, triu
from autograd.ops.elementwise import add
from autograd.ops.joining import block
from autograd.ops.shape import as_array, atleast_2d, concatenate, matrix_transpose, shape, stack
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "cholesky_banded",
    "det",
    "eigh",
    "expm",
    "inv",
    "lstsq",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_banded",
    "solve_sylvester",
    "solve_triangular",
    "sqrtm",
    "svd",
]
__getattr__ = attributes_of(_linalg, "scipy.linalg")


def cholesky(a: Operand, lower: bool = False, **_: Any) -> Any:
    """The triangle with `upper.T @ upper = a`, which is SciPy's default, or with `lower @ lower.T = a`.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
        Symmetric and positive definite.
    lower : bool
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    numpy.ndarray or Tensor, shape (n, n)

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import cholesky
    >>> cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]), lower=True).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    # Of the matrix, too, only that triangle is read.
    return _cholesky(a) if lower else matrix_transpose(_cholesky(matrix_transpose(as_array(a))))


def qr(a: Operand, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", pivoting: bool = False) -> Any:
    """SciPy's `qr`, in the modes `full` (of a matrix with no more rows than columns), `economic` and `r`.

    Parameters
    ----------
    a : array_like or Tensor, shape (m, n)
    overwrite_a, lwork
        As in SciPy; nothing is overwritten.
    mode : str
    pivoting : bool
        Not supported.

    Returns
    -------
    tuple of numpy.ndarray or Tensor

    Raises
    ------
    OperandError
        For pivoting, and another mode.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import qr
    >>> q, r = qr(np.array([[3.0, 1.0], [4.0, 2.0]]))
    >>> (q @ r).round(6).tolist()
    [[3.0, 1.0], [4.0, 2.0]]
    """
    if pivoting or mode not in _MODES:
        raise OperandError(
            f"qr: mode {mode!r} with pivoting={pivoting} is not supported; the modes are full, economic and r"
        )
    found = _qr(a, _MODES[mode])
    return (found,) if mode == "r" else tuple(found)


_MODES = {"full": "complete", "economic": "reduced", "r": "r"}


def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any) -> Any:
    """The `x` for which `a @ x = b`, of which one triangle of `a` is read.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
    b : array_like or Tensor, shape (n,) or (n, k)
    trans : {0, 1, "N", "T"}
        Whether `a` is transposed.
    lower : bool
    unit_diagonal : bool
        Whether the diagonal counts as ones.
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `b`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import solve_triangular
    >>> solve_triangular(np.array([[2.0, 0.0], [1.0, 4.0]]), np.array([2.0, 5.0]), lower=True).tolist()
    [1.0, 1.0]
    """
    if trans in (2, "C"):
        raise OperandError("solve_triangular: trans=2 is for complex numbers; use trans=1")
    a = tril(a) if lower else triu(a)
    if unit_diagonal:
        a = a * (1.0 - np.eye(shape(a)[-1])) + np.eye(shape(a)[-1])
    a = matrix_transpose(a) if trans in (1, "T") else a
    if not isinstance(a, Node) and not isinstance(b, Node):
        return np.linalg.solve(a, b)
    return solve(a, as_array(b))


def expm(A: Operand) -> Any:  # noqa: N803 - SciPy's name
    """The exponential of a square matrix.

    Parameters
    ----------
    A : array_like or Tensor, shape (n, n)

    Returns
    -------
    numpy.ndarray or Tensor, shape (n, n)

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import expm
    >>> expm(np.array([[0.0, 1.0], [0.0, 0.0]])).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    return _functions.expm(A)


def sqrtm(A: Operand, disp: Any = None, blocksize: int | None = None) -> Any:  # noqa: N803 - SciPy's name
    """The square root of a square matrix, where it is real.

    Parameters
    ----------
    A : array_like or Tensor, shape (n, n)
    disp, blocksize
        Not needed here.

    Returns
    -------
    numpy.ndarray or Tensor, shape (n, n)

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import sqrtm
    >>> sqrtm(np.array([[4.0, 0.0], [0.0, 9.0]])).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    if disp is not None and not disp:
        raise OperandError("sqrtm: disp=False is not supported")
    return _functions.sqrtm(A)


def solve_sylvester(a: Operand, b: Operand, q: Operand) -> Any:
    """The `x` for which `a @ x + x @ b = q`.

    Parameters
    ----------
    a : array_like or Tensor, shape (m, m)
    b : array_like or Tensor, shape (n, n)
    q : array_like or Tensor, shape (m, n)

    Returns
    -------
    numpy.ndarray or Tensor, shape (m, n)

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import solve_sylvester
    >>> solve_sylvester(np.eye(1), np.eye(1), np.array([[6.0]])).tolist()
    [[3.0]]
    """
    return _functions.solve_sylvester(a, b, q)


def solve_banded(l_and_u: tuple[int, int], ab: Operand, b: Operand, **_: Any) -> Any:
    """The `x` for which `a @ x = b`, of a matrix `a` whose elements are near the diagonal.

    Parameters
    ----------
    l_and_u : (int, int)
        How many diagonals there are below the main one, and above it.
    ab : array_like or Tensor, shape (l + u + 1, n)
        The diagonals, the uppermost first, each above its columns.
    b : array_like or Tensor, shape (n,) or (n, k)
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `b`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import solve_banded
    >>> solve_banded((1, 0), np.array([[2.0, 4.0], [1.0, 0.0]]), np.array([2.0, 5.0])).tolist()
    [1.0, 1.0]
    """
    return _functions.solve_banded(l_and_u, ab, b)


def cholesky_banded(ab: Operand, overwrite_ab: bool = False, lower: bool = False, check_finite: bool = True) -> Any:
    """The factor of `cholesky` of a matrix whose elements are near the diagonal, its diagonals as those are given.

    Parameters
    ----------
    ab : array_like or Tensor, shape (u + 1, n)
        The diagonals of a symmetric positive definite matrix: the main one last, or first with `lower`.
    overwrite_ab, check_finite
        Not needed here.
    lower : bool

    Returns
    -------
    numpy.ndarray or Tensor, shape (u + 1, n)

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import cholesky_banded
    >>> cholesky_banded(np.array([[4.0, 5.0], [2.0, 0.0]]), lower=True).tolist()
    [[2.0, 2.0], [1.0, 0.0]]
    """
    ab = as_array(ab)
    if not isinstance(ab, Node):
        return _linalg.cholesky_banded(ab, lower=lower, check_finite=check_finite)
    bands: Any = ab
    count, n = shape(ab)
    # The diagonals from the main one downwards, and what stands beside them, which SciPy leaves as it is.
    below = [bands[k, : n - k] if lower else bands[count - 1 - k, k:] for k in range(count)]
    beside = [bands[k, n - k :] if lower else bands[count - 1 - k, :k] for k in range(count)]
    whole = diag(below[0])
    for k in range(1, count):
        whole = add(whole, add(diag(below[k], -k), diag(below[k], k)))
    factor = _cholesky(whole)
    found = []
    for k in range(count):
        parts = [diag(factor, -k), beside[k]]
        found.append(concatenate(parts if lower else parts[::-1]))
    return stack(found if lower else found[::-1])


def block_diag(*arrs: Any) -> Any:
    """Matrices along the diagonal of one that is zero elsewhere.

    Parameters
    ----------
    *arrs : array_like or Tensor, of up to two axes

    Returns
    -------
    numpy.ndarray or Tensor, of two axes

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import block_diag
    >>> block_diag(np.ones((1, 2)), 3.0).tolist()
    [[1.0, 1.0, 0.0], [0.0, 0.0, 3.0]]
    """
    if not any([isinstance(x, Node) for x in arrs]):
        return _linalg.block_diag(*arrs)
    parts = [atleast_2d(as_array(x)) for x in arrs]
    return block(
        [
            [part if i == j else np.zeros((shape(part)[0], shape(other)[1])) for j, other in enumerate(parts)]
            for i, part in enumerate(parts)
        ]
    )


def cho_factor(a: Operand, lower: bool = False, **_: Any) -> tuple[Any, bool]:
    """The factor of `cholesky`, and whether it is the lower one, for `cho_solve`.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
    lower : bool
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    tuple

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import cho_factor
    >>> cho_factor(np.array([[4.0]]))
    (array([[2.]]), False)
    """
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Any, bool], b: Operand, **_: Any) -> Any:
    """The `x` for which `a @ x = b`, of a matrix `a` given by its factor from `cho_factor`.

    Parameters
    ----------
    c_and_lower : (array_like or Tensor, bool)
    b : array_like or Tensor, shape (n,) or (n, k)
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `b`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import cho_factor, cho_solve
    >>> cho_solve(cho_factor(np.array([[4.0]])), np.array([2.0])).tolist()
    [0.5]
    """
    factor, lower = c_and_lower
    first, second = ("N", "T") if lower else ("T", "N")
    return solve_triangular(factor, solve_triangular(factor, b, first, lower), second, lower)
