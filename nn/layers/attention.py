"""`MultiheadAttention`: every position looks at all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.ops.elementwise import where
from autograd.ops.linalg import linear, matmul
from autograd.ops.reduction import mean
from autograd.ops.shape import matrix_transpose, reshape, shape, swapaxes, transpose
from nn import init
from nn.arguments import check_count, describe_shape
from nn.functional.attention import attend, hide_later
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, DTypeLike, Input


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
    add_bias_kv, add_zero_attn : bool
        False: keys beyond those of the input are not added here.
    kdim, vdim : int, optional
        How many features keys and values have; `embed_dim` by default.
    batch_first : bool
        Whether inputs are (batch, length, features) and not (length, batch, features).
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    in_proj_weight : Parameter, shape (3·embed_dim, embed_dim)
        Of query, key and value; Xavier uniform at first. Where `kdim` or `vdim` are others, there are q_proj_weight,
        k_proj_weight and v_proj_weight instead.
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
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        name = "MultiheadAttention"
        if check_count(name, "embed_dim", embed_dim) % check_count(name, "num_heads", num_heads):
            raise ShapeError(f"{name}: {embed_dim} features do not fall into {num_heads} heads")
        if add_bias_kv or add_zero_attn:
            raise OperandError(f"{name}: keys are not added here: leave add_bias_kv and add_zero_attn at False")
        rng = np.random.default_rng(rng)
        self.embed_dim, self.num_heads, self.batch_first = embed_dim, num_heads, batch_first
        self.kdim = embed_dim if kdim is None else check_count(name, "kdim", kdim)
        self.vdim = embed_dim if vdim is None else check_count(name, "vdim", vdim)
        self.in_proj_weight: Parameter | None = None
        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = Parameter(np.zeros((3 * embed_dim, embed_dim), dtype))
        else:
            self.q_proj_weight = Parameter(np.zeros((embed_dim, embed_dim), dtype))
            self.k_proj_weight = Parameter(np.zeros((embed_dim, self.kdim), dtype))
            self.v_proj_weight = Parameter(np.zeros((embed_dim, self.vdim), dtype))
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, dtype)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, dtype, rng)
        for weight in self.parameters(recurse=False):
            if weight.ndim > 1:
                init.xavier_uniform_(weight, rng=rng)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)
        self.dropout = Dropout(dropout, rng=rng)

    def forward(
        self,
        query: Input,
        key: Input,
        value: Any,
        key_padding_mask: ArrayLike | None = None,
        need_weights: bool = True,
        attn_mask: ArrayLike | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Parameters
        ----------
        query, key, value : (length, batch, features), or (batch, length, features) with `batch_first`
            Or without the axis of samples.
        key_padding_mask : array (batch, S), optional
            True for keys that are padding, which nobody looks at; floats are added to the scores.
        need_weights : bool
        attn_mask : array (L, S) or (batch·heads, L, S), optional
            Of bools, True where a position must not be looked at; floats are added to the scores.
        average_attn_weights : bool
            Give the mean of the weights over the heads, and not those of each.
        is_causal : bool
            Whether a position looks at none behind it; PyTorch also wants the mask that says so.

        Returns
        -------
        output : like query
        weights : (batch, L, S), or (batch, heads, L, S), or None

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.ones((5, 1, 4), np.float32)
        >>> output, weights = nn.MultiheadAttention(4, 2, rng=0)(x, x, x)
        >>> output.shape, weights.shape
        ((5, 1, 4), (1, 5, 5))
        """
        lone = len(shape(query)) == 2
        if lone:
            axis = 0 if self.batch_first else 1
            query, key, value = (self._with_samples(x, axis) for x in (query, key, value))
        for name, x, length in (("query", query, self.embed_dim), ("key", key, self.kdim), ("value", value, self.vdim)):
            if len(shape(x)) != 3 or shape(x)[2] != length:
                raise ShapeError(
                    f"{self.path}: expected {name} of three axes, the last {length} long, got {describe_shape(x)}"
                )
        if not self.batch_first:
            query, key, value = (swapaxes(x, 0, 1) for x in (query, key, value))
        if shape(key)[:2] != shape(value)[:2] or shape(query)[0] != shape(key)[0]:
            raise ShapeError(
                f"{self.path}: key and value must agree, and query must have their batch; as (batch, length, features) "
                f"they are {shape(query)}, {shape(key)} and {shape(value)}"
            )
        hidden = self._join_masks(attn_mask, key_padding_mask, is_causal, (*shape(query)[:2], shape(key)[1]))
        parts = [self._heads(x, k) for k, x in enumerate((query, key, value))]
        heads, weights = attend(parts[0], parts[1], parts[2], hidden)
        if self.training and self.dropout.p:
            heads = matmul(self.dropout(weights), parts[2])
        joined = reshape(transpose(heads, (0, 2, 1, 3)), (*shape(query)[:2], self.embed_dim))
        output = self.out_proj(joined)
        told = (mean(weights, axis=1) if average_attn_weights else weights) if need_weights else None
        if lone:
            return output[0], None if told is None else told[0]
        return output if self.batch_first else swapaxes(output, 0, 1), told

    def _with_samples(self, x: Input, axis: int) -> Any:
        if len(shape(x)) != 2:
            raise ShapeError(
                f"{self.path}: query, key and value have two axes all, or three; got {describe_shape(x)} beside two"
            )
        return reshape(x, (*shape(x)[:axis], 1, *shape(x)[axis:]))

    def _join_masks(self, attn_mask: Any, padding: Any, is_causal: bool, sizes: tuple[int, ...]) -> Any:
        """One mask that broadcasts to (batch, heads, L, S)."""
        batch, length, keys = sizes
        masks = []
        if attn_mask is not None:
            given = _as_mask(f"{self.path}: attn_mask", attn_mask)
            if shape(given) == (batch * self.num_heads, length, keys):
                given = reshape(given, (batch, self.num_heads, length, keys))
            elif shape(given) != (length, keys):
                raise ShapeError(
                    f"{self.path}: attn_mask is {(length, keys)} or {(batch * self.num_heads, length, keys)}, not {shape(given)}"
                )
            masks.append(given)
        elif is_causal:
            masks.append(hide_later(length, keys))
        if padding is not None:
            given = _as_mask(f"{self.path}: key_padding_mask", padding)
            if shape(given) not in ((batch, keys), *(((keys,),) if batch == 1 else ())):
                raise ShapeError(f"{self.path}: key_padding_mask is {(batch, keys)}, not {shape(given)}")
            masks.append(reshape(given, (batch, 1, 1, keys)))
        if len(masks) < 2:
            return masks[0] if masks else None
        first, second = masks
        if _is_bool(first) and _is_bool(second):
            return first | second
        return sum(where(mask, -np.inf, 0.0) if _is_bool(mask) else mask for mask in masks)

    def _heads(self, x: Input, k: int) -> Any:
        """(batch, length, features) to (batch, heads, length, embed_dim / heads)."""
        own = slice(k * self.embed_dim, (k + 1) * self.embed_dim)
        if self.in_proj_weight is not None:
            weight = self.in_proj_weight[own]
        else:
            weight = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)[k]
        bias = self.in_proj_bias
        projected = matmul(x, matrix_transpose(weight)) if bias is None else linear(x, weight, bias[own])
        cut = reshape(projected, (*shape(x)[:2], self.num_heads, self.embed_dim // self.num_heads))
        return transpose(cut, (0, 2, 1, 3))

    def extra_repr(self) -> str:
        return f"{self.embed_dim}, {self.num_heads}"


def _as_mask(name: str, given: Any) -> Any:
    refuse_masks(name, given)
    found: Any = given if isinstance(given, Node) else np.asarray(given)
    if np.asarray(raw(found)).dtype.kind not in "bf":
        raise OperandError(f"{name}: a mask is of bools or floats, not {found.dtype}")
    return found


def _is_bool(mask: Any) -> bool:
    return bool(np.asarray(raw(mask)).dtype == bool)
