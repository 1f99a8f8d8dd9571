"""`Embedding` and `EmbeddingBag`: a row of a table for every index, or for every bag of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import get_data
from autograd.ops.shape import shape
from nn import init
from nn.arguments import check_count, check_number, describe_shape
from nn.functional.bags import check_mode, embedding_bag
from nn.functional.lookup import check_indices, check_padding_index, limit_rows, look_up
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, DTypeLike, Input


class Embedding(Module):
    """`weight[indices]`.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
    padding_idx : int, optional
        A row that starts as zeros, and whose gradient is zero: it stays as it is, whatever is written to it.
    max_norm : float, optional
        Rows that are looked up, and whose norm is greater, are shortened to it in `weight`.
    norm_type : float
        Of that norm.
    scale_grad_by_freq : bool
        Divide the gradient of a row by how often it is looked up in a batch.
    sparse : bool
        Means nothing: gradients are whole tables.
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
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        *,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
        _weight: Parameter | None = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = check_count("Embedding", "num_embeddings", num_embeddings)
        self.embedding_dim = check_count("Embedding", "embedding_dim", embedding_dim)
        self.padding_idx = check_padding_index("Embedding", padding_idx, num_embeddings)
        self.max_norm = None if max_norm is None else check_number("Embedding", "max_norm", max_norm, 0.0)
        self.norm_type, self.scale_grad_by_freq, self.sparse = norm_type, scale_grad_by_freq, sparse
        if _weight is not None:
            self.weight = _weight
            return
        self.weight = Parameter(np.zeros((num_embeddings, embedding_dim), dtype))
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            get_data(self.weight)[self.padding_idx] = 0.0

    @classmethod
    def from_pretrained(
        cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None, **options: Any
    ) -> Self:
        """A layer of given rows.

        Parameters
        ----------
        embeddings : array_like or Tensor, shape (num_embeddings, embedding_dim)
        freeze : bool
            Whether they stay as they are.
        padding_idx : int, optional
            A row whose gradient is zero.
        **options
            Others of the layer.

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
        return cls(rows, features, padding_idx, dtype=given.dtype, _weight=given, **options)

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
        index = check_indices(self.path, indices, self.num_embeddings)
        limit_rows(self.weight, index, self.max_norm, self.norm_type)
        return look_up(self.path, index, self.weight, self.padding_idx, self.scale_grad_by_freq)

    def extra_repr(self) -> str:
        return f"num_embeddings={self.num_embeddings}, embedding_dim={self.embedding_dim}"


class EmbeddingBag(Module):
    """One vector for each bag of indices: the mean, the sum or the greatest of the rows of a table.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
    max_norm : float, optional
        Rows that are looked up, and whose norm is greater, are shortened to it in `weight`.
    norm_type : float
        Of that norm.
    scale_grad_by_freq : bool
        Divide the gradient of a row by how often it is looked up in a batch.
    mode : {"mean", "sum", "max"}
    sparse : bool
        Means nothing: gradients are whole tables.
    include_last_offset : bool
        Whether the last offset is the end of the last bag.
    padding_idx : int, optional
        A row that starts as zeros, and does not count.
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)
        At first normal.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.EmbeddingBag(10, 3, rng=0)(np.array([1, 2, 4, 5]), np.array([0, 3])).shape
    (2, 3)
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        *,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        name = "EmbeddingBag"
        self.num_embeddings = check_count(name, "num_embeddings", num_embeddings)
        self.embedding_dim = check_count(name, "embedding_dim", embedding_dim)
        self.max_norm = None if max_norm is None else check_number(name, "max_norm", max_norm, 0.0)
        self.norm_type, self.scale_grad_by_freq, self.sparse = norm_type, scale_grad_by_freq, sparse
        self.mode, self.include_last_offset = check_mode(name, mode), include_last_offset
        self.padding_idx = check_padding_index(name, padding_idx, num_embeddings)
        self.weight = Parameter(np.zeros((num_embeddings, embedding_dim), dtype))
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            get_data(self.weight)[self.padding_idx] = 0.0

    def forward(
        self, input: ArrayLike, offsets: ArrayLike | None = None, per_sample_weights: Input | None = None
    ) -> Tensor:
        """Make each bag one vector; see `nn.functional.embedding_bag`.

        Parameters
        ----------
        input : array_like of int, shape (bags, length), or (total,) with offsets
        offsets : array_like of int, shape (bags,), optional
            Where each bag begins.
        per_sample_weights : like input, optional
            What each row counts, in the mode "sum".

        Returns
        -------
        Tensor, shape (bags, embedding_dim)

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.EmbeddingBag(4, 3, mode="sum")(np.array([[0, 1], [2, 2]])).shape
        (2, 3)
        """
        return embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse,
            per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, {self.embedding_dim}, mode={self.mode!r}"
