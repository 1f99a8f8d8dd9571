"""`MultiheadAttention`: every position looks at all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.linalg import linear, matmul
from autograd.ops.reduction import mean
from autograd.ops.shape import reshape, shape, swapaxes, transpose
from nn import init
from nn.arguments import check_count, describe_shape
from nn.functional.attention import attend
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, DTypeLike


class MultiheadAttention(Module):
    """Attention in several heads, each over a part of the features, with PyTorch's parameters.

    Parameters
    ----------
    embed_dim : int
    num_heads : int
        It divides `embed_dim`.
    dropout : float
        Of the weights, in training.
    bias : bool
    batch_first : bool
        Whether inputs are (batch, length, features) and not (length, batch, features).
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    in_proj_weight : Parameter, shape (3·embed_dim, embed_dim)
        Of query, key and value; Xavier uniform at first.
    in_proj_bias : Parameter, shape (3·embed_dim,), or None
    out_proj : Linear

    Examples
    --------
    >>> import numpy as np
    >>> layer = MultiheadAttention(8, 2, batch_first=True, rng=0)
    >>> x = np.ones((3, 5, 8), np.float32)
    >>> output, weights = layer(x, x, x)
    >>> output.shape, weights.shape
    ((3, 5, 8), (3, 5, 5))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        batch_first: bool = False,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        if check_count("MultiheadAttention", "embed_dim", embed_dim) % check_count(
            "MultiheadAttention", "num_heads", num_heads
        ):
            raise ShapeError(f"MultiheadAttention: {embed_dim} features do not fall into {num_heads} heads")
        rng = np.random.default_rng(rng)
        self.embed_dim, self.num_heads, self.batch_first = embed_dim, num_heads, batch_first
        self.in_proj_weight = Parameter(np.zeros((3 * embed_dim, embed_dim), dtype))
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, dtype)) if bias else None
        init.xavier_uniform_(self.in_proj_weight, rng=rng)
        self.out_proj = Linear(embed_dim, embed_dim, bias, dtype, rng)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)
        self.dropout = Dropout(dropout, rng=rng)

    def forward(
        self, query: Any, key: Any, value: Any, attn_mask: ArrayLike | None = None, need_weights: bool = True
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Parameters
        ----------
        query, key, value : (length, batch, embed_dim), or (batch, length, embed_dim) with `batch_first`
        attn_mask : array (L, S), optional
            Of bools, True where a position must not be looked at; floats are added to the scores.
        need_weights : bool

        Returns
        -------
        output : like query
        weights : (batch, L, S), the mean over the heads, or None

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.ones((5, 1, 4), np.float32)
        >>> output, weights = nn.MultiheadAttention(4, 2, rng=0)(x, x, x)
        >>> output.shape, weights.shape
        ((5, 1, 4), (1, 5, 5))
        """
        for name, x in (("query", query), ("key", key), ("value", value)):
            if len(shape(x)) != 3 or shape(x)[2] != self.embed_dim:
                raise ShapeError(
                    f"{self.path}: expected {name} of three axes, the last {self.embed_dim} long, got {describe_shape(x)}"
                )
        if not self.batch_first:
            query, key, value = (swapaxes(x, 0, 1) for x in (query, key, value))
        if shape(key) != shape(value) or shape(query)[0] != shape(key)[0]:
            raise ShapeError(
                f"{self.path}: key and value must agree, and query must have their batch; as (batch, length, features) "
                f"they are {shape(query)}, {shape(key)} and {shape(value)}"
            )
        parts = [self._heads(x, k) for k, x in enumerate((query, key, value))]
        heads, weights = attend(parts[0], parts[1], parts[2], attn_mask)
        if self.training and self.dropout.p:
            heads = matmul(self.dropout(weights), parts[2])
        joined = reshape(transpose(heads, (0, 2, 1, 3)), (*shape(query)[:2], self.embed_dim))
        output = self.out_proj(joined)
        output = output if self.batch_first else swapaxes(output, 0, 1)
        return output, mean(weights, axis=1) if need_weights else None

    def _heads(self, x: Any, k: int) -> Any:
        """(batch, length, embed_dim) to (batch, heads, length, embed_dim / heads)."""
        own = slice(k * self.embed_dim, (k + 1) * self.embed_dim)
        weight = self.in_proj_weight[own]
        projected = matmul(x, weight.T) if self.in_proj_bias is None else linear(x, weight, self.in_proj_bias[own])
        cut = reshape(projected, (*shape(x)[:2], self.num_heads, self.embed_dim // self.num_heads))
        return transpose(cut, (0, 2, 1, 3))

    def extra_repr(self) -> str:
        return f"{self.embed_dim}, {self.num_heads}"
