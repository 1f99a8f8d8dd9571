"""`torch.linalg`: matrices by its names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.linalg import LinAlgError

from autograd.torch import shapes
from autograd.torch.algebra import (
    cholesky,
    det,
    eigh,
    eigvalsh,
    inv,
    lstsq,
    matmul,
    matrix_norm,
    matrix_power,
    matrix_rank,
    multi_dot,
    pinv,
    qr,
    slogdet,
    solve,
    svdvals,
    vector_norm,
)
from autograd.torch.algebra import linalg_cross as cross
from autograd.torch.algebra import linalg_norm as norm
from autograd.torch.algebra import linalg_svd as svd
from autograd.torch.missing import missing
from autograd.torch.solving import cond, matrix_exp, solve_triangular, vecdot

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vecdot",
    "vector_norm",
]


def __getattr__(name: str) -> Any:
    raise AttributeError(missing("torch.linalg", name))


def diagonal(A: Operand, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:  # noqa: N803 - PyTorch's name
    """The diagonal of the last two axes, where `torch.diagonal` takes the first two."""
    return shapes.diagonal(A, offset, dim1, dim2)
