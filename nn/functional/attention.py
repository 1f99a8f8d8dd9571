"""Attention: every position takes from those that it is like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import beside
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.ops.comparison import logical_not
from autograd.ops.elementwise import where
from autograd.ops.joining import repeat
from autograd.ops.linalg import matmul
from autograd.ops.shape import shape, swapaxes
from autograd.ops.stable import softmax
from nn.arguments import check_number, describe_shape
from nn.functional.randomness import drop

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input


def scaled_dot_product_attention(
    query: Input,
    key: Input,
    value: Input,
    attn_mask: ArrayLike | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    rng: Any = None,
) -> Tensor:
    """softmax(Q·Kᵀ / √d)·V (Vaswani et al. 2017, eq. 1).

    Parameters
    ----------
    query : (…, L, d)
    key : (…, S, d)
    value : (…, S, e)
    attn_mask : array that broadcasts to (…, L, S), optional
        True where a position may be looked at, which in `MultiheadAttention` is False, as in PyTorch; or floats that are
        added to the scores.
    dropout_p : float
        The share of the weights that are left out; 0 where it does not train.
    is_causal : bool
        Whether a position looks at none behind it.
    scale : float, optional
        What the scores are multiplied with; 1/√d by default.
    enable_gqa : bool
        Whether several heads of queries, axis −3, share one of keys and values.
    rng : numpy.random.Generator or int, optional
        The source of what is left out.

    Returns
    -------
    numpy.ndarray or Tensor, shape (…, L, e)

    Raises
    ------
    ShapeError
        Where query and key have not the same features, or key and value not the same length.
    ValueError
        Where a mask leaves a query nothing to look at, which has no softmax, and for a mask beside `is_causal`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> q = np.zeros((2, 4))
    >>> nn.functional.scaled_dot_product_attention(q, q, np.array([[1.0], [3.0]]), is_causal=True).tolist()
    [[1.0], [2.0]]
    """
    check_shapes(query, key, value)
    if is_causal and attn_mask is not None:
        raise ValueError("scaled_dot_product_attention: give either attn_mask or is_causal")
    check_number("scaled_dot_product_attention", "dropout_p", dropout_p, 0.0, 1.0)
    if enable_gqa:
        heads, shared = shape(query)[-3], shape(key)[-3]
        if heads % shared:
            raise ShapeError(f"scaled_dot_product_attention: {heads} heads do not share {shared}")
        key, value = (repeat(x, heads // shared, axis=-3) for x in (key, value))
    hidden = attn_mask
    if is_causal:
        hidden = hide_later(shape(query)[-2], shape(key)[-2])
    elif attn_mask is not None and np.asarray(raw(attn_mask)).dtype == bool:
        refuse_masks("attention mask", attn_mask)
        hidden = logical_not(attn_mask)
    dropped = (dropout_p, np.random.default_rng(rng)) if dropout_p else None
    return attend(query, key, value, hidden, scale, dropped)[0]


def hide_later(length: int, keys: int) -> np.ndarray:
    """True where a key is later than the query.

    Examples
    --------
    >>> hide_later(2, 2).tolist()
    [[False, True], [False, False]]
    """
    return np.triu(np.ones((length, keys), bool), 1)


def check_shapes(query: Input, key: Input, value: Any) -> None:
    """Refuse queries, keys and values that do not go together."""
    if shape(query)[-1:] != shape(key)[-1:] or shape(key)[-2:-1] != shape(value)[-2:-1]:
        raise ShapeError(
            f"scaled_dot_product_attention: query (…, L, d), key (…, S, d) and value (…, S, e) are "
            f"{describe_shape(query)}, {describe_shape(key)} and {describe_shape(value)}"
        )


def attend(
    query: Input,
    key: Input,
    value: Any,
    hidden: Any = None,
    scale: float | None = None,
    dropped: tuple[float, Any] | None = None,
) -> tuple[Any, Any]:
    """What attention gives, and the weights: `hidden` is True where a position must not be looked at, or is added.

    Examples
    --------
    >>> output, weights = attend(np.ones((5, 4)), np.ones((3, 4)), np.ones((3, 2)))
    >>> output.shape, weights.shape
    ((5, 2), (5, 3))
    """
    factor = float(np.sqrt(shape(query)[-1])) if scale is None else 1.0 / scale
    scores = matmul(query, swapaxes(key, -1, -2)) / factor
    if hidden is not None:
        scores = _mask(scores, hidden)
    weights = softmax(scores, -1)
    if dropped is not None:
        weights = drop("attention", weights, *dropped, shape(weights))
    return matmul(weights, value), weights


def _mask(scores: Any, mask: Any) -> Any:
    """Scores that are −∞ where a mask is True; a mask of floats is added to them."""
    refuse_masks("attention mask", mask)
    given = mask if isinstance(mask, Node) else np.asarray(mask)
    kind = np.asarray(raw(given)).dtype
    if kind.kind not in "bf":
        raise OperandError(f"scaled_dot_product_attention: a mask is of bools or floats, not {kind}")
    beside(_refuse_blindness, given)
    if kind.kind == "b":
        return where(given, -np.inf, scores)
    return scores + (given if isinstance(given, Node) else given.astype(np.asarray(raw(scores)).dtype))


def _refuse_blindness(mask: Any) -> None:
    given = np.asarray(raw(mask))
    hidden = given if given.dtype == bool else np.isneginf(given)
    if hidden.all(axis=-1).any():
        raise ValueError("scaled_dot_product_attention: the mask leaves a query nothing to look at")
