"""Products and matrices in PyTorch's words."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import get_data
from autograd.ops import (
    calculus,
    comparison,
    cumulative,
    decomposition,
    elementwise,
    inverse,
    linalg,
    matrix,
    reduction,
)
from autograd.ops import einsum as einsums
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.errors import with_runtime_errors
from autograd.torch.tensor import as_face, axis_of, check_tensor, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


def _axes(name: str, x: Any, ndim: int, what: str) -> None:
    if len(shapes.shape(x)) != ndim:
        raise ShapeError(
            f"torch.{name}: {what} must have {ndim} axes, and has shape {tuple(shapes.shape(x))}: use matmul (@)"
        )


@function
def matmul(input: Operand, other: Operand) -> Any:
    """The product of matrices, `input @ other`."""
    return linalg.matmul(input, other)


@function
def mm(input: Operand, mat2: Operand) -> Any:
    """The product of two matrices."""
    _axes("mm", input, 2, "self")
    _axes("mm", mat2, 2, "mat2")
    return linalg.matmul(input, mat2)


@function
def bmm(input: Any, mat2: Any) -> Any:
    """The products of matrices, one pair an element of the first axis."""
    _axes("bmm", input, 3, "batch1")
    _axes("bmm", mat2, 3, "batch2")
    if input.shape[0] != mat2.shape[0]:
        raise ShapeError(
            f"torch.bmm: Expected size for first two dimensions of batch2 tensor to be: {input.shape[0]} matrices, not {mat2.shape[0]}"
        )
    return linalg.matmul(input, mat2)


@function
def mv(input: Operand, vec: Operand) -> Any:
    """A matrix times a vector."""
    _axes("mv", input, 2, "input")
    _axes("mv", vec, 1, "vec")
    return linalg.matmul(input, vec)


@function
def dot(input: Operand, other: Operand) -> Any:
    """The sum of products of two vectors; of matrices, unlike NumPy's, it is refused."""
    for x in (input, other):
        if len(shapes.shape(x)) != 1:
            raise ShapeError(
                f"torch.dot: 1D tensors expected, but got {len(shapes.shape(x))}D: use matmul (@); NumPy's dot multiplies matrices too"
            )
    return linalg.matmul(input, other)


@function
def inner(input: Operand, other: Operand) -> Any:
    """Sums of products along the last axes."""
    return linalg.inner(input, other)


@function
def outer(input: Operand, vec2: Operand) -> Any:
    """All products of elements of two vectors."""
    return linalg.outer(input, vec2)


ger = outer


@function
def addmm(input: Operand, mat1: Operand, mat2: Operand, *, beta: float = 1, alpha: float = 1) -> Any:
    """`beta * input + alpha * (mat1 @ mat2)`."""
    return _plus(input, linalg.matmul(mat1, mat2), beta, alpha)


def _plus(input: Operand, product: Any, beta: Any, alpha: Any) -> Any:
    """`beta * input + alpha * product`; with a beta of 0 whatever stands in `input`, which then only broadcasts."""
    if beta == 0:
        input = elementwise.scale(0.0, input)
    elif beta != 1:
        input = beta * input
    return input + (product if alpha == 1 else alpha * product)


@function
def addmv(input: Operand, mat: Operand, vec: Operand, *, beta: float = 1, alpha: float = 1) -> Any:
    """`beta * input + alpha * (mat @ vec)`, of a matrix and a vector."""
    if len(shapes.shape(mat)) != 2 or len(shapes.shape(vec)) != 1 or len(shapes.shape(input)) > 1:
        told = ", ".join([str(len(shapes.shape(x))) for x in (input, mat, vec)])
        raise ShapeError(f"torch.addmv: vector + matrix @ vector expected, got {told}")
    return _plus(input, linalg.matmul(mat, vec), beta, alpha)


@function
def addr(input: Operand, vec1: Operand, vec2: Operand, *, beta: float = 1, alpha: float = 1) -> Any:
    """`beta * input + alpha * outer(vec1, vec2)`."""
    return _plus(input, outer(vec1, vec2), beta, alpha)


@function
def addbmm(input: Operand, batch1: Operand, batch2: Operand, *, beta: float = 1, alpha: float = 1) -> Any:
    """`beta * input + alpha` times the sum of the products of a batch."""
    return _plus(input, reduction.sum(bmm(batch1, batch2), axis=0), beta, alpha)


@function
def baddbmm(input: Operand, batch1: Operand, batch2: Operand, *, beta: float = 1, alpha: float = 1) -> Any:
    """`beta * input + alpha * (batch1 @ batch2)`."""
    return _plus(input, bmm(batch1, batch2), beta, alpha)


@function
def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """Sums of products over axes of both."""
    return linalg.tensordot(a, b, dims)


@function
def kron(input: Operand, other: Operand) -> Any:
    """Kronecker's product."""
    return linalg.kron(input, other)


@function
def cross(input: Operand, other: Operand, dim: int | None = None) -> Any:
    """The cross product of vectors of three elements: along the first axis of length 3, unless `dim` names another."""
    if dim is None:
        lengths = np.broadcast_shapes(shapes.shape(input), shapes.shape(other))
        if 3 not in lengths:
            raise ShapeError(f"torch.cross: no dimension of size 3 in input of shape {lengths}")
        dim = lengths.index(3)
    return linalg.cross(input, other, axis=dim)


@function
def linalg_cross(input: Operand, other: Operand, *, dim: int = -1) -> Any:
    """The cross product of vectors of three elements, which lie along the last axis unless `dim` names another."""
    return linalg.cross(input, other, axis=dim)


@with_runtime_errors
def einsum(equation: str, *operands: Any) -> Any:
    """Sums of products by a formula of letters."""
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    return einsums.einsum(equation, *[check_tensor("einsum", x, i + 2, "operands") for i, x in enumerate(operands)])


def chain_matmul(*matrices: Any) -> Any:
    """The product of several matrices."""
    return matrix.multi_dot(matrices)


def multi_dot(tensors: Any) -> Any:
    """The product of several matrices, given as one sequence; the first and the last may be vectors."""
    return matrix.multi_dot(tensors)


@function
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: DTypeLike | None = None) -> Any:
    """The length of the elements, or along axes: of a matrix too all its elements as one vector, unlike NumPy's `ord`."""
    order = 2.0 if p in ("fro", None) else p
    if p == "nuc":
        return linalg_norm(input, "nuc", dim, keepdim)
    return vector_norm(input if dtype is None else input.to(dtype), order, dim, keepdim)


@function
def vector_norm(
    input: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Any:
    """The length of vectors along axes, by default of all elements."""
    if input.dtype.kind != "f":
        raise OperandError(f"torch.norm: the input must be floats, not {input.dtype}: write t.float() first")
    ndim = len(shapes.shape(input))
    axes = tuple(range(ndim)) if dim is None else tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if ord == 0:
        return reduction.sum(shapes.astype(input != 0, input.dtype), axis=axes, keepdims=keepdim)
    return matrix.vector_norm(input, axis=axes, keepdims=keepdim, ord=float(ord))


@function
def linalg_norm(
    input: Operand,
    ord: Any = None,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Any:
    """As NumPy's `linalg.norm`: with `ord` of a matrix a norm of matrices."""
    if ord is None:
        return vector_norm(input, 2, dim, keepdim)
    return matrix.norm(input, ord, tuple(dim) if isinstance(dim, list) else dim, keepdim)


@function
def matrix_norm(input: Operand, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Any:
    """A norm of matrices: Frobenius' by default."""
    return matrix.norm(input, ord, tuple(dim), keepdim)


@function
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The length of a difference."""
    return norm(input - other, p)


@function
def cdist(x1: Any, x2: Any, p: float = 2.0, **ignored: Any) -> Any:
    """The distances of all rows of one from all rows of another."""
    return vector_norm(x1[..., :, None, :] - x2[..., None, :, :], p, -1)


@function
def diff(input: Operand, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours."""
    return calculus.diff(input, n, dim, prepend, append)


def trapezoid(y: Any, x: Any = None, *, dx: Any = 1.0, dim: int = -1) -> Any:
    """The area under a line."""
    return calculus.trapezoid(y, x, dx, dim)


trapz = trapezoid


@function
def cumulative_trapezoid(input: Any, x: Any = None, *, dx: Any = 1.0, dim: int = -1) -> Any:
    """The area under a line up to each of its points but the first."""
    axis = axis_of("cumulative_trapezoid", dim, len(shapes.shape(input)))
    before = (slice(None),) * axis
    left, right = (*before, slice(None, -1)), (*before, slice(1, None))
    width = dx if x is None else x[right] - x[left] if len(shapes.shape(x)) > 1 else calculus.diff(x)
    if x is not None and len(shapes.shape(x)) == 1:
        width = shapes.reshape(width, (-1,) + (1,) * (len(shapes.shape(input)) - axis - 1))
    return cumulative.cumsum((input[left] + input[right]) * 0.5 * width, axis)


@function
def gradient(input: Operand, *, spacing: Any = 1, dim: int | Sequence[int] | None = None, edge_order: int = 1) -> Any:
    """Central differences of a sampled function, one-sided at its ends: a tuple, along each axis or those of `dim`."""
    steps = list(spacing) if isinstance(spacing, (tuple, list)) else [spacing]
    found = calculus.gradient(input, *steps, axis=dim, edge_order=edge_order)
    return found if isinstance(found, tuple) else (found,)


@function
def renorm(input: Operand, p: float, dim: int, maxnorm: float) -> Any:
    """With the parts of an axis that are longer than `maxnorm` shortened to it."""
    axis = axis_of("renorm", dim, len(shapes.shape(input)))
    others = tuple([i for i in range(len(shapes.shape(input))) if i != axis])
    lengths = vector_norm(input, p, others, True)
    return input * comparison.where(comparison.greater(lengths, maxnorm), maxnorm / (lengths + 1e-7), 1.0)


@function
def inv(input: Operand) -> Any:
    """The inverse of a matrix."""
    return inverse.inv(input)


@function
def det(input: Operand) -> Any:
    """The determinant."""
    return matrix.det(input)


@function
def slogdet(input: Operand) -> Any:
    """The sign of the determinant, and the logarithm of its size."""
    return matrix.slogdet(input)


@function
def logdet(input: Operand) -> Any:
    """The logarithm of the determinant; NaN where that is negative."""
    sign, size = matrix.slogdet(input)
    return size + elementwise.log(sign)


@function
def cholesky(input: Operand, *, upper: bool = False) -> Any:
    """The triangular factor of a positive definite matrix."""
    return decomposition.cholesky(input, upper=upper)


_Svd = namedtuple("_Svd", ["U", "S", "V"])


@function
def svd(input: Operand, some: bool = True) -> Any:
    """Singular vectors and values: U, S and V, where `linalg.svd` gives Vh."""
    found = decomposition.svd(input, not some)
    return _Svd(found[0], found[1], shapes.matrix_transpose(found[2]))


@function
def linalg_svd(input: Operand, full_matrices: bool = True) -> Any:
    """Singular vectors and values: U, S, Vh."""
    return decomposition.svd(input, full_matrices)


@function
def svdvals(input: Operand) -> Any:
    """Singular values."""
    return decomposition.svdvals(input)


@function
def qr(input: Operand, mode: str = "reduced") -> Any:
    """An orthogonal and a triangular factor."""
    return decomposition.qr(input, mode)


@function
def eigh(input: Operand, UPLO: str = "L") -> Any:  # noqa: N803 - PyTorch's name
    """Eigenvalues and eigenvectors of a symmetric matrix."""
    return decomposition.eigh(input, UPLO)


@function
def eigvalsh(input: Operand, UPLO: str = "L") -> Any:  # noqa: N803 - PyTorch's name
    """Eigenvalues of a symmetric matrix."""
    return decomposition.eigvalsh(input, UPLO)


@function
def pinv(input: Operand, **options: Any) -> Any:
    """The pseudoinverse."""
    return matrix.pinv(input, **options)


pinverse = pinv


@function
def matrix_power(input: Operand, n: int) -> Any:
    """A power of a matrix."""
    # The power 0 is of no matrix, and an array.
    return as_face(matrix.matrix_power(input, n))


@function
def solve(input: Operand, B: Operand, *, left: bool = True) -> Any:  # noqa: N803 - PyTorch's name
    """x with `input @ x = B`, or `x @ input = B`; a vector where `B` has one axis less than a stack of matrices."""
    if left:
        return inverse.solve(input, B)
    if len(shapes.shape(B)) < 2:
        raise ShapeError(
            f"torch.linalg.solve: with left=False B is a matrix of rows, not of shape {tuple(shapes.shape(B))}"
        )
    return shapes.swapaxes(inverse.solve(shapes.swapaxes(input, -1, -2), shapes.swapaxes(B, -1, -2)), -1, -2)


@function
def lstsq(input: Operand, other: Operand, **ignored: Any) -> Any:
    """The x for which `input @ x` comes nearest to `other`, with `.solution`."""
    found = matrix.lstsq(input, other)
    return _Solution(found)


class _Solution(tuple[Any, ...]):
    """What `lstsq` gives."""

    __slots__ = ()

    def __new__(cls, found: Any) -> _Solution:
        return super().__new__(cls, found)

    solution = property(lambda self: self[0], doc="The x.")
    residuals = property(lambda self: self[1], doc="The sums of squares that are left.")


def matrix_rank(input: Any, **options: Any) -> Any:
    """The rank; a constant."""
    return wrap(np.asarray(np.linalg.matrix_rank(get_data(input), **options)))
