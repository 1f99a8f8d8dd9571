"""Several inputs of a model as one array: each of its rows has a field for each input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def join_inputs(parts: Mapping[str, np.ndarray]) -> np.ndarray:
    """One array of rows: the inverse of `split_inputs`.

    Parameters
    ----------
    parts : mapping of str to array
        As many rows in each.

    Returns
    -------
    array
        Structured, of shape (rows,); of a single one it itself.

    Examples
    --------
    >>> rows = join_inputs({"x": np.zeros((2, 3), np.float32), "length": np.array([3, 1])})
    >>> rows.shape, rows["x"].shape, rows[1]["length"].item()
    ((2,), (2, 3), 1)
    """
    if len(parts) == 1:
        return next(iter(parts.values()))
    fields = [(name, part.dtype, part.shape[1:]) for name, part in parts.items()]
    rows = np.empty(len(next(iter(parts.values()))), fields)
    for name, part in parts.items():
        rows[name] = part
    return rows


def split_inputs(rows: Any) -> dict[str, Any]:
    """The inputs by their names; of a single one, which may also be a tensor, it alone without a name.

    Examples
    --------
    >>> {name: part.shape for name, part in split_inputs(join_inputs({"a": np.zeros((2, 3)), "b": np.ones(2)})).items()}
    {'a': (2, 3), 'b': (2,)}
    >>> list(split_inputs(np.zeros((2, 3))))
    ['']
    """
    names = getattr(rows.dtype, "names", None)
    return {name: rows[name] for name in names} if names else {"": rows}


def change_inputs(rows: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The same change of each input.

    Examples
    --------
    >>> change_inputs(np.ones(2), lambda part: part + 1.0).tolist()
    [2.0, 2.0]
    >>> change_inputs(join_inputs({"a": np.ones(2), "b": np.arange(2)}), lambda part: part * 2).tolist()
    [(2.0, 0), (2.0, 2)]
    """
    return join_inputs({name: change(part) for name, part in split_inputs(rows).items()})


def tabulate_inputs(rows: np.ndarray) -> np.ndarray:
    """All numbers of a row side by side.

    Examples
    --------
    >>> tabulate_inputs(join_inputs({"x": np.ones((2, 2, 2)), "length": np.array([3, 1])})).tolist()
    [[1.0, 1.0, 1.0, 1.0, 3.0], [1.0, 1.0, 1.0, 1.0, 1.0]]
    """
    return np.concatenate([part.reshape(len(part), -1) for part in split_inputs(rows).values()], axis=1)
