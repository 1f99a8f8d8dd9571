"""Sparse Jacobians: what can differ from 0 is found in the recorded graph, and read off a handful of passes.

The pattern is followed through the graph (`sparsity.py`). Columns that share no row, or rows that share no column, get one colour
(`colouring.py`), and one pass goes along all of a colour at once: forward where the fullest row is shorter than the fullest column,
backward elsewhere, and then no further than to the copies that the graph begins with (`copies.py`). A symmetric matrix, as a Hessian is,
needs fewer colours, for an element may be read off either of two places. All that is planned once (`sparse_plan.py`), and kept for
as long as the same is recorded (`likeness.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.colouring import color_columns
from autograd.engine.forward import push_along
from autograd.engine.lifting import Function, Pass, call_on_fresh_nodes, release, split_aux
from autograd.engine.sparse_plan import Plan, Recording, plan_passes
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
    """The sparse Jacobian of one function; the plan is kept from call to call for as long as it records the same graph.

    Parameters
    ----------
    symmetric : bool
        Whether it is the Jacobian of a gradient.
    """

    def __init__(self, symmetric: bool) -> None:
        self.symmetric = symmetric
        self._plan: Plan | None = None

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
        root = call_recorded(lambda: concatenate([reshape(x, (size,)) for x, size in zip(results, sizes, strict=True)]))
        recording = Recording(root, targets) if isinstance(root, Node) and root.needs_grad else None
        if recording is None or not recording.frontier:
            return _nothing(sizes, targets, np.result_type(raw(root), np.float16))
        plan = self._plan_for(recording, sizes)
        seeds = np.zeros((plan.seeds.max(initial=-1) + 1, len(plan.seeds)), get_data(root).dtype)
        seeds[plan.seeds, np.arange(len(plan.seeds))] = 1.0
        found = plan.read(self._push(root, targets, seeds) if plan.forward else self._pull(recording, seeds))
        self._mend(found, recording, plan)
        return [[block.fill(found) for block in row] for row in plan.blocks]

    def _plan_for(self, recording: Recording, sizes: Sequence[int]) -> Plan:
        likeness, plan = recording.describe(), self._plan
        if plan is None or not plan.fits(likeness):
            self._plan = plan = plan_passes(recording, likeness, sizes, self.symmetric)
        return plan

    def _mend(self, found: np.ndarray, recording: Recording, plan: Plan) -> None:
        """Compute anew the rows where something is infinite or not a number, which may have come from another of its colour.

        They are computed as the dense Jacobian is, backward from each row, or from those together that do not meet anywhere.
        """
        root, targets = recording.root, recording.targets
        doubtful = ~np.isfinite(found)
        if plan.forward:
            # 0 times an infinite derivative is 0 forward, and is not always so backward. With weights that nothing cancels
            # one pass finds the columns where there is any.
            weights = np.random.default_rng(0).uniform(1.0, 2.0, np.shape(get_data(root))).astype(get_data(root).dtype)
            columns = np.concatenate([np.ravel(raw(x)) for x in Pass(root, targets).take(weights)])
            doubtful |= ~np.isfinite(columns)[plan.columns]
        if plan.alone or not doubtful.any():
            return
        rows = np.unique(plan.rows[doubtful])
        meeting = find_pattern(root, targets, through_zeros=True)[rows]
        colours = color_columns(meeting.T.tocsr())
        of_rows = np.full(np.size(get_data(root)), -1)
        of_rows[rows] = colours
        elements = np.argsort(of_rows[plan.rows], kind="stable")
        ends = np.searchsorted(of_rows[plan.rows][elements], np.arange(colours.max() + 2))
        way = Pass(root, targets)
        for colour, (start, end) in enumerate(zip(ends, ends[1:], strict=False)):
            seed = (of_rows == colour).astype(get_data(root).dtype)
            taken = np.concatenate([np.ravel(raw(x)) for x in way.take(seed)])
            found[elements[start:end]] = taken[plan.columns[elements[start:end]]]

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

    def _pull(self, recording: Recording, seeds: np.ndarray) -> np.ndarray:
        """The derivatives by the copies of the targets, of the root along each of the seeds."""
        found = np.zeros((len(seeds), sum(np.size(get_data(copy)) for copy in recording.frontier)), seeds.dtype)
        ends = np.cumsum([np.size(get_data(copy)) for copy in recording.frontier])[:-1]
        for row, seed in zip(found, seeds, strict=True):
            sums = recording.pull(seed)
            for part, copy in zip(np.split(row, ends), recording.frontier, strict=True):
                part[...] = np.ravel(sums.get(copy, 0.0))
        return found


def _nothing(sizes: Sequence[int], targets: Sequence[Node], dtype: np.dtype[Any]) -> list[list[Any]]:
    from scipy.sparse import csr_array

    return [[csr_array((size, np.size(get_data(target))), dtype=dtype) for target in targets] for size in sizes]


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
