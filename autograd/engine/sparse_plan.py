"""Which passes find a sparse Jacobian, and where in what they bring each of its elements is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.engine.colouring import color_columns, color_symmetric
from autograd.engine.copies import find_copies, find_frontier, find_places
from autograd.engine.lifting import leaves_among, let_gradients_into
from autograd.engine.likeness import are_alike, describe_dependence
from autograd.engine.ownership import SumsInPlace
from autograd.engine.reaching import find_reaching
from autograd.engine.reverse import propagate, walk
from autograd.engine.sparsity import find_pattern
from autograd.graph.node import Node, get_data
from autograd.ops.dependence import PROBED, PRODUCTS


class Recording:
    """A graph between targets and a root, as it was recorded this time.

    Attributes
    ----------
    copies : dict of Node to None
        What consists of elements of the targets.
    frontier : list of Node
        Those of the copies that are computed with: backward passes end there.
    beyond : list of Node
        What is computed with them, each node after all its consumers.
    """

    def __init__(self, root: Node, targets: Sequence[Node]) -> None:
        self.root, self.targets = root, targets
        self.size = sum(np.size(get_data(target)) for target in targets)
        self._order = walk(root, since=min([target.order for target in targets], default=0))
        self._reaching = find_reaching(self._order, targets)
        self.copies = find_copies(self._order, targets, self._reaching)
        self.frontier = find_frontier(root, self._order, self.copies)
        self.beyond = [node for node in self._order if node not in self.copies]
        self._before = find_reaching(self.beyond, self.frontier)

    @np.errstate(all="ignore")
    def pull(self, seed: np.ndarray) -> Mapping[Node, Any]:
        """The derivatives of the root along this seed by each of the frontier, while the others stand still; none where 0."""
        own = leaves_among(self.targets)
        let_gradients_into(own, True)
        try:
            nothing = lambda node, g: None  # noqa: E731
            reaching, sums = self._before, SumsInPlace()
            return propagate(self.root, seed, get_data, nothing, reaching=reaching, order=self.beyond, sums=sums)
        finally:
            let_gradients_into(own, False)

    def has_constant_matrices(self) -> bool:
        """Whether zeros of constants may be seen in its pattern."""
        return any(node.op is not None and node.op.name in (*PRODUCTS, *PROBED) for node in self.beyond)

    def describe(self) -> list[tuple[Any, ...]]:
        """All that its pattern is made of."""
        return describe_dependence(self._order, self.targets, self._reaching)


@dataclass(frozen=True)
class Block:
    """A rectangle of a sparse matrix: which of its elements are there, and where.

    Attributes
    ----------
    elements : array of int, or slice
        Among those of the whole matrix.
    indices, indptr : array of int
        As SciPy has them.
    shape : tuple of int
    """

    elements: np.ndarray | slice
    indices: np.ndarray
    indptr: np.ndarray
    shape: tuple[int, int]

    def fill(self, found: np.ndarray) -> Any:
        """The rectangle, in memory of its own, with these elements of the whole."""
        from scipy.sparse import csr_array

        return csr_array((found[self.elements], self.indices.copy(), self.indptr.copy()), self.shape)


@dataclass(frozen=True)
class Plan:
    """How a sparse Jacobian is read off passes, for all graphs that were recorded alike.

    Attributes
    ----------
    likeness : list
        What these have in common.
    forward : bool
        Whether the passes go forward, from the targets to the root, or backward, from the root to the copies of the targets.
    seeds : array of int
        For each element of the targets, or else of the root, its colour: the pass that it is in.
    places : array of int
        Places in what the passes bring, one after another.
    starts : array of int, or None
        Where among these the sum for each element begins, if not all consist of one.
    rows, columns : array of int
        Of each element.
    blocks : list of list of Block
        For each result one by each target.
    alone : bool
        Whether of the elements of a pass none goes through where another does, not even times 0.
    """

    likeness: list[tuple[Any, ...]]
    forward: bool
    seeds: np.ndarray
    places: np.ndarray
    starts: np.ndarray | None
    rows: np.ndarray
    columns: np.ndarray
    blocks: list[list[Block]]
    alone: bool

    def fits(self, likeness: list[tuple[Any, ...]]) -> bool:
        """Whether it is the plan of a graph with this description."""
        return are_alike(self.likeness, likeness)

    def read(self, passes: np.ndarray) -> np.ndarray:
        """The elements of the Jacobian, of what the passes brought."""
        found = passes.ravel()[self.places]
        return found if self.starts is None else np.add.reduceat(found, self.starts)


def plan_passes(recording: Recording, likeness: list[tuple[Any, ...]], sizes: Sequence[int], symmetric: bool) -> Plan:
    """The plan with the fewest passes, forward where these are fewer by more than the one that looks for infinite derivatives.

    Parameters
    ----------
    recording : Recording
    likeness : list
        Its description.
    sizes : sequence of int
        Of the results that the root consists of.
    symmetric : bool
        Whether the Jacobian is that of a gradient.
    """
    root, shape = recording.root, (sum(sizes), recording.size)
    by_copies = _sort(find_pattern(root, recording.frontier))
    places = find_places(recording.copies, recording.targets)
    origins = np.concatenate([places[node] for node in recording.frontier])
    i, j = _places_of(by_copies)
    # The elements of targets, by row and column: each is the sum of those by the copies of one.
    numbers = np.where(origins[j] >= 0, i * shape[1] + origins[j], -1)
    order = np.argsort(numbers, kind="stable")[np.count_nonzero(numbers < 0) :]
    elements, starts = np.unique(numbers[order], return_index=True)
    rows, columns = np.divmod(elements, shape[1])
    if symmetric:
        rows, columns = _places_of(_mirror(rows, columns, shape))
    blocks = _divide(rows, columns, sizes, [np.size(get_data(target)) for target in recording.targets])
    if symmetric or 1 + np.bincount(rows).max(initial=0) < np.bincount(j).max(initial=0):
        seeds, at = _read_forward(rows, columns, shape, symmetric)
        return Plan(likeness, True, seeds, at, None, rows, columns, blocks, False)
    seeds = color_columns(by_copies.T.tocsr())
    at = (seeds[i] * by_copies.shape[1] + j)[order]
    alone = not recording.has_constant_matrices() or (
        find_pattern(root, recording.frontier, through_zeros=True).nnz == by_copies.nnz
    )
    return Plan(likeness, False, seeds, at, None if len(starts) == len(at) else starts, rows, columns, blocks, alone)


def _read_forward(
    rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int], symmetric: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The colours of columns, and where among the tangents of the root along each of them the elements are."""
    pattern = _make_pattern(rows, columns, shape)
    if not symmetric:
        seeds = color_columns(pattern)
        return seeds, seeds[columns] * shape[0] + rows
    seeds = color_symmetric(pattern)
    at = seeds[columns] * shape[0] + rows
    # Where another element of the row has the same colour, the mirrored one is alone.
    cells = rows * (seeds.max(initial=-1) + 1) + seeds[columns]
    clash = np.bincount(cells)[cells] > 1 if cells.size else np.zeros(0, bool)
    at[clash] = seeds[rows[clash]] * shape[0] + columns[clash]
    return seeds, at


def _divide(rows: np.ndarray, columns: np.ndarray, heights: Sequence[int], widths: Sequence[int]) -> list[list[Block]]:
    """The elements of each rectangle, where a matrix is divided into some of these heights and widths."""

    def block(top: int, height: int, left: int, width: int) -> Block:
        inside = (rows >= top) & (rows < top + height) & (columns >= left) & (columns < left + width)
        pattern = _make_pattern(rows[inside] - top, columns[inside] - left, (height, width))
        elements = slice(None) if inside.all() else np.flatnonzero(inside)
        return Block(elements, pattern.indices, pattern.indptr, (height, width))

    tops, lefts = np.cumsum([0, *heights]).tolist(), np.cumsum([0, *widths]).tolist()
    return [
        [block(top, height, left, width) for left, width in zip(lefts, widths, strict=False)]
        for top, height in zip(tops, heights, strict=False)
    ]


def _mirror(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> Any:
    pattern = _make_pattern(rows, columns, shape)
    return _sort(pattern + pattern.T)


def _sort(pattern: Any) -> Any:
    pattern = pattern.tocsr()
    pattern.sort_indices()
    return pattern


def _places_of(pattern: Any) -> tuple[np.ndarray, np.ndarray]:
    """The row and the column of each element, in order."""
    rows = np.repeat(np.arange(pattern.shape[0], dtype=np.int64), np.diff(pattern.indptr))
    return rows, pattern.indices.astype(np.int64)


def _make_pattern(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> Any:
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(rows), bool), (rows, columns)), shape)
