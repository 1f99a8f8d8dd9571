"""How often values occur: the different ones, and histograms. Counts have no gradient; sums of weights do."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import get_data, raw
from autograd.ops import reduction
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.tensor import Tensor, check_tensor, wrap


@function
def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements in order; a constant."""
    options: dict[str, Any] = {"return_inverse": return_inverse, "return_counts": return_counts, "axis": dim}
    found: Any = np.unique(get_data(input), equal_nan=False, **options)
    return tuple(wrap(part) for part in found) if isinstance(found, tuple) else wrap(found)


@function
def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each whole number occurs, or the sum of its weights."""
    data = get_data(input)
    if data.dtype.kind not in "iu" or data.ndim != 1 or np.min(data, initial=0) < 0:
        raise OperandError(
            f"torch.bincount: only whole numbers of one axis, none negative, not {data.dtype} of shape {data.shape}"
        )
    counts = as_tensor(reduction.bincount(data, None if weights is None else weights, minlength))
    return counts if weights is None or weights.dtype.kind != "f" else shapes.astype(counts, weights.dtype)


@function
def histc(input: Any, bins: int = 100, min: float = 0, max: float = 0) -> Any:
    """How many elements lie in each of equal intervals."""
    data = get_data(input)
    low, high = (data.min(), data.max()) if min == max == 0 else (min, max)
    return wrap(np.histogram(data, bins, (float(low), float(high)))[0].astype(data.dtype))


def as_tensor(x: Any) -> Any:
    """A result of NumPy's or a tensor, as a tensor."""
    return check_tensor("result", x) if isinstance(x, (Tensor, np.ndarray)) else wrap(np.asarray(raw(x)))


_Histogram = namedtuple("_Histogram", ["hist", "bin_edges"])


@function
def histogram(input: Any, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """How many elements lie in each of several intervals, and where these begin and end."""
    data = get_data(input)
    found, edges = np.histogram(data, raw(bins), range, density, raw(weight))
    return _Histogram(wrap(found.astype(data.dtype)), wrap(edges.astype(data.dtype)))
