"""Elements by their places: indexing, gathering, scattering, looking up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule
from autograd.graph.node import get_data
from autograd.ops import shape

for _name in (
    "gather", "index_add", "index_copy", "index_fill", "index_select", "masked_fill", "masked_scatter", "masked_select",
    "nonzero", "scatter_add", "searchsorted", "take",
):  # fmt: skip
    rule(f"aten.{_name}")(getattr(torch, _name))


@rule("aten.bucketize")
def bucketize(x: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """Between which boundaries."""
    found = torch.bucketize(x, boundaries, right=right)
    return shape.astype(found, np.int32) if out_int32 else found


@rule("aten.repeat_interleave.Tensor")
def repeated_places(repeats: Any, output_size: Any = None) -> Any:
    """Each place as often as it says."""
    return torch.from_numpy(np.repeat(np.arange(len(repeats)), get_data(repeats)))


@rule("aten.index")
def index(x: Any, indices: Sequence[Any]) -> Any:
    """By tensors of places along some axes; None is all of an axis."""
    return x[tuple(slice(None) if i is None else i for i in indices)]


@rule("aten.index_put")
def index_put(x: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """With values put at, or added to, the places."""
    return torch.index_put(x, tuple(slice(None) if i is None else i for i in indices), values, accumulate)


@rule("aten.scatter")
def scatter(x: Any, dim: int, places: Any, src: Any, *, reduce: str | None = None) -> Any:
    """With the elements at the places replaced."""
    return torch.scatter(x, dim, places, src, reduce=reduce)


@rule("aten.scatter_reduce")
def scatter_reduce(x: Any, dim: int, places: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """With elements added, or averaged, into the places."""
    return torch.scatter_reduce(x, dim, places, src, reduce, include_self=include_self)


@rule("aten.embedding")
def embedding(weight: Any, indices: Any, padding: int = -1, by_frequency: bool = False, sparse: bool = False) -> Any:
    """Rows of a matrix; the row of the padding gets no gradient."""
    return F.embedding(indices, weight, padding_idx=None if padding < 0 else padding)


@rule("aten.one_hot")
def one_hot(x: Any, classes: int = -1) -> Any:
    """Labels as rows of 0 and 1."""
    return F.one_hot(x, classes)
