"""NumPy's functions whose results have no derivative: tests, counts, indices, shapes, new arrays, texts.

On nodes they give what NumPy gives for the numbers, as plain arrays: constants, by definition and not by accident. Where the numbers
are not known, those that have a shape all the same are operations (`autograd.ops.counting`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.graph.node import raw
from autograd.graph.op import implements, refuse_masks
from autograd.graph.tree import leaves, map_leaves
from autograd.ops.counting import OF_UNKNOWN

CONSTANT: tuple[Callable[..., Any], ...] = (
    # Tests.
    *(np.all, np.any, np.allclose, np.array_equal, np.array_equiv, np.isclose, np.isin, np.iscomplex, np.isreal),
    *(np.iscomplexobj, np.isrealobj, np.isneginf, np.isposinf, np.may_share_memory, np.shares_memory),
    # Counts, and the places of elements.
    *(np.count_nonzero, np.argwhere, np.flatnonzero, np.nonzero, np.nanargmax, np.nanargmin),
    *(np.searchsorted, np.digitize, np.lexsort, np.linalg.matrix_rank),
    # Shapes and types.
    *(np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.min_scalar_type),
    *(np.einsum_path, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from),
    # New arrays in the form of another.
    *(np.zeros_like, np.ones_like, np.empty_like),
    # Texts and files.
    *(np.array2string, np.array_repr, np.array_str, np.save, np.savetxt, np.savez, np.savez_compressed),
    np.spacing,
)


OVER_AXES = """Parameters
----------
a : array_like or Tensor
    Of any shape; what is not 0 counts as true.
axis : int or sequence of int, optional
    All axes by default.
out : None
    Not supported.
keepdims : bool
    Leave the axes, with length 1.
where : array_like of bool, optional
    Which elements count.

Returns
-------
bool or numpy.ndarray of bool
    In the shape of `a` without the axes.
"""
# Of the functions that are methods of tensors.
DOCSTRINGS = {
    "all": f"""Whether all elements over axes are true; a constant.

{OVER_AXES}
Examples
--------
>>> from autograd import Tensor
>>> (Tensor([1.0, 2.0]) > 1.5).all().item()
False
""",
    "any": f"""Whether any element over axes is true; a constant.

{OVER_AXES}
Examples
--------
>>> from autograd import Tensor
>>> (Tensor([1.0, 2.0]) > 1.5).any().item()
True
""",
    "nonzero": """The indices of the elements that are not 0; a constant.

Parameters
----------
a : array_like or Tensor
    Of one axis or more.

Returns
-------
tuple of numpy.ndarray of int
    For each axis the indices along it.

Examples
--------
>>> from autograd import Tensor
>>> [indices.tolist() for indices in Tensor([[0.0, 2.0], [3.0, 0.0]]).nonzero()]
[[0, 1], [1, 0]]
""",
    "searchsorted": """Where elements would have to be put in, that a sorted array stays sorted; a constant.

Parameters
----------
a : array_like or Tensor, of one axis
    Sorted, from the least on.
v : array_like or Tensor
    What to put in, of any shape.
side : {"left", "right"}
    Before or behind equal elements.
sorter : array_like of int, optional
    The indices that sort `a`, where it is not sorted.

Returns
-------
int or numpy.ndarray of int
    In the shape of `v`.

Examples
--------
>>> from autograd import Tensor
>>> Tensor([1.0, 3.0, 5.0]).searchsorted([2.0, 9.0]).tolist()
[1, 3]
""",
}


def _constant(function: Callable[..., Any]) -> Callable[..., Any]:
    of_unknown = OF_UNKNOWN.get(function)

    @wraps(function)
    def on_data(*args: Any, **kwargs: Any) -> Any:
        refuse_masks(function.__name__, (args, kwargs))
        if of_unknown is not None and any([getattr(x, "symbolic", False) for x in leaves((args, kwargs))]):
            return of_unknown(*args, **kwargs)
        return function(*map_leaves(raw, args), **map_leaves(raw, kwargs))

    name = function.__name__
    on_data.__doc__ = DOCSTRINGS.get(name, f"NumPy's `{name}` of the numbers that nodes hold: a constant.")
    return on_data


for _function in CONSTANT:
    implements(_function)(_constant(_function))
