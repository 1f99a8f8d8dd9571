"""Colours for the columns or rows of a sparse matrix: those of one colour are found by one pass, since they do not overlap.

References
----------
Curtis, Powell and Reid, "On the estimation of sparse Jacobian matrices", 1974; Gebremedhin, Manne and Pothen, "What color is your
Jacobian?", SIAM Review 2005, for the greedy colourings and the star colouring of symmetric matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Beyond so many overlaps they are not written down: a row that is nearly full makes all columns overlap.
MOST_OVERLAPS = 2**26


def color_columns(pattern: Any) -> np.ndarray:
    """A colour for each column, from 0 on, so that no row has two of one colour.

    Parameters
    ----------
    pattern : scipy.sparse.csr_array

    Returns
    -------
    array of int (columns,)

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> color_columns(csr_array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])).tolist()
    [1, 0, 1, 0]
    """
    if (np.diff(pattern.indptr).astype(np.int64) ** 2).sum() > MOST_OVERLAPS:
        return np.arange(pattern.shape[1])
    # Of whole numbers, whose products do not run over.
    pattern = pattern.astype(np.int64)
    overlaps = (pattern.T @ pattern).tocsr()
    starts, neighbours = overlaps.indptr.tolist(), overlaps.indices.tolist()
    colours = [-1] * pattern.shape[1]
    for column in np.argsort(-np.diff(overlaps.indptr), kind="stable").tolist():
        taken = {colours[other] for other in neighbours[starts[column] : starts[column + 1]]}
        colours[column] = next(colour for colour in range(len(taken) + 1) if colour not in taken)
    return np.array(colours, int)


def color_symmetric(pattern: Any) -> np.ndarray:
    """A star colouring: of each pair of elements that mirror each other one at least is alone in its row with its colour.

    Parameters
    ----------
    pattern : scipy.sparse.csr_array
        Symmetric.

    Returns
    -------
    array of int (columns,)

    Examples
    --------
    An arrow, whose columns all overlap in the first row, needs two:

    >>> from scipy.sparse import csr_array
    >>> color_symmetric(csr_array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])).tolist()
    [0, 1, 1, 1]
    """
    starts, indices = pattern.indptr, pattern.indices
    size = pattern.shape[0]
    neighbours = [[j for j in indices[starts[i] : starts[i + 1]].tolist() if j != i] for i in range(size)]
    colours = [-1] * size
    members: list[int] = []
    # For each vertex, how many of its neighbours have a colour.
    around: list[dict[int, int]] = [{} for _ in range(size)]
    for v in sorted(range(size), key=lambda v: -len(neighbours[v])):
        forbidden = set(around[v])
        for w in neighbours[v]:
            of_w = colours[w]
            if of_w < 0:
                # v - w - x: both would look at w.
                forbidden.update(around[w])
            elif members[of_w] > 1:
                # v - w - x - y, where w and y have one colour, must have three.
                forbidden.update(
                    colours[x] for x in neighbours[w] if x != v and colours[x] >= 0 and around[x].get(of_w, 0) > 1
                )
        colour = next(c for c in range(len(members) + 1) if c not in forbidden)
        if colour == len(members):
            members.append(0)
        members[colour] += 1
        colours[v] = colour
        for w in neighbours[v]:
            around[w][colour] = around[w].get(colour, 0) + 1
    return np.array(colours, int)
