"""NumPy's functions whose results have no derivative: tests, counts, indices, shapes, new arrays, texts.

On nodes they give what NumPy gives for the numbers, as plain arrays: constants, by definition and not by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.graph.node import raw
from autograd.graph.op import implements, refuse_masks
from autograd.graph.tree import map_leaves

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
    *(np.zeros_like, np.ones_like, np.empty_like, np.imag),
    # Texts and files.
    *(np.array2string, np.array_repr, np.array_str, np.save, np.savetxt, np.savez, np.savez_compressed),
    np.spacing,
)


def _constant(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def on_data(*args: Any, **kwargs: Any) -> Any:
        refuse_masks(function.__name__, (args, kwargs))
        return function(*map_leaves(raw, args), **map_leaves(raw, kwargs))

    return on_data


for _function in CONSTANT:
    implements(_function)(_constant(_function))
