"""Tensors joined: `cat`, `stack` and their kin, grids and products of lines."""

from __future__ import annotations

from typing import Any

from autograd.errors import OperandError, ShapeError
from autograd.ops import joining
from autograd.ops import shape as shapes
from autograd.torch.errors import with_runtime_errors
from autograd.torch.promotion import promote_types
from autograd.torch.shapes import flatten
from autograd.torch.tensor import Tensor, axis_of, check_tensor


def _several(name: str, tensors: Any) -> list[Any]:
    if isinstance(tensors, Tensor) or not hasattr(tensors, "__iter__"):
        raise OperandError(f"torch.{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor")
    found = [check_tensor(name, x, i, "tensors") for i, x in enumerate(tensors)]
    if not found:
        raise ShapeError(f"torch.{name}: expected a non-empty list of Tensors")
    dtype = found[0].dtype
    for x in found[1:]:
        dtype = promote_types(dtype, x.dtype)
    return [x if x.dtype == dtype else shapes.astype(x, dtype) for x in found]


@with_runtime_errors
def cat(tensors: Any, dim: int = 0, *, out: Any = None, axis: int | None = None) -> Any:
    """Joined along an axis that is there; NumPy's `concatenate`."""
    found = _several("cat", tensors)
    # PyTorch leaves out empty tensors of one axis, whatever the others are.
    kept = [x for x in found if tuple(x.shape) != (0,)] or found[:1]
    return shapes.concatenate(kept, axis_of("cat", dim if axis is None else axis, len(shapes.shape(kept[0]))))


concat = concatenate = cat


@with_runtime_errors
def stack(tensors: Any, dim: int = 0, *, out: Any = None) -> Any:
    """Joined along a new axis."""
    found = _several("stack", tensors)
    return shapes.stack(found, axis_of("stack", dim, len(shapes.shape(found[0])) + 1))


@with_runtime_errors
def hstack(tensors: Any) -> Any:
    """Joined along the second axis, or the only one."""
    return joining.hstack(_several("hstack", tensors))


@with_runtime_errors
def vstack(tensors: Any) -> Any:
    """Joined as rows."""
    return joining.vstack(_several("vstack", tensors))


row_stack = vstack


@with_runtime_errors
def dstack(tensors: Any) -> Any:
    """Joined along the third axis."""
    return joining.dstack(_several("dstack", tensors))


@with_runtime_errors
def column_stack(tensors: Any) -> Any:
    """Joined as columns."""
    return joining.column_stack(_several("column_stack", tensors))


@with_runtime_errors
def meshgrid(*tensors: Any, indexing: str = "ij") -> Any:
    """The coordinates of a grid; rows first unless `indexing="xy"`, NumPy's habit."""
    found = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    lines = _several("meshgrid", found)
    for line in lines:
        if line.dim() > 1:
            raise ShapeError(f"torch.meshgrid: expected tensors of one axis at most, got one of {tuple(line.shape)}")
    return tuple(joining.meshgrid(*lines, indexing=indexing))


def cartesian_prod(*tensors: Any) -> Any:
    """All combinations of elements, one a row."""
    grids = meshgrid(*tensors)
    return stack([flatten(grid) for grid in grids], -1) if len(grids) > 1 else grids[0]
