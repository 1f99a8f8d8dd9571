"""Sparse Jacobians: what can differ from 0 is found in the recorded graph, and read off a handful of passes.

The pattern is followed through the graph (`sparsity.py`). Columns that share no row, or rows that share no column, get one colour
(`colouring.py`), and one pass goes along all of a colour at once: forward where the fullest row is shorter than the fullest column,
backward elsewhere. A symmetric matrix, as a Hessian is, needs fewer colours, for an element may be read off either of two places.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.colouring import color_columns, color_symmetric
from autograd.engine.forward import push_along
from autograd.engine.lifting import Function, Pass, call_on_fresh_nodes, release, split_aux
from autograd.engine.sparsity import find_pattern
from autograd.engine.value import Value
from autograd.engine.vmap import vmap
from autograd.errors import OperandError, type_name
from autograd.extras import pip_install
from autograd.graph.liveness import is_live
from autograd.graph.modes import call_recorded, inside
from autograd.graph.node import Node, get_data, raw
from autograd.graph.tree import leaves, map_leaves, rebuild
from autograd.ops.complex_numbers import is_complex
from autograd.ops.shape import concatenate, reshape

# Directions that are pushed through the graph at once make its arrays so many times as large: no more numbers than a cache holds.
MOST_NUMBERS = 2**18


def sparse_jacobian(f: Function, numbers: Sequence[int], several: bool, has_aux: bool, symmetric: bool) -> Function:
    """The Jacobian of `f` by the arguments of these numbers, as matrices of SciPy; see `jacobian`.

    Parameters
    ----------
    f : callable
    numbers : sequence of int
    several : bool
        Whether a tuple is given, of what there is for each argument.
    has_aux : bool
    symmetric : bool
        Whether `f` is the gradient of a function by these arguments.

    Returns
    -------
    callable

    Examples
    --------
    >>> import numpy as np
    >>> differences = sparse_jacobian(lambda x: x[1:] - x[:-1], [0], False, False, False)
    >>> differences(np.arange(4.0)).toarray()
    array([[-1.,  1.,  0.,  0.],
           [ 0., -1.,  1.,  0.],
           [ 0.,  0., -1.,  1.]])
    """
    jacobian = SparseJacobian(symmetric)

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        out, targets = call_on_fresh_nodes(f, args, kwargs, numbers)
        out, aux = split_aux(out, has_aux)

        def by_arguments(blocks: Sequence[Any]) -> Any:
            left = iter(blocks)
            trees = tuple(rebuild(args[number], left) for number in numbers)
            return trees if several else trees[0]

        found = rebuild(out, iter([by_arguments(row) for row in jacobian.compute(leaves(out), targets)]))
        return (found, map_leaves(release, aux)) if has_aux else found

    return derivatives


class SparseJacobian:
    """The sparse Jacobian of one function; colours are kept from call to call for as long as the pattern is the same.

    Parameters
    ----------
    symmetric : bool
        Whether it is the Jacobian of a gradient.
    """

    def __init__(self, symmetric: bool) -> None:
        self.symmetric = symmetric
        self._pattern: Any = None
        self._colours = np.zeros(0, int)

    def compute(self, results: Sequence[Any], targets: Sequence[Node]) -> list[list[Any]]:
        """For each result the derivatives by each target.

        Returns
        -------
        list of list of scipy.sparse.csr_array
            Of shape (size of the result, size of the target), elements in C order. What is stored may be 0 at this point.

        Raises
        ------
        OperandError
            Without SciPy, for complex numbers and a `Value`, and where something outside asks for a derivative of the result.
        """
        _refuse(results, targets)
        if not results:
            return []
        sizes = [np.size(raw(x)) for x in results]
        rows, columns = np.cumsum([0, *sizes]), np.cumsum([0, *(np.size(get_data(target)) for target in targets)])
        root = call_recorded(lambda: concatenate([reshape(x, (size,)) for x, size in zip(results, sizes, strict=True)]))
        whole = self._fill(root, targets)
        return [
            [whole[top:end, left:right] for left, right in zip(columns, columns[1:], strict=False)]
            for top, end in zip(rows, rows[1:], strict=False)
        ]

    def _fill(self, root: Any, targets: Sequence[Node]) -> Any:
        from scipy.sparse import csr_array

        if not isinstance(root, Node) or not root.needs_grad:
            size = sum(np.size(get_data(target)) for target in targets)
            return csr_array((np.size(raw(root)), size), dtype=np.result_type(raw(root), np.float16))
        pattern = find_pattern(root, targets)
        if self.symmetric:
            pattern = (pattern + pattern.T).tocsr()
        pattern.sort_indices()
        forward = self.symmetric or np.diff(pattern.indptr).max(initial=0) < np.bincount(pattern.indices).max(initial=0)
        colours = self._color(pattern, forward)
        seeds = np.zeros((colours.max(initial=-1) + 1, len(colours)), get_data(root).dtype)
        seeds[colours, np.arange(len(colours))] = 1.0
        i = np.repeat(np.arange(pattern.shape[0]), np.diff(pattern.indptr))
        j = pattern.indices
        if not forward:
            found = self._pull(root, targets, seeds)[colours[i], j]
        else:
            pushed = self._push(root, targets, seeds)
            found = pushed[colours[j], i]
            if self.symmetric:
                # Where another element of the row has the same colour, the mirrored one is alone.
                shared = np.bincount(i * np.int64(len(seeds)) + colours[j], minlength=0)
                clash = shared[i * np.int64(len(seeds)) + colours[j]] > 1
                found[clash] = pushed[colours[i[clash]], j[clash]]
        return csr_array((found, j, pattern.indptr), pattern.shape)

    def _color(self, pattern: Any, forward: bool) -> np.ndarray:
        kept = self._pattern
        same = kept is not None and kept.shape == pattern.shape
        if same and np.array_equal(kept.indptr, pattern.indptr) and np.array_equal(kept.indices, pattern.indices):
            return self._colours
        if self.symmetric:
            self._colours = color_symmetric(pattern)
        else:
            self._colours = color_columns(pattern.astype(np.int64) if forward else pattern.T.tocsr().astype(np.int64))
        self._pattern = pattern
        return self._colours

    def _push(self, root: Node, targets: Sequence[Node], seeds: np.ndarray) -> np.ndarray:
        """The tangents of the root along each of the seeds, which are directions of the targets."""
        shapes = [np.shape(get_data(target)) for target in targets]
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])[:-1]

        def along(direction: Any) -> Any:
            parts = np.split(direction, ends) if len(shapes) > 1 else [direction]
            moving = {t: reshape(part, shape) for t, part, shape in zip(targets, parts, shapes, strict=True)}
            return call_recorded(push_along, [root], moving)[0]

        at_once = max(1, MOST_NUMBERS // max(get_data(root).size, seeds.shape[1]))
        blocks = [seeds[start : start + at_once] for start in range(0, len(seeds), at_once)]
        found = [np.asarray(raw(vmap(along)(block))) for block in blocks]
        return np.concatenate(found) if found else np.zeros((0, get_data(root).size))

    def _pull(self, root: Node, targets: Sequence[Node], seeds: np.ndarray) -> np.ndarray:
        """The derivatives by the targets of the root along each of the seeds."""
        way = Pass(root, targets)
        found = [np.concatenate([np.ravel(raw(x)) for x in way.take(seed)]) for seed in seeds]
        return np.array(found).reshape(len(seeds), sum(np.size(get_data(target)) for target in targets))


def _refuse(results: Sequence[Any], targets: Sequence[Node]) -> None:
    try:
        import scipy.sparse  # noqa: F401 - asked for here, so that its lack is told before anything is computed
    except ImportError as error:
        raise OperandError(f"sparse=True gives matrices of SciPy, which is not here: {pip_install('train')}") from error
    if any(map(is_complex, [*results, *targets])):
        raise OperandError(
            "sparse=True: complex numbers were not expected: take the Jacobian of their real and of their imag"
        )
    for x in [*results, *targets]:
        if isinstance(x, Value) or np.asarray(raw(x)).dtype.kind not in "biuf":
            raise OperandError(f"sparse=True takes and gives arrays and numbers, not {type_name(x)}: use Tensor")
        # Parameters that are leaves outside require gradients, too; none was asked for yet.
        if isinstance(x, Node) and (x.symbolic or (inside.get() and is_live(x))):
            raise OperandError(
                "sparse=True gives matrices of SciPy, which carry no derivatives, and cannot be compiled or mapped: take the sparse "
                "Jacobian outermost, or jacobian without sparse"
            )
