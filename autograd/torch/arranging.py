"""Tensors cut at places, put along a diagonal, and chosen from."""

from __future__ import annotations

from itertools import combinations as choices
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import get_data
from autograd.ops import calculus, indexing
from autograd.ops import diagonal as diagonals
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.errors import as_runtime_error
from autograd.torch.joining import cat
from autograd.torch.shapes import tensor_split
from autograd.torch.tensor import as_face, axis_of, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


def _splitting(name: str, dim: int, least: int) -> Any:
    def of(input: Operand, indices_or_sections: Any) -> Any:
        ndim = len(shapes.shape(input))
        if ndim < least:
            raise ShapeError(
                f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {ndim}"
            )
        return tensor_split(input, indices_or_sections, min(dim, ndim - 1))

    of.__name__ = of.__qualname__ = name
    of.__doc__ = f"Parts of axis {dim}, as `tensor_split` of it."
    return function(of)


hsplit, vsplit, dsplit = _splitting("hsplit", 1, 1), _splitting("vsplit", 0, 2), _splitting("dsplit", 2, 3)


@function
def diagflat(input: Operand, offset: int = 0) -> Any:
    """A matrix with the elements of the flattened tensor as a diagonal."""
    return diagonals.diagflat(input, offset)


def block_diag(*tensors: Any) -> Any:
    """Matrices along a diagonal, with zeros around them."""
    parts = [as_face(t) for t in tensors]
    if any([part.dim() > 2 for part in parts]):
        raise as_runtime_error(ShapeError("torch.block_diag: Input tensors must have 2 or fewer dimensions"))
    matrices = [part.reshape((1,) * (2 - part.dim()) + tuple(part.shape)) for part in parts]
    width, rows, start = sum([part.size(1) for part in matrices]), [], 0
    for part in matrices:
        before, after = start, width - start - part.size(1)
        start += part.size(1)
        sides = [wrap(np.zeros((part.size(0), n), part.dtype)) for n in (before, after)]
        rows.append(cat([sides[0], part, sides[1]], 1))
    return cat(rows)


@function
def combinations(input: Operand, r: int = 2, with_replacement: bool = False) -> Any:
    """All choices of `r` elements of a vector, one a row."""
    if len(shapes.shape(input)) != 1:
        raise ShapeError("torch.combinations: expect a 1D vector")
    chosen = (combinations_with_replacement if with_replacement else choices)(range(shapes.shape(input)[0]), r)
    return indexing.getitem(input, np.array(list(chosen), np.int64).reshape(-1, r))


@function
def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without those that equal the one before; a constant."""
    data = get_data(input)
    lines = data.reshape(-1, 1) if dim is None else np.moveaxis(data, axis_of("unique_consecutive", dim, data.ndim), 0)
    flat = lines.reshape(len(lines), lines[:1].size if len(lines) else 1)
    begins = np.concatenate([np.ones(min(len(flat), 1), bool), (flat[1:] != flat[:-1]).any(1)])
    kept = lines[begins]
    found = [wrap(kept.reshape(-1) if dim is None else np.moveaxis(kept, 0, dim))]
    if return_inverse:
        places = np.cumsum(begins) - 1
        found.append(wrap(places.reshape(data.shape) if dim is None else places))
    if return_counts:
        found.append(wrap(np.diff(np.append(np.flatnonzero(begins), len(flat)))))
    return found[0] if len(found) == 1 else tuple(found)


@function
def atleast_3d(input: Operand) -> Any:
    """With three axes at least."""
    return shapes.atleast_3d(input)


@function
def vander(x: Operand, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803 - PyTorch's name
    """The powers of each number of a vector, one number a row."""
    return as_face(calculus.vander(x, N, increasing))


@function
def unravel_index(indices: Operand, shape: Any) -> Any:
    """Of places in a flattened tensor, the index along each axis."""
    return tuple(as_face(part) for part in np.unravel_index(get_data(indices), tuple(shape)))  # type: ignore[arg-type]
