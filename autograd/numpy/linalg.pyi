"""Written by `python -m tests.typing.faces` from the table of operations, with the names of NumPy 2.4; see there before you edit."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeVar, overload

import numpy as np
from numpy.linalg import LinAlgError as LinAlgError
from numpy.linalg import matrix_rank as matrix_rank
from numpy.typing import NDArray

from autograd.engine.tensor import Tensor
from autograd.typing import Array, ArrayLike, Axis, DTypeLike, Operand

Scalar = TypeVar("Scalar", bound=np.generic)
Floating = TypeVar("Floating", bound=np.floating[Any])

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]

@overload
def cholesky(x: Tensor, /, *, upper: bool = False) -> Tensor:
    """The lower triangular `l` with `l @ l.T = x`, of a symmetric positive definite matrix; of a hermitian one conjugate `l.T`."""

@overload
def cholesky(x: ArrayLike, /, *, upper: bool = False) -> Array: ...
@overload
def cond(x: Tensor, /, p: float | str | None = None) -> Tensor:
    """The condition number: the norm of the matrix times that of its inverse."""

@overload
def cond(x: NDArray[Floating], /, p: float | str | None = None) -> Floating: ...
@overload
def cond(x: ArrayLike, /, p: float | str | None = None) -> Any: ...
@overload
def cross(x1: Tensor, x2: Operand, /, *, axis: int = -1) -> Tensor: ...
@overload
def cross(x1: ArrayLike, x2: Tensor, /, *, axis: int = -1) -> Tensor: ...
@overload
def cross(x1: ArrayLike, x2: ArrayLike, /, *, axis: int = -1) -> Array: ...
@overload
def det(x: Tensor, /) -> Tensor:
    """The determinant; its first and second derivatives are right at singular matrices too."""

@overload
def det(x: NDArray[Floating], /) -> Floating: ...
@overload
def det(x: ArrayLike, /) -> Any: ...
@overload
def diagonal(x: Tensor, /, *, offset: int = 0) -> Tensor: ...
@overload
def diagonal(x: ArrayLike, /, *, offset: int = 0) -> Array: ...
@overload
def eig(x: Tensor, /) -> Tensor:
    """Eigenvalues and eigenvectors of a square matrix, which are complex where they have to be."""

@overload
def eig(x: ArrayLike, /) -> Array: ...
def eigh(x: Operand, /, UPLO: str = "L") -> Any:
    """Eigenvalues, in ascending order, and eigenvectors of a symmetric matrix."""

@overload
def eigvals(x: Tensor, /) -> Tensor:
    """The eigenvalues of a square matrix, which are complex where they have to be."""

@overload
def eigvals(x: ArrayLike, /) -> Array: ...
@overload
def eigvalsh(x: Tensor, /, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a symmetric matrix, in ascending order."""

@overload
def eigvalsh(x: ArrayLike, /, UPLO: str = "L") -> Array: ...
@overload
def inv(x: Tensor, /) -> Tensor:
    """The inverse."""

@overload
def inv(x: ArrayLike, /) -> Array: ...
@overload
def lstsq(a: Tensor, b: Operand, /, rcond: float | None = None) -> tuple[Tensor, ...]:
    """The least-squares solution, the sums of squared residuals, the rank (a constant) and the singular values."""

@overload
def lstsq(a: ArrayLike, b: Tensor, /, rcond: float | None = None) -> tuple[Tensor, ...]: ...
@overload
def lstsq(a: ArrayLike, b: ArrayLike, /, rcond: float | None = None) -> tuple[Array, ...]: ...
@overload
def matmul(x: Tensor, y: Operand, /) -> Tensor:
    """The product of matrices, and of stacks of them, as NumPy's `@`."""

@overload
def matmul(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def matmul(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def matrix_norm(x: Tensor, /, *, keepdims: bool = False, ord: float | str | None = "fro") -> Tensor:
    """The norm of matrices on the last two axes: 'fro', 'nuc', 1, -1, 2, -2, inf or -inf."""

@overload
def matrix_norm(x: ArrayLike, /, *, keepdims: bool = False, ord: float | str | None = "fro") -> Array: ...
@overload
def matrix_power(x: Tensor, /, n: int) -> Tensor:
    """The n-th power by repeated squaring; of the inverse for a negative n."""

@overload
def matrix_power(x: ArrayLike, /, n: int) -> Array: ...
@overload
def matrix_transpose(x: Tensor, /) -> Tensor:
    """Exchange the last two axes."""

@overload
def matrix_transpose(x: ArrayLike, /) -> Array: ...
@overload
def multi_dot(arrays: Iterable[Tensor], /, *, out: None = None) -> Tensor:
    """The product of two matrices and more in the cheapest order; the first and the last may be vectors."""

@overload
def multi_dot(arrays: Sequence[Array] | Array, /, *, out: None = None) -> Array: ...
@overload
def multi_dot(arrays: Iterable[Operand], /, *, out: None = None) -> Tensor: ...
@overload
def norm(x: Tensor, /, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors (along one axis) or matrices (two axes): every order that NumPy has."""

@overload
def norm(
    x: NDArray[Floating], /, ord: float | str | None = None, axis: None = None, keepdims: Literal[False] = False
) -> Floating: ...
@overload
def norm(
    x: NDArray[Any], /, ord: float | str | None = None, axis: Axis = None, *, keepdims: Literal[True]
) -> Array: ...
@overload
def norm(x: ArrayLike, /, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Any: ...
@overload
def outer(x1: Tensor, x2: Operand, /) -> Tensor: ...
@overload
def outer(x1: ArrayLike, x2: Tensor, /) -> Tensor: ...
@overload
def outer(x1: ArrayLike, x2: ArrayLike, /) -> Array: ...
@overload
def pinv(
    x: Tensor, /, rcond: ArrayLike | None = None, hermitian: bool = False, *, rtol: ArrayLike | None = None
) -> Tensor:
    """The pseudo-inverse, with the derivative that it has while the rank stays the same."""

@overload
def pinv(
    x: ArrayLike, /, rcond: ArrayLike | None = None, hermitian: bool = False, *, rtol: ArrayLike | None = None
) -> Array: ...
def qr(x: Operand, /, mode: str = "reduced") -> Any:
    """The decomposition `q @ r` into orthonormal columns and an upper triangle; modes `reduced` and `r`."""

def slogdet(x: Operand, /) -> Any:
    """The sign of the determinant and the logarithm of its absolute value."""

@overload
def solve(a: Tensor, b: Operand, /) -> Tensor:
    """The `x` for which `a @ x = b`; `b` is a vector where it has one axis, a stack of matrices elsewhere."""

@overload
def solve(a: ArrayLike, b: Tensor, /) -> Tensor: ...
@overload
def solve(a: ArrayLike, b: ArrayLike, /) -> Array: ...
def svd(x: Operand, /, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """The singular value decomposition `u @ diag(s) @ vh`."""

@overload
def svdvals(x: Tensor, /) -> Tensor:
    """The singular values, in descending order."""

@overload
def svdvals(x: ArrayLike, /) -> Array: ...
@overload
def tensordot(x1: Tensor, x2: Operand, /, *, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2) -> Tensor: ...
@overload
def tensordot(x1: ArrayLike, x2: Tensor, /, *, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2) -> Tensor: ...
@overload
def tensordot(x1: ArrayLike, x2: ArrayLike, /, *, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2) -> Array: ...
@overload
def tensorinv(x: Tensor, /, ind: int = 2) -> Tensor:
    """The inverse of `x` as a map from its last axes to its first `ind` ones."""

@overload
def tensorinv(x: ArrayLike, /, ind: int = 2) -> Array: ...
@overload
def tensorsolve(a: Tensor, b: Operand, /, axes: Sequence[int] | None = None) -> Tensor:
    """The `x` for which `tensordot(a, x, x.ndim) = b`."""

@overload
def tensorsolve(a: ArrayLike, b: Tensor, /, axes: Sequence[int] | None = None) -> Tensor: ...
@overload
def tensorsolve(a: ArrayLike, b: ArrayLike, /, axes: Sequence[int] | None = None) -> Array: ...
@overload
def trace(x: Tensor, /, *, offset: int = 0, dtype: DTypeLike | None = None) -> Tensor: ...
@overload
def trace(x: NDArray[Floating], /, *, offset: int = 0, dtype: DTypeLike | None = None) -> Floating: ...
@overload
def trace(x: ArrayLike, /, *, offset: int = 0, dtype: DTypeLike | None = None) -> Any: ...
@overload
def vecdot(x: Tensor, y: Operand, /, axis: int = -1) -> Tensor:
    """The sums of products along an axis, of which the first factor is conjugated; the other axes are broadcast."""

@overload
def vecdot(x: ArrayLike, y: Tensor, /, axis: int = -1) -> Tensor: ...
@overload
def vecdot(x: ArrayLike, y: ArrayLike, /, axis: int = -1) -> Array: ...
@overload
def vector_norm(x: Tensor, /, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Tensor:
    """The norm of vectors along axes, of any order; all axes by default."""

@overload
def vector_norm(x: ArrayLike, /, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Array: ...
