"""Hypothesis strategies for gradients: well-scaled numbers, arrays, shapes that broadcast, and whole random graphs that shrink."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from autograd.check.operations import list_array_operations, list_operations
from autograd.check.programs import Call, Draw, Operation, Program, is_well_scaled

try:
    from hypothesis import assume
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp
except ImportError as error:
    from autograd.errors import MissingDependencyError

    raise MissingDependencyError("autograd.check.strategies needs hypothesis: pip install hypothesis") from error

Kinks = Literal["avoid", "seek"]
KINKS = (0.0, 1.0, -1.0, 2.0, 6.0)


def floats(kinks: Kinks = "avoid", *, positive: bool = False, largest: float = 3.0) -> st.SearchStrategy[float]:
    """Numbers on the scale of 1.

    Parameters
    ----------
    kinks : {"avoid", "seek"}
        Keep away from 0 and from each other's neighbourhood, or prefer the numbers at which functions usually have kinks.
    positive : bool
    largest : float

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(floats())
    ... def test(x):
    ...     assert 0.2 <= abs(x) <= 3.0
    >>> test()
    """
    moderate = st.floats(0.25, largest, allow_nan=False, width=32).map(float)
    if not positive:
        moderate = moderate | moderate.map(lambda x: -x)
    if kinks == "avoid":
        return moderate
    at_kinks = [k for k in KINKS if abs(k) <= max(largest, 1.0) and (k > 0.0 or not positive)]
    return st.sampled_from(at_kinks) | moderate


def shapes(*, least: int = 1, most_axes: int = 3, longest: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes, from () on; axes of length `least` to `longest`."""
    return hnp.array_shapes(min_dims=0, max_dims=most_axes, min_side=least, max_side=longest)


def broadcastable_shapes(count: int = 2, *, longest: int = 3) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    """So many shapes that broadcast together.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(broadcastable_shapes(3))
    ... def test(shapes):
    ...     np.broadcast_shapes(*shapes)
    >>> test()
    """
    return hnp.mutually_broadcastable_shapes(num_shapes=count, max_dims=3, max_side=longest).map(
        lambda s: s.input_shapes
    )


def arrays(
    shape: tuple[int, ...] | st.SearchStrategy[tuple[int, ...]] | None = None,
    kinks: Kinks = "avoid",
    *,
    positive: bool = False,
    largest: float = 3.0,
) -> st.SearchStrategy[np.ndarray]:
    """Float64 arrays of such numbers; where kinks are avoided, no two elements are equal.

    Parameters
    ----------
    shape : tuple of int, or a strategy of shapes
        By default any of `shapes()`.
    kinks, positive, largest
        As for `floats`.
    """
    elements = floats(kinks, positive=positive, largest=largest)
    return hnp.arrays(np.float64, shapes() if shape is None else shape, elements=elements, unique=kinks == "avoid")


def programs(
    inputs: st.SearchStrategy[Sequence[Any]],
    menus: Sequence[Iterable[Operation]],
    kinks: Kinks = "avoid",
    most_calls: int = 8,
) -> st.SearchStrategy[Program]:
    """Random graphs over given operations; they shrink to few calls of the operations that come first.

    Parameters
    ----------
    inputs : strategy of sequences of floats or arrays
    menus : sequence of iterables of Operation
        Each menu is as likely as the others; see `autograd.check.operations.list_operations`.
    kinks : {"avoid", "seek"}
        Whether every call must be smooth around its operands.
    most_calls : int
    """
    choose = st.one_of(*(st.sampled_from(list(operations)) for operations in menus))

    @st.composite
    def build(draw: st.DrawFn) -> Program:
        given = tuple(draw(inputs))
        values: list[Any] = list(given)
        calls: list[Call] = []
        choices = Draw(lambda low, high: draw(st.integers(low, high)))
        for _ in range(draw(st.integers(1, most_calls))):
            operation = draw(choose)
            # Later values first, so that graphs are deep and shrink towards their latest value.
            operands = tuple(len(values) - 1 - draw(st.integers(0, len(values) - 1)) for _ in range(operation.arity))
            found = _try_call(operation, operands, values, choices, kinks)
            if found is not None:
                calls.append(found[0])
                values.append(found[1])
        assume(calls)
        return Program(given, tuple(calls)).prune()

    return build()


def _try_call(
    operation: Operation, operands: tuple[int, ...], values: Sequence[Any], choices: Draw, kinks: Kinks
) -> tuple[Call, Any] | None:
    """A call and its value, where the operation suits the operands."""
    xs = [values[i] for i in operands]
    params = operation.parameters(choices, [np.shape(x) for x in xs]) if operation.parameters else {}
    if params is None:
        return None

    def call(*moved: Any) -> Any:
        return operation.call(*moved, **params)

    with np.errstate(all="ignore"):
        try:
            out = call(*xs)
            if np.size(out) == 0 or np.size(out) > 64 or not is_well_scaled(call, xs, out, kinks == "seek"):
                return None
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            return None
    return Call(operation, operands, params), out


def scalar_programs(kinks: Kinks = "avoid", *, most_calls: int = 8) -> st.SearchStrategy[Program]:
    """Random graphs of scalars over all rows of the table that take scalars.

    Examples
    --------
    >>> from hypothesis import given
    >>> from autograd.check import assert_gradients
    >>> @given(scalar_programs())
    ... def test(program):
    ...     assert_gradients(program.run, *program.inputs, allow_inconclusive=True)
    >>> test()
    """
    return programs(st.lists(floats(kinks), min_size=1, max_size=3), [list_operations().values()], kinks, most_calls)


def tensor_programs(kinks: Kinks = "avoid", *, most_calls: int = 8) -> st.SearchStrategy[Program]:
    """Random graphs of arrays: rows of the table element by element, with broadcasting, and operations of whole arrays."""
    sides = st.integers(1, 3)
    matching = st.builds(lambda n, k, m: ((n, k), (m, k), (m,)), sides, sides, sides)
    square = st.builds(lambda n: ((n, n), (n,), ()), st.integers(2, 3))
    chosen = broadcastable_shapes(3) | matching | square
    some = chosen.flatmap(lambda shapes: st.tuples(*(arrays(s, kinks) for s in shapes)))
    return programs(some, [list_operations(arrays=True).values(), list_array_operations().values()], kinks, most_calls)
