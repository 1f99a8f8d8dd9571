"""Batching rules: how a row is done to a whole batch of examples at once; see `autograd.engine.vmap`.

A rule is handed operands with the batch in front, or the same for all examples, and gives the results with the batch in front. It
is made of the row itself and of others, so that derivatives of it are those of the table. What has no rule is done to one
example after another.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import TABLE, Op, apply, kind_of
from autograd.ops.indexing import SLOT, basic
from autograd.ops.shape import as_array, broadcast_to, expand_dims, reshape, shape, stack, swapaxes


@dataclass(frozen=True)
class Operand:
    """An operand of a row.

    Attributes
    ----------
    whole : array or node or number
        Of all examples, along the first axis, or of each the same.
    mapped : bool
        Which of the two.
    """

    whole: Any
    mapped: bool

    @property
    def lengths(self) -> tuple[int, ...]:
        """The shape that it has in one example."""
        return shape(self.whole)[1:] if self.mapped else shape(self.whole)

    def widen(self, ndim: int) -> Any:
        """With axes of length 1 before those of an example, so that these are `ndim` in number."""
        missing = ndim - len(self.lengths)
        if not self.mapped or missing <= 0:
            return self.whole
        return reshape(self.whole, (shape(self.whole)[0], *(1,) * missing, *self.lengths))

    def repeat(self, count: int) -> Any:
        """One for each of `count` examples."""
        return self.whole if self.mapped else broadcast_to(as_array(self.whole), (count, *self.lengths))

    def example(self, number: int) -> Any:
        """That of one example."""
        return basic(self.whole, (number,)) if self.mapped else self.whole


Operands = Sequence[Operand]
BatchRule = Callable[[Op, Operands, dict[str, Any], int], Any]
RULES: dict[str, BatchRule] = {}


def call_on_batch(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    """A row on `count` examples at once.

    Parameters
    ----------
    op : Op
    xs : sequence of Operand
        At least one of them is mapped.
    params : dict
        As they are for one example.
    count : int

    Returns
    -------
    array or node
        Of shape (count, …).

    Raises
    ------
    ShapeError
        Where there is no example, and the row is done to one after another.

    Examples
    --------
    >>> rows = Operand(np.array([[1.0, 2.0], [3.0, 4.0]]), True)
    >>> call_on_batch(TABLE["sum"], [rows], {"axis": (0,), "keepdims": False}, 2)
    array([3., 7.])
    """
    if op.elementwise:
        ndim = max(len(x.lengths) for x in xs)
        return op.call(*(x.widen(ndim) for x in xs), **params)
    return RULES.get(op.name, call_on_each)(op, xs, params, count)


def call_on_each(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    """A row on one example after another."""
    if not count:
        raise ShapeError(
            f"{op.name} of no examples: it is done to one after another, and the shape of a result is not known"
        )
    return stack([as_array(apply(op, tuple(x.example(number) for x in xs), params)) for number in range(count)])


def _batches(*names: str) -> Callable[[BatchRule], BatchRule]:
    def enter(rule: BatchRule) -> BatchRule:
        RULES.update(dict.fromkeys(names, rule))
        return rule

    return enter


def _shift(axis: Any, ndim: int) -> Any:
    """Axes of an example as those of a batch."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    return tuple(_shift(a, ndim) for a in axis) if isinstance(axis, tuple) else axis % ndim + 1


@_batches(
    "sum", "mean", "prod", "amax", "amin", "var", "std", "logsumexp", "softmax", "log_softmax", "norm", "cumsum", "cumprod",
    "fft", "ifft",
)  # fmt: skip
def _along_axes(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, **{**params, "axis": _shift(params["axis"], len(xs[0].lengths))})


@_batches("argmax", "argmin", "argsort", "argpartition")
def _places(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    if params["axis"] is None:
        return call_on_each(op, xs, params, count)
    return _along_axes(op, xs, params, count)


@_batches("searchsorted")
def _searchsorted(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    ordered, sought = xs
    return call_on_each(op, xs, params, count) if ordered.mapped else op.call(ordered.whole, sought.whole, **params)


@_batches("real", "imag", "conj", "angle", "astype", "within")
def _alike(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, **params)


@_batches("reshape")
def _reshape(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, shape=(count, *params["shape"]))


@_batches("broadcast_to")
def _broadcast_to(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].widen(len(params["shape"])), shape=(count, *params["shape"]))


@_batches("transpose")
def _transpose(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, axes=(0, *_shift(tuple(params["axes"]), len(xs[0].lengths))))


@_batches("pad")
def _pad(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, width=((0, 0), *params["width"]), value=params["value"])


@_batches("concatenate")
def _concatenate(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(*(x.repeat(count) for x in xs), axis=_shift(params["axis"], len(xs[0].lengths)))


@_batches("slice")
def _slice(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, key=(slice(None), *_as_tuple(params["key"])))


@_batches("unslice")
def _unslice(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(xs[0].whole, key=(slice(None), *_as_tuple(params["key"])), shape=(count, *params["shape"]))


def _as_tuple(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


@_batches("index", "scatter")
def _index(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    """Where arrays choose along the first axes, with an array of the examples' numbers before them."""
    x, *arrays = xs
    key = _as_tuple(params["key"])
    chosen = next((i for i, part in enumerate(key) if part is not SLOT), len(key))
    simple = SLOT not in key[chosen:] and not any([isinstance(part, int) for part in key])
    boolean = any([kind_of(array.whole) == "b" for array in arrays])
    whole = {"shape": (count, *params["shape"])} if "shape" in params else {}
    if not any([array.mapped for array in arrays]):
        if x.mapped and simple:
            return op.call(x.whole, *(array.whole for array in arrays), key=(slice(None), *key), **whole)
        return call_on_each(op, xs, params, count)
    if boolean:
        try:
            return call_on_each(op, xs, params, count)
        except ShapeError as error:
            raise ShapeError(
                "the mask chooses more of one example than of another: write np.where(mask, x, 0)"
            ) from error
    if not simple:
        return call_on_each(op, xs, params, count)
    ndim = max(len(array.lengths) for array in arrays)
    places = [array.widen(ndim) for array in arrays]
    if op.name == "index" and not x.mapped:
        return op.call(x.whole, *places, key=key)
    numbers = np.arange(count).reshape(count, *(1,) * ndim)
    return op.call(x.repeat(count), numbers, *places, key=(SLOT, *key), **whole)


@_batches("matmul")
def _matmul(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    x, y = xs
    ndims = len(x.lengths), len(y.lengths)
    # One product of matrices, in place of one for each example.
    if ndims == (1, 2) and not y.mapped:
        return op.call(x.whole, y.whole)
    if ndims == (2, 1) and not x.mapped:
        return op.call(y.whole, swapaxes(x.whole, 0, 1))
    if ndims[0] == 1:
        x = Operand(expand_dims(x.whole, -2), x.mapped)
    if ndims[1] == 1:
        y = Operand(expand_dims(y.whole, -1), y.mapped)
    ndim = max(len(x.lengths), len(y.lengths))
    out = op.call(x.widen(ndim), y.widen(ndim))
    lengths = list(shape(out))
    if ndims[0] == 1:
        del lengths[-2]
    if ndims[1] == 1:
        del lengths[-1]
    return out if len(lengths) == len(shape(out)) else reshape(out, tuple(lengths))


@_batches("linear")
def _linear(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    x, weight, bias = xs
    if not (weight.mapped or bias.mapped):
        return op.call(x.whole, weight.whole, bias.whole)
    turned = Operand(swapaxes(as_array(weight.whole), -1, -2), weight.mapped)
    if x.mapped or weight.mapped:
        product = Operand(call_on_batch(TABLE["matmul"], [x, turned], {}, count), True)
    else:
        product = Operand(TABLE["matmul"].call(x.whole, turned.whole), False)
    return call_on_batch(TABLE["add"], [product, bias], {}, count)


@_batches("einsum")
def _einsum(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    *taken, left = params["subscripts"]
    batch = next(letter for letter in string.ascii_letters if letter not in "".join(params["subscripts"]))
    named = [batch + letters if x.mapped else letters for x, letters in zip(xs, taken, strict=True)]
    return op.call(*(x.whole for x in xs), subscripts=(*named, batch + left))


@_batches(
    "inv", "hermitian", "cholesky", "eigh", "eig", "det", "cofactor", "slogdet", "pinv", "expm", "sqrtm", "svd", "qr"
)
def _matrices(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    """What is done to each matrix of a stack."""
    return op.call(xs[0].whole, **params)


@_batches("cofactor_along")
def _pairs_of_matrices(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(*(x.repeat(count) for x in xs), **params)


@_batches("solve")
def _solve(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    if len(xs[1].lengths) != len(xs[0].lengths):
        return call_on_each(op, xs, params, count)
    return op.call(*(x.repeat(count) for x in xs), **params)


@_batches("cross_entropy")
def _cross_entropy(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    losses = op.call(*(x.repeat(count) for x in xs), reduction="none")
    axes = tuple(range(1, len(xs[0].lengths)))
    # The loss of one row is a number, which is all of its own mean.
    if params["reduction"] == "none" or not axes:
        return losses
    return TABLE[params["reduction"]].call(losses, axis=axes, keepdims=False)


@_batches("residual")
def _residual(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    return op.call(*(x.repeat(count) for x in xs))


@_batches("max_pool", "sum_pool", "max_pool_input", "max_pool_taken", "sum_pool_input")
def _images(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    """Rows of images: the images of all examples are a batch of images."""
    out = op.call(*_flat(xs, count), **params)
    return reshape(out, (count, xs[0].lengths[0], *shape(out)[1:]))


@_batches("convolution", "convolution_input")
def _convolution(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    # Each example its own filters are as many groups of channels, which NumPy is not faster with.
    return call_on_each(op, xs, params, count) if xs[1].mapped else _images_through(op, xs, params, count)


def _images_through(op: Op, xs: Operands, params: dict[str, Any], count: int) -> Any:
    out = op.call(_flat(xs[:1], count)[0], xs[1].whole, **params)
    return reshape(out, (count, xs[0].lengths[0], *shape(out)[1:]))


def _flat(xs: Operands, count: int) -> list[Any]:
    """Operands with the batch and the first axis of an example as one."""
    return [reshape(x.repeat(count), (count * x.lengths[0], *x.lengths[1:])) for x in xs]
