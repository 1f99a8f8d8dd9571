"""Elements by their places: `gather`, `scatter_add`, `index_select`, `masked_fill` and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, OutsideError, ShapeError
from autograd.graph.node import Node, get_data, raw
from autograd.ops import comparison, elementwise, indexing, joining, sorting
from autograd.ops import shape as shapes
from autograd.ops.placing import place
from autograd.torch.calling import function
from autograd.torch.tensor import Tensor, axis_of, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


def _indices(index: Operand) -> Any:
    """Indices as a tensor or an array: a tensor is an operand, which a captured program is given at each run."""
    return index if isinstance(index, Node) else np.asarray(index)


def _outside(places: Any, length: int) -> int | None:
    """An index that an axis of that length does not have; None where all are good, or not known yet."""
    numbers = get_data(places) if isinstance(places, Node) else places
    if getattr(places, "symbolic", False) or not numbers.size:
        return None
    least, greatest = int(numbers.min()), int(numbers.max())
    return least if least < 0 else greatest if greatest >= length else None


def _key(name: str, dim: int, index: Operand, lengths: tuple[int, ...]) -> tuple[int, tuple[Any, ...]]:
    """The axis, and the index of the elements that `index` names along it."""
    places = _indices(index)
    if places.dtype.kind not in "iu":
        raise OperandError(f"torch.{name}(): Expected dtype int64 for index, not {places.dtype}: write index.long()")
    axis = axis_of(name, dim, len(lengths))
    if places.ndim != max(len(lengths), 1):
        raise ShapeError(
            f"torch.{name}(): index must have as many axes as the input, and has shape {places.shape} for one of shape {tuple(lengths)}"
        )
    wrong = _outside(places, lengths[axis] if lengths else 1)
    if wrong is not None:
        raise ShapeError(
            f"torch.{name}(): index {wrong} is out of bounds for axis {axis} of length {lengths[axis] if lengths else 1}"
        )
    for i, (n, length) in enumerate(zip(places.shape, lengths, strict=True)):
        if i != axis and n > length:
            raise ShapeError(
                f"torch.{name}(): index of shape {places.shape} is longer than the input of shape {tuple(lengths)} along axis {i}"
            )
    others = [np.arange(n).reshape((-1,) + (1,) * (places.ndim - i - 1)) for i, n in enumerate(places.shape)]
    return axis, tuple(places if i == axis else other for i, other in enumerate(others))


@function
def gather(input: Operand, dim: int, index: Operand, *, sparse_grad: bool = False) -> Any:
    """Along an axis the elements at `index`, which has the shape of the result; NumPy's `take_along_axis`."""
    return indexing.getitem(input, _key("gather", dim, index, shapes.shape(input))[1])


@function
def take_along_dim(input: Operand, indices: Operand, dim: int | None = None) -> Any:
    """As `gather`, where the other axes broadcast."""
    if dim is None:
        return take(input, shapes.reshape(indices, (-1,)))
    lengths, places = list(shapes.shape(input)), _indices(indices)
    axis = axis_of("take_along_dim", dim, len(lengths))
    common = list(
        np.broadcast_shapes(*[tuple(1 if i == axis else n for i, n in enumerate(s)) for s in (lengths, places.shape)])
    )
    there = [n if i == axis else common[i] for i, n in enumerate(lengths)]
    wanted = [n if i == axis else common[i] for i, n in enumerate(places.shape)]
    return gather(shapes.broadcast_to(input, tuple(there)), axis, shapes.broadcast_to(places, tuple(wanted)))


@function
def take(input: Operand, index: Operand) -> Any:
    """The elements of the flattened tensor."""
    return indexing.getitem(shapes.reshape(input, (-1,)), _indices(index))


def _place(name: str, input: Any, dim: int, index: Any, src: Any) -> Any:
    _, key = _key(name, dim, index, shapes.shape(input))
    shape = np.shape(raw(index))
    if isinstance(src, Tensor):
        if any(n > m for n, m in zip(shape, src.shape, strict=True)):
            raise ShapeError(f"torch.{name}(): index of shape {shape} is longer than src of shape {tuple(src.shape)}")
        if tuple(src.shape) != shape:
            src = src[tuple(slice(n) for n in shape)]
        if src.dtype != input.dtype:
            raise OperandError(
                f"torch.{name}(): Expected self.dtype to be equal to src.dtype, not {input.dtype} and {src.dtype}"
            )
    return key, src


@function
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """With the elements at `index` along an axis replaced by those of `src`, or by a number."""
    if reduce is not None:
        if reduce != "add":
            raise OperandError(f"torch.scatter: reduce={reduce!r} is not here; 'add' is, as scatter_add")
        return scatter_add(input, dim, index, src if src is not None else value)
    key, src = _place("scatter", input, dim, index, value if src is None else src)
    structure, arrays = indexing.split_key(key)
    value = src if isinstance(src, Tensor) else wrap(np.asarray(src, input.dtype))
    return place(input, value, *arrays, key=structure)


@function
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """With the elements of `src` added at `index` along an axis."""
    key, src = _place("scatter_add", input, dim, index, src)
    if not isinstance(src, Tensor):
        src = wrap(np.full(np.shape(raw(index)), src, input.dtype))
    return input + indexing.put(src, key, tuple(shapes.shape(input)))


@function
def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """With the elements of `src` at `index` added, or averaged, into the tensor, or with the greatest or least of them."""
    if reduce == "amax":
        return _scatter_max(input, dim, index, src, include_self)
    if reduce == "amin":
        return -_scatter_max(-input, dim, index, -src, include_self)
    if reduce not in ("sum", "mean"):
        raise OperandError(f"torch.scatter_reduce: reduce={reduce!r} is not here; 'sum', 'mean', 'amax' and 'amin' are")
    ones = wrap(np.ones(np.shape(raw(index)), input.dtype))
    counts = scatter_add(wrap(np.full(shapes.shape(input), float(include_self), input.dtype)), dim, index, ones)
    start = input if include_self else comparison.where(counts == 0, input, 0.0)
    total = scatter_add(start, dim, index, src)
    return total if reduce == "sum" else total / comparison.where(counts == 0, 1.0, counts)


def _scatter_max(input: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    """The greatest of the elements of `src` at each place, and of what is there; those that are equal share the gradient."""
    _, part = _place("scatter_reduce", input, dim, index, src)
    ones = wrap(np.ones(np.shape(raw(index)), np.int64))
    untouched = scatter_add(wrap(np.zeros(shapes.shape(input), np.int64)), dim, index, ones) == 0
    least = -np.inf if input.dtype.kind == "f" else np.iinfo(input.dtype).min
    start = input if include_self else comparison.where(untouched, input, least)
    axis = axis_of("scatter_reduce", dim, max(len(shapes.shape(input)), 1))
    # Written in ascending order, the greatest of a place stays.
    order = sorting.argsort(part, axis)
    there = index if isinstance(index, Tensor) else wrap(np.asarray(index))
    empty = wrap(np.full(shapes.shape(input), least, input.dtype))
    placed = scatter(empty, dim, gather(there, axis, order), gather(part, axis, order))
    top = comparison.stop_gradient(elementwise.maximum(start, placed))
    if input.dtype.kind != "f":
        return top
    mine, theirs = start == top if include_self else untouched, part == gather(top, dim, index)
    counts = scatter_add(shapes.astype(mine, input.dtype), dim, index, shapes.astype(theirs, input.dtype))
    shared = scatter_add(comparison.where(mine, start, 0.0), dim, index, comparison.where(theirs, part, 0.0)) / counts
    # The sum of equal numbers over their count is rounded: the value is the greatest itself. Of infinite ones it is as it is.
    exact = top + (shared - comparison.stop_gradient(shared))
    return comparison.where(comparison.isfinite(top), exact, comparison.where(comparison.isnan(top), top, shared))


def _line(name: str, index: Operand) -> Any:
    places = _indices(index)
    if not places.ndim:
        places = shapes.reshape(places, (1,))
    if places.dtype.kind not in "iu" or places.ndim != 1:
        raise OperandError(
            f"torch.{name}(): index must be whole numbers of one axis, not {places.dtype} of shape {places.shape}"
        )
    return places


def _along(input: Operand, dim: int, places: Any) -> tuple[Any, ...]:
    axis = axis_of("index_select", dim, len(shapes.shape(input)))
    return (slice(None),) * axis + (places,)


def _check_source(name: str, input: Any, dim: int, places: Any, source: Any) -> None:
    """Refuse what would have to be broadcast or cast to the parts that it is put at."""
    wanted = list(shapes.shape(input))
    if wanted:
        wanted[axis_of(name, dim, len(wanted))] = len(places)
    if tuple(shapes.shape(source)) != tuple(wanted) or source.dtype != input.dtype:
        raise ShapeError(
            f"torch.{name}(): source must be {input.dtype} of shape {tuple(wanted)}, and is {source.dtype} of shape "
            f"{tuple(shapes.shape(source))}"
        )


@function
def index_select(input: Operand, dim: int, index: Operand) -> Any:
    """The parts of an axis at `index`; NumPy's `take`."""
    places = _line("index_select", index)
    length = shapes.shape(input)[axis_of("index_select", dim, len(shapes.shape(input)))]
    if _outside(places, length) is not None:
        raise OutsideError(f"torch.index_select(): index out of range for an axis of length {length}")
    return joining.take(input, places, dim)


@function
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """With the parts of `source` added at `index` along an axis."""
    key = _along(input, dim, _line("index_add", index))
    _check_source("index_add", input, dim, key[-1], source)
    return input + indexing.put(source if alpha == 1 else alpha * source, key, tuple(shapes.shape(input)))


@function
def index_copy(input: Operand, dim: int, index: Operand, source: Operand) -> Any:
    """With the parts at `index` along an axis replaced by those of `source`."""
    key = _along(input, dim, _line("index_copy", index))
    _check_source("index_copy", input, dim, key[-1], source)
    structure, arrays = indexing.split_key(key)
    return place(input, source, *arrays, key=structure)


@function
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """With the parts at `index` along an axis filled with a number."""
    structure, arrays = indexing.split_key(_along(input, dim, _line("index_fill", index)))
    return place(
        input, value if isinstance(value, Tensor) else wrap(np.asarray(value, input.dtype)), *arrays, key=structure
    )


@function
def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """With `values` put, or added, at an index of tensors."""
    if accumulate:
        key = tuple(map(_indices, indices))
        whole = shapes.broadcast_to(values, shapes.shape(indexing.getitem(input, key)))
        return input + indexing.put(whole, key, tuple(shapes.shape(input)))
    structure, arrays = indexing.split_key(tuple(indices))
    return place(input, values, *arrays, key=structure)


def _mask(name: str, mask: Operand) -> Any:
    if getattr(mask, "dtype", None) != np.bool_:
        raise OperandError(
            f"torch.{name}: expected mask dtype to be Bool, but got {getattr(mask, 'dtype', mask)}: write m == 1"
        )
    return mask


@function
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """With a number where the mask is true."""
    if isinstance(value, Tensor):
        if value.ndim:
            raise ShapeError(
                f"torch.masked_fill: only supports a 0-dimensional value tensor, but got one of shape {tuple(value.shape)}: use "
                "torch.where(mask, value, t)"
            )
        value = shapes.astype(value, input.dtype) if value.dtype != input.dtype else value
    elif input.dtype.kind != "f":
        value = input.dtype.type(value).item()
    return comparison.where(_mask("masked_fill", mask), value, input)


@function
def masked_select(input: Operand, mask: Operand) -> Any:
    """The elements where the mask is true, in one axis."""
    whole = np.broadcast_shapes(shapes.shape(input), np.shape(raw(_mask("masked_select", mask))))
    return indexing.getitem(shapes.broadcast_to(input, whole), np.broadcast_to(raw(mask), whole))


@function
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """With the elements where the mask is true replaced by those of `source`, in order."""
    chosen = np.broadcast_to(raw(_mask("masked_scatter", mask)), shapes.shape(input))
    if get_data(source).size < chosen.sum() or source.dtype != input.dtype:
        raise ShapeError(
            f"torch.masked_scatter: source must be {input.dtype} of {int(chosen.sum())} elements or more, one for each place, and "
            f"is {source.dtype} of {get_data(source).size}"
        )
    structure, arrays = indexing.split_key(tuple(np.nonzero(chosen)))
    return place(input, shapes.reshape(source, (-1,))[: int(chosen.sum())], *arrays, key=structure)


@function
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The places of what is not 0, one a row; with `as_tuple` one tensor an axis, as NumPy's `nonzero`."""
    data = get_data(input)
    if as_tuple:
        return tuple(map(wrap, np.nonzero(np.atleast_1d(data))))
    return wrap(np.argwhere(data))


argwhere = nonzero


def searchsorted(
    sorted_sequence: Operand, values: Any, *, right: bool = False, side: str | None = None, **ignored: Any
) -> Any:
    """Where numbers would have to be put in, that a sorted last axis stays sorted."""
    rows, wanted = np.asarray(raw(sorted_sequence)), np.asarray(raw(values))
    where: Any = side or ("right" if right else "left")
    if rows.ndim == 1:
        return wrap(np.asarray(np.searchsorted(rows, wanted, where)))
    flat = zip(rows.reshape(-1, rows.shape[-1]), wanted.reshape(-1, wanted.shape[-1]), strict=True)
    return wrap(np.stack([np.searchsorted(row, v, where) for row, v in flat]).reshape(wanted.shape))


def bucketize(input: Operand, boundaries: Operand, *, right: bool = False) -> Any:
    """In which of the intervals between boundaries each number lies."""
    return searchsorted(boundaries, input, right=right)


def isin(elements: Operand, test_elements: Operand) -> Any:
    """Whether each element is among others."""
    return wrap(np.isin(raw(elements), raw(test_elements)))


def tril_indices(row: int, col: int, offset: int = 0, **ignored: Any) -> Any:
    """The places on and below a diagonal, a row of rows and one of columns."""
    return wrap(np.stack(np.tril_indices(row, offset, col)))


def triu_indices(row: int, col: int, offset: int = 0, **ignored: Any) -> Any:
    """The places on and above a diagonal."""
    return wrap(np.stack(np.triu_indices(row, offset, col)))
