"""`Embedding`: a row of a table for every index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import OperandError, ShapeError
from autograd.graph.node import get_data, raw
from autograd.graph.op import refuse_masks
from autograd.ops.comparison import stop_gradient, where
from autograd.ops.indexing import within
from nn import init
from nn.arguments import check_count
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.typing import ArrayLike, DTypeLike


class Embedding(Module):
    """`weight[indices]`.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
    padding_idx : int, optional
        A row that starts as zeros, and whose gradient is zero: it stays as it is, whatever is written to it.
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)
        At first normal.

    Raises
    ------
    OperandError
        For indices that are not whole numbers.
    ShapeError
        For an index outside the table.

    Examples
    --------
    >>> import numpy as np
    >>> Embedding(10, 3, rng=0)(np.array([[1, 2], [2, 9]])).shape
    (2, 2, 3)
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = check_count("Embedding", "num_embeddings", num_embeddings)
        self.embedding_dim = check_count("Embedding", "embedding_dim", embedding_dim)
        if (
            padding_idx is not None
            and check_count("Embedding", "padding_idx", padding_idx, -num_embeddings) >= num_embeddings
        ):
            raise ShapeError(f"Embedding: padding_idx {padding_idx} is outside the {num_embeddings} rows")
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.weight = Parameter(np.zeros((num_embeddings, embedding_dim), dtype))
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            get_data(self.weight)[self.padding_idx] = 0.0

    def forward(self, indices: ArrayLike) -> Tensor:
        """(…) of whole numbers to (…, embedding_dim).

        Parameters
        ----------
        indices : array_like of int
            Of any shape (…).

        Returns
        -------
        Tensor, shape (…, embedding_dim)

        Examples
        --------
        >>> import nn
        >>> nn.Embedding(10, 3, rng=0)([[1, 2, 3]]).shape
        (1, 3, 3)
        """
        refuse_masks(self.path, indices)
        index = indices if isinstance(indices, Tensor) else np.asarray(raw(indices))
        if index.dtype.kind not in "iu":
            raise OperandError(f"{self.path}: indices are whole numbers, not {index.dtype}")
        index = within(index, self.num_embeddings, f"{self.path}: index")
        rows = self.weight[index]
        if self.padding_idx is None:
            return rows
        return where((index != self.padding_idx)[..., None], rows, stop_gradient(rows))

    def extra_repr(self) -> str:
        return f"num_embeddings={self.num_embeddings}, embedding_dim={self.embedding_dim}"
