"""The functions that make arrays of what they are given, which NumPy's protocols do not reach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import DTypeLike

from autograd.graph.node import Node
from autograd.numpy.namespace import holds_node
from autograd.ops import joining, shape

if TYPE_CHECKING:
    import numpy.typing as npt

    from autograd.engine.tensor import Tensor


@overload
def array(
    object: Node | Sequence[Node] | Sequence[Sequence[Node]],
    dtype: DTypeLike | None = None,
    *,
    ndmin: int = 0,
    **kwargs: Any,
) -> Tensor: ...
@overload
def array(
    object: npt.ArrayLike, dtype: DTypeLike | None = None, *, ndmin: int = 0, copy: bool | None = True, **kwargs: Any
) -> npt.NDArray[Any]: ...
@overload
def array(object: Sequence[Any], dtype: DTypeLike | None = None, *, ndmin: int = 0, **kwargs: Any) -> Tensor: ...
def array(
    object: Any, dtype: DTypeLike | None = None, *, ndmin: int = 0, copy: bool | None = True, **kwargs: Any
) -> Any:
    """NumPy's `array`; of nodes in nested lists, the tensor that has them as its elements or parts."""
    if not (isinstance(object, Node) or holds_node(object)):
        return np.array(object, dtype, ndmin=ndmin, copy=copy, **kwargs)
    made = shape.as_array(object)
    if dtype is not None and (copy or made.dtype != dtype):
        made = shape.astype(made, dtype)
    elif copy and made is object:
        made = shape.copy(made)
    lengths = shape.shape(made)
    return shape.reshape(made, (1,) * (ndmin - len(lengths)) + lengths) if ndmin > len(lengths) else made


def _converter(name: str) -> Any:
    def convert(a: Any, dtype: DTypeLike | None = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(a, Node) or holds_node(a):
            return array(a, dtype, copy=None)
        return getattr(np, name)(a, dtype, *args, **kwargs)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = f"NumPy's `{name}`, which leaves nodes as they are."
    return convert


asarray, asanyarray = _converter("asarray"), _converter("asanyarray")
ascontiguousarray, asfortranarray = _converter("ascontiguousarray"), _converter("asfortranarray")


@overload
def full(lengths: int | Sequence[int], fill_value: Node, dtype: DTypeLike | None = None, **kwargs: Any) -> Tensor: ...
@overload
def full(
    lengths: int | Sequence[int], fill_value: npt.ArrayLike, dtype: DTypeLike | None = None, **kwargs: Any
) -> npt.NDArray[Any]: ...
def full(lengths: int | Sequence[int], fill_value: Any, dtype: DTypeLike | None = None, **kwargs: Any) -> Any:
    """NumPy's `full`; the value may be a node."""
    if not isinstance(fill_value, Node):
        return np.full(lengths, fill_value, dtype, **kwargs)
    value = fill_value if dtype is None else shape.astype(fill_value, dtype)
    return shape.copy(shape.broadcast_to(value, lengths))


@wraps(np.where)
def where(condition: Any, *args: Any, **kwargs: Any) -> Any:
    """NumPy's `where`, whose arguments may have their names, as in HIPS autograd."""
    given = dict(zip("xy", args, strict=False), **kwargs)
    if len(args) > 2 or given.keys() not in ({"x", "y"}, set()):
        raise TypeError("where takes a condition, and both or neither of x and y")
    return np.where(condition, *(given[name] for name in "xy" if name in given))


def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:  # noqa: N803 - HIPS autograd's name
    """Matrices with the last axis of `D` on their diagonals; `np.diagonal(…, axis1=-1, axis2=-2)` takes it off again."""
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError("make_diagonal: offset=0, axis1=-1 and axis2=-2 alone are supported")
    return np.expand_dims(D, -1) * np.eye(np.shape(D)[-1])


def row_stack(arrays: Sequence[Node | npt.ArrayLike]) -> Any:
    """The older name of `vstack`."""
    return joining.vstack(arrays)


class _Joiner:
    """`r_[…]` and `c_[…]`: arrays, numbers and ranges joined along the first or the last axis."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not any(isinstance(part, Node) or holds_node(part) for part in parts):
            return getattr(np, self._name)[key]
        if any(isinstance(part, str) for part in parts):
            raise TypeError(f"np.{self._name} of tensors takes no directions: use concatenate, stack or reshape")
        arrays = [np.r_[part] if isinstance(part, slice) else shape.atleast_1d(part) for part in parts]
        return joining.column_stack(arrays) if self._name == "c_" else shape.concatenate(arrays, 0)


r_, c_ = _Joiner("r_"), _Joiner("c_")
