"""`Embedding`: a row of a table for every index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import get_data
from autograd.ops.shape import shape
from nn import init
from nn.arguments import check_count, describe_shape
from nn.functional.lookup import check_padding_index, look_up
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
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
        *,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = check_count("Embedding", "num_embeddings", num_embeddings)
        self.embedding_dim = check_count("Embedding", "embedding_dim", embedding_dim)
        self.padding_idx = check_padding_index("Embedding", padding_idx, num_embeddings)
        self.weight = Parameter(np.zeros((num_embeddings, embedding_dim), dtype))
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            get_data(self.weight)[self.padding_idx] = 0.0

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None) -> Self:
        """A layer of given rows.

        Parameters
        ----------
        embeddings : array_like or Tensor, shape (num_embeddings, embedding_dim)
        freeze : bool
            Whether they stay as they are.
        padding_idx : int, optional
            A row whose gradient is zero.

        Returns
        -------
        Embedding

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Embedding.from_pretrained(np.array([[1.0, 2.0], [3.0, 4.0]]))(np.array([1])).tolist()
        [[3.0, 4.0]]
        """
        given = Parameter(embeddings, not freeze)
        if len(shape(given)) != 2:
            raise ShapeError(f"Embedding.from_pretrained: expected (rows, features), got {describe_shape(embeddings)}")
        rows, features = shape(given)
        made = cls(rows, features, padding_idx, dtype=given.dtype)
        made.weight = given
        return made

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
        return look_up(self.path, indices, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        return f"num_embeddings={self.num_embeddings}, embedding_dim={self.embedding_dim}"
