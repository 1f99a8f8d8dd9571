"""Rows of tables for indices, and indices as rows with a single 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import mode as current_mode
from autograd.graph.modes import track
from autograd.graph.node import raw
from autograd.graph.op import refuse_masks
from autograd.ops.comparison import equal, stop_gradient, where
from autograd.ops.indexing import within
from autograd.ops.shape import astype, shape
from nn.arguments import check_count, check_number, describe_shape

if TYPE_CHECKING:
    from autograd.typing import ArrayLike, Input


def check_indices(name: str, indices: ArrayLike, count: int | None) -> Any:
    """The indices, which are whole numbers within a table.

    Raises
    ------
    OperandError
        For what is not whole numbers.
    ShapeError
        For an index outside the table.

    Examples
    --------
    >>> check_indices("embedding", [0, 2], 3)
    array([0, 2])
    """
    refuse_masks(name, indices)
    index = indices if isinstance(indices, Tensor) else np.asarray(raw(indices))
    if np.asarray(raw(index)).dtype.kind not in "iu":
        raise OperandError(f"{name}: indices are whole numbers, not {index.dtype}")
    return index if count is None else within(index, count, f"{name}: index")


def look_up(
    name: str, indices: ArrayLike, weight: Input, padding_idx: int | None, scale_grad_by_freq: bool = False
) -> Any:
    """The rows of a table, of which the one at `padding_idx` gets no gradient here.

    Examples
    --------
    >>> look_up("embedding", [1], np.eye(2), None).tolist()
    [[0.0, 1.0]]
    """
    index = check_indices(name, indices, shape(weight)[0])
    rows = weight[index]
    if scale_grad_by_freq:
        each = np.asarray(raw(index))
        times = np.bincount(each.ravel(), minlength=shape(weight)[0])[each]
        rows = stop_gradient(rows) + (rows - stop_gradient(rows)) * (1.0 / times)[..., None].astype(
            np.asarray(raw(rows)).dtype
        )
    if padding_idx is None:
        return rows
    return where((index != padding_idx)[..., None], rows, stop_gradient(rows))


def limit_rows(weight: Input, indices: ArrayLike, max_norm: float | None, norm_type: float) -> None:
    """Shorten the rows of a table that are looked up, in place, where their norm is greater.

    Examples
    --------
    >>> table = np.array([[3.0, 4.0], [30.0, 40.0]])
    >>> limit_rows(table, [0], 1.0, 2.0)
    >>> table.round(6).tolist()
    [[0.6, 0.8], [30.0, 40.0]]
    """
    if max_norm is not None:
        track(_limit, weight, indices, check_number("embedding", "max_norm", max_norm, 0.0), norm_type)


def _limit(weight: Input, indices: ArrayLike, max_norm: float, norm_type: float) -> None:
    table, rows = raw(weight), np.unique(raw(indices))
    norms = np.linalg.norm(table[rows], norm_type, axis=1)
    long = norms > max_norm
    if long.any():
        # As PyTorch, which so keeps off 0.
        table[rows[long]] *= (max_norm / (norms[long] + 1e-7))[:, None].astype(table.dtype)
        if isinstance(weight, Tensor):
            stamp([weight])


def check_padding_index(name: str, padding_idx: int | None, count: int) -> int | None:
    """The number of the row that stays as it is, which may be counted from the end.

    Examples
    --------
    >>> check_padding_index("Embedding", -1, 10)
    9
    """
    if padding_idx is None:
        return None
    if check_count(name, "padding_idx", padding_idx, -count) >= count:
        raise ShapeError(f"{name}: padding_idx {padding_idx} is outside the {count} rows")
    return padding_idx % count


def embedding(
    input: ArrayLike,
    weight: Input,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """`weight[input]`.

    Parameters
    ----------
    input : array_like of int, of any shape (…)
    weight : (rows, features)
    padding_idx : int, optional
        A row that gets no gradient here.
    max_norm : float, optional
        Rows that are looked up, and whose norm is greater, are shortened to it in the table.
    norm_type : float
        Of that norm.
    scale_grad_by_freq : bool
        Divide the gradient of a row by how often it is looked up here.
    sparse : bool
        Means nothing: gradients are whole tables.

    Returns
    -------
    numpy.ndarray or Tensor, shape (…, features)

    Raises
    ------
    OperandError
        For indices that are not whole numbers.
    ShapeError
        For an index outside the table.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.embedding(np.array([1, 1]), np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[3.0, 4.0], [3.0, 4.0]]
    """
    if len(shape(weight)) != 2:
        raise ShapeError(f"embedding: weight is (rows, features), got {describe_shape(weight)}; indices come first")
    kept = check_padding_index("embedding", padding_idx, shape(weight)[0])
    index = check_indices("embedding", input, shape(weight)[0])
    limit_rows(weight, index, max_norm, norm_type)
    return look_up("embedding", index, weight, kept, scale_grad_by_freq)


def one_hot(tensor: ArrayLike, num_classes: int = -1) -> Any:
    """Rows of zeros with a 1 where the index is.

    Parameters
    ----------
    tensor : array_like of int, of any shape (…)
    num_classes : int
        How long rows are; as the greatest index needs by default.

    Returns
    -------
    numpy.ndarray or Tensor of int, shape (…, num_classes)
        A tensor for a tensor.

    Raises
    ------
    OperandError
        For indices that are not whole numbers, and where the greatest is not known because a function is captured.
    ShapeError
        For an index below 0 or beyond the classes.

    Examples
    --------
    >>> import nn
    >>> nn.functional.one_hot([0, 2]).tolist()
    [[1, 0, 0], [0, 0, 1]]
    """
    index = check_indices("one_hot", tensor, None)
    if num_classes == -1:
        if current_mode().recorder is not None and isinstance(index, Tensor):
            raise OperandError(
                "one_hot: give num_classes: the greatest index is not known while the function is captured"
            )
        known = np.asarray(raw(index))
        if known.size == 0:
            raise ShapeError("one_hot: give num_classes: there is no greatest index of none")
        num_classes = int(known.max()) + 1
    index = within(index, check_count("one_hot", "num_classes", num_classes), "one_hot: index")
    return astype(equal(index[..., None], np.arange(num_classes)), np.int64)
