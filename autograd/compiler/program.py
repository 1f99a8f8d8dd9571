"""`Program`: a compiled function of scalars, and `compile_scalar`, which makes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.compiler import native, numpy_kernel
from autograd.compiler.errors import CompileError
from autograd.compiler.tape import Tape, flatten
from autograd.compiler.trace import trace
from autograd.engine.value import Value
from autograd.errors import ShapeError, type_name
from autograd.graph.modes import mode
from autograd.graph.node import Const, Node, ancestors


class Program:
    """A flat program of a graph of scalars, run forward and backward without building a graph.

    Parameters
    ----------
    names, tape, native
        As below; `compile_scalar` makes one.

    Attributes
    ----------
    names : list of str
        Of the inputs.
    tape : Tape
    native : bool
        Whether numba runs it; NumPy does otherwise, segment by segment, with the same results, and under `detect_anomaly`,
        where every number is looked at.

    Examples
    --------
    >>> program = compile_scalar(lambda a, b: (a + b) * (b + 1))
    >>> program(2.0, 1.0)
    6.0
    >>> program.value_and_grad(2.0, 1.0)
    (6.0, (2.0, 5.0))
    >>> values, gradients = program.batch_value_and_grad([[2.0, 1.0], [0.0, 3.0]])
    >>> values.tolist(), gradients.tolist()
    ([6.0, 12.0], [[2.0, 5.0], [4.0, 7.0]])
    """

    def __init__(self, tape: Tape, names: Sequence[str], prefer_native: bool = True) -> None:
        self.tape, self.names = tape, list(names)
        self._kernel = native.kernel_for(tape) if prefer_native else None

    @property
    def native(self) -> bool:
        """Whether numba runs it."""
        return self._kernel is not None

    def __call__(self, *inputs: float) -> float:
        return float(self.batch(self._row(inputs))[0])

    def value_and_grad(self, *inputs: float) -> tuple[float, tuple[float, ...]]:
        """The value, and its derivative with respect to every input.

        Parameters
        ----------
        *inputs : float

        Returns
        -------
        tuple of float and tuple of float

        Examples
        --------
        >>> from autograd.compiler import compile_scalar
        >>> program = compile_scalar(lambda a, b: a * b)
        >>> program.value_and_grad(2.0, 3.0)
        (6.0, (3.0, 2.0))
        """
        values, gradients = self.batch_value_and_grad(self._row(inputs))
        return float(values[0]), tuple(gradients[0].tolist())

    def batch(self, rows: Any) -> np.ndarray:
        """The value for each row of inputs.

        Parameters
        ----------
        rows : array_like, (n, inputs)

        Returns
        -------
        array, (n,)

        Examples
        --------
        >>> from autograd.compiler import compile_scalar
        >>> program = compile_scalar(lambda a, b: a * b)
        >>> program.batch([[2.0, 3.0], [1.0, 4.0]])
        array([6., 4.])
        """
        return self.all_results(rows)[:, 0]

    def all_results(self, rows: Any) -> np.ndarray:
        """All results for each row of inputs, (n, results).

        Parameters
        ----------
        rows : array_like, shape (n, inputs)

        Examples
        --------
        >>> from autograd.compiler import compile_scalar
        >>> program = compile_scalar(lambda a, b: a * b)
        >>> program.all_results([[2.0, 3.0]])
        array([[6.]])
        """
        checked = self._check(rows)
        if self._kernel is not None and not mode().anomaly:
            return self._kernel.values(checked)
        return numpy_kernel.forward(self.tape, checked)[list(self.tape.roots)].T.copy()

    def batch_value_and_grad(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        """The value for each row of inputs, (n,), and its derivatives, (n, inputs).

        Parameters
        ----------
        rows : array_like, shape (n, inputs)

        Examples
        --------
        >>> from autograd.compiler import compile_scalar
        >>> program = compile_scalar(lambda a, b: a * b)
        >>> [found.tolist() for found in program.batch_value_and_grad([[2.0, 3.0]])]
        [[6.0], [[3.0, 2.0]]]
        """
        checked = self._check(rows)
        if self._kernel is not None and not mode().anomaly:
            found, gradients = self._kernel.values_and_gradients(checked)
            return found[:, 0], gradients
        values = numpy_kernel.forward(self.tape, checked)
        return values[self.tape.roots[0]].copy(), numpy_kernel.backward(self.tape, values)

    def _row(self, inputs: Sequence[float]) -> np.ndarray:
        if len(inputs) != len(self.names):
            raise TypeError(
                f"the program takes {len(self.names)} inputs ({', '.join(self.names[:8])}), got {len(inputs)}"
            )
        return np.array([inputs], dtype=np.float64)

    def _check(self, rows: Any) -> np.ndarray:
        checked = np.ascontiguousarray(rows, dtype=np.float64)
        if checked.ndim != 2 or checked.shape[1] != len(self.names):
            raise ShapeError(f"the program takes rows of {len(self.names)} inputs, got shape {checked.shape}")
        return checked

    def __len__(self) -> int:
        return len(self.tape)

    def __repr__(self) -> str:
        by = "numba" if self.native else "NumPy"
        return f"<Program of {len(self.names)} inputs: {len(self.tape)} slots in {len(self.tape.segments)} segments, run by {by}>"


def compile_scalar(what: Callable[..., Any] | Value, inputs: Sequence[Value] | None = None) -> Program:
    """The flat program of a function of scalars, or of a graph that was recorded.

    Parameters
    ----------
    what : callable or Value
        A function that is called once, with stand-ins for its arguments; or the root of a graph.
    inputs : sequence of Value, optional
        Which leaves of the graph are given anew at each call; by default all of them, in the order they were made.

    Raises
    ------
    CompileError
        Where the function looks at a value, or does something that a flat program has no place for.

    Examples
    --------
    >>> w, x = Value(0.5, name="w"), Value(2.0, name="x")
    >>> compile_scalar((w * x).tanh()).value_and_grad(0.0, 3.0)
    (0.0, (3.0, 0.0))
    """
    chosen, names, root = find_inputs(what, inputs)
    return Program(flatten([root], chosen), names)


def find_inputs(
    what: Callable[..., Any] | Value, inputs: Sequence[Value] | None = None
) -> tuple[list[Node], list[str], Node]:
    """The inputs of a function or a graph, their names, and the root."""
    if isinstance(what, Value):
        leaves = [n for n in ancestors(what) if n.op is None and n.__class__ is not Const]
        chosen: list[Node] = sorted(leaves, key=lambda n: n.order) if inputs is None else list(inputs)
        strangers = [n for n in chosen if n not in set(leaves)]
        if strangers:
            raise CompileError(f"{strangers[0].label()} is not a leaf of the graph of {what.label()}")
        return chosen, [node.name or f"x{k}" for k, node in enumerate(chosen)], what
    if not callable(what):
        raise CompileError(f"a function or a Value can be compiled, not {type_name(what)}")
    names = argument_names(what, _arity(what))
    traced, root = trace(what, names)
    return list(traced), names, root


def _arity(function: Callable[..., Any]) -> int:
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) or (p.kind is p.KEYWORD_ONLY) for p in parameters):
        raise CompileError("the function's arguments must be positional and counted: wrap it in one that says how many")
    return sum(1 for p in parameters if p.default is p.empty)
