"""Bags of indices: the rows of a table for each, made into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.elementwise import where
from autograd.ops.reduction import max as max_
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import shape
from nn.arguments import describe_shape
from nn.functional.lookup import check_indices, check_padding_index, limit_rows, look_up

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input

MODES = ("mean", "sum", "max")


def check_mode(name: str, mode: str) -> str:
    """The mode, if it is one.

    Examples
    --------
    >>> check_mode("EmbeddingBag", "sum")
    'sum'
    """
    if mode not in MODES:
        raise ValueError(f"{name}: mode must be mean, sum or max, not {mode!r}")
    return mode


def embedding_bag(
    input: ArrayLike,
    weight: Input,
    offsets: ArrayLike | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Input | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """One vector for each bag of indices: the mean, the sum or the greatest of the rows of a table; zeros for an empty one.

    Parameters
    ----------
    input : array_like of int, shape (bags, length), or (total,) with offsets
    weight : (rows, features)
    offsets : array_like of int, shape (bags,), optional
        Where each bag begins.
    max_norm : float, optional
        Rows that are looked up, and whose norm is greater, are shortened to it in the table.
    norm_type : float
        Of that norm.
    scale_grad_by_freq : bool
        Divide the gradient of a row by how often it is looked up here.
    mode : {"mean", "sum", "max"}
    sparse : bool
        Means nothing: gradients are whole tables.
    per_sample_weights : like input, optional
        What each row counts, in the mode "sum".
    include_last_offset : bool
        Whether the last offset is the end of the last bag.
    padding_idx : int, optional
        A row that does not count.

    Returns
    -------
    numpy.ndarray or Tensor, shape (bags, features)

    Raises
    ------
    ShapeError
        For indices of other axes, and offsets that do not rise from 0 within them.
    ValueError
        For another mode, and weights in one that is not "sum".

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.embedding_bag(np.array([[0, 1]]), np.eye(2)).tolist()
    [[0.5, 0.5]]
    >>> nn.functional.embedding_bag(np.array([0, 1, 1]), np.eye(2), np.array([0, 1]), mode="sum").tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    check_mode("embedding_bag", mode)
    if per_sample_weights is not None and mode != "sum":
        raise ValueError(f"embedding_bag: per_sample_weights are for the mode 'sum', not {mode!r}")
    kept = check_padding_index("embedding_bag", padding_idx, shape(weight)[0])
    index = check_indices("embedding_bag", input, shape(weight)[0])
    if per_sample_weights is not None and shape(per_sample_weights) != shape(index):
        raise ShapeError(
            f"embedding_bag: {describe_shape(per_sample_weights)} weights for indices of shape {shape(index)}"
        )
    limit_rows(weight, index, max_norm, norm_type)
    places, within = _lay_out(shape(index), offsets, include_last_offset)
    if not places.size:
        return np.zeros((len(places), shape(weight)[1]), np.asarray(raw(weight)).dtype)  # type: ignore[return-value]
    flat = index.reshape(-1)
    # The gradient is scaled before a row is taken several times over.
    rows = look_up("embedding_bag", flat, weight, None, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1)[:, None]
    taken = rows[places]
    counts: Any = within if kept is None else within & (np.asarray(raw(flat))[places] != kept)
    some = counts.any(axis=1)[:, None]
    if mode == "max":
        return where(some, max_(where(counts[..., None], taken, -np.inf), axis=1), 0.0)
    total = sum_(where(counts[..., None], taken, 0.0), axis=1)
    many = np.maximum(counts.sum(axis=1), 1)[:, None].astype(np.asarray(raw(rows)).dtype)
    return total if mode == "sum" else total / many


def _lay_out(have: tuple[int, ...], offsets: Any, include_last: bool) -> tuple[np.ndarray, np.ndarray]:
    """For each bag the places of its indices in the flat input, as long as the longest, and which of them are its own."""
    if len(have) == 2:
        if offsets is not None:
            raise ShapeError("embedding_bag: bags of shape (bags, length) have no offsets")
        places = np.arange(have[0] * have[1]).reshape(have)
        return places, np.ones(have, bool)
    if len(have) != 1 or offsets is None:
        raise ShapeError(f"embedding_bag: indices are (bags, length), or (total,) with offsets, got shape {have}")
    starts = np.asarray(raw(offsets))
    if starts.ndim != 1 or starts.dtype.kind not in "iu" or (include_last and not starts.size):
        raise ShapeError(f"embedding_bag: offsets are whole numbers, one for each bag, got {describe_shape(offsets)}")
    ends = starts[1:] if include_last else np.append(starts[1:], have[0])
    starts = starts[: len(ends)]
    if (starts.size and starts[0] != 0) or (ends < starts).any() or (ends > have[0]).any():
        raise ShapeError(f"embedding_bag: offsets rise from 0 to at most {have[0]}, got {starts.tolist()}")
    places = starts[:, None] + np.arange(max(np.max(ends - starts, initial=0), 0))
    within = places < ends[:, None]
    return np.where(within, places, 0), within
