"""Covariances, and medians and quantiles of what is not NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import get_data, raw
from autograd.ops import calculus, comparison, elementwise
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.joining import stack
from autograd.torch.places import gather
from autograd.torch.reductions import MedianPair, at_places, sort
from autograd.torch.reductions import sum as sum_
from autograd.torch.shapes import unbind
from autograd.torch.tensor import axis_of, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


@function
def cov(input: Any, *, correction: int = 1) -> Any:
    """The covariances of variables, which are the rows, over n - 1."""
    if len(shapes.shape(input)) > 2:
        raise ShapeError(f"torch.cov: expected input to have two or fewer dimensions, not {len(shapes.shape(input))}")
    dtype = input.dtype if input.dtype.kind == "f" else None
    found = calculus.cov(input, ddof=correction)
    return found if dtype is None or found.dtype == dtype else shapes.astype(found, dtype)


@function
def corrcoef(input: Operand) -> Any:
    """The coefficients of correlation of variables, which are the rows."""
    found = cov(input)
    if not len(shapes.shape(found)):
        return found / found
    deviations = elementwise.sqrt(found.diagonal())
    return found / deviations[:, None] / deviations


def _known(input: Operand, axis: int) -> Any:
    """How many of each line are not NaN."""
    return sum_(comparison.logical_not(comparison.isnan(input)), axis, True)


@function
def nanmedian(input: Operand, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower of the middle two of what is not NaN; with `dim` a pair `.values`, `.indices`."""
    if dim is None:
        return nanmedian(shapes.reshape(input, (-1,)), 0).values
    axis = axis_of("nanmedian", dim, len(shapes.shape(input)))
    middle = elementwise.maximum((_known(input, axis) - 1) // 2, 0)
    # NaN is put last.
    places = gather(sort(input, axis).indices, axis, middle)
    return MedianPair(*at_places(input, places, axis, keepdim))


@function
def nanquantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Quantiles of what is not NaN along an axis; between two elements in a straight line."""
    if np.ndim(raw(q)):
        return stack([nanquantile(input, float(share), dim, keepdim) for share in np.asarray(raw(q))])
    ndim = len(shapes.shape(input))
    lines, axis = (shapes.reshape(input, (-1,)), 0) if dim is None else (input, axis_of("nanquantile", dim, ndim))
    ordered, last = sort(lines, axis).values, elementwise.maximum(_known(lines, axis) - 1, 0)
    exact = get_data(last) * float(raw(q))
    low = np.floor(exact)
    below, above = (
        gather(ordered, axis, wrap(low.astype(np.int64))),
        gather(ordered, axis, wrap(np.ceil(exact).astype(np.int64))),
    )
    found = below + (above - below) * wrap((exact - low).astype(input.dtype))
    if dim is None:
        return shapes.reshape(found, (1,) * ndim if keepdim else ())
    return found if keepdim else shapes.squeeze(found, axis)


@function
def logcumsumexp(input: Operand, dim: int) -> Any:
    """The logarithms of running sums of exponentials along an axis, without the sums."""
    axis = axis_of("logcumsumexp", dim, len(shapes.shape(input)))
    if not len(shapes.shape(input)) or not shapes.shape(input)[axis]:
        return shapes.copy(input)
    first, *others = unbind(input, axis)
    found = [first]
    for part in others:
        found.append(elementwise.logaddexp(found[-1], part))
    return stack(found, axis)
