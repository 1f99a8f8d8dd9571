"""`ArrayProgram`: one signature of a function of arrays: captured, written down, and run with all that it does."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from autograd.compiler import budget, collector
from autograd.compiler.capture import Call, Gradients, Later, Trace, TracedTensor
from autograd.compiler.emit import Emitted, Given, emit
from autograd.compiler.flat import flatten
from autograd.compiler.interpreter import Interpreter
from autograd.compiler.loop_module import loop_module
from autograd.engine.backward import sum_of
from autograd.engine.tensor import Tensor, wrap
from autograd.engine.value import Value
from autograd.graph.node import GRADIENTS, HOOKS, Node, get_data, get_grad, set_grad
from autograd.graph.op import refuse_masks, refuse_matrix
from autograd.graph.tree import is_leaf, leaves, map_leaves, rebuild
from autograd.machine_code import has_numba, runs_machine_code

# References to a buffer that nobody else holds: the list of buffers, and the argument of getrefcount.
UNSHARED = 2


class ArrayProgram:
    """What to read, what to run, and what to make of its results.

    Parameters
    ----------
    function : callable
    args, kwargs
        One call's; of arrays only shapes and dtypes count.
    names : list of str
        Of the arrays in them.
    native : bool
        Whether numba makes machine code of loops, where it is installed.
    allowed : float
        Seconds that the first run may wait for machine code. What would take longer is done later: at first the operations
        of the table run one after the other, or NumPy's program.

    Attributes
    ----------
    running : Emitted or Interpreter
        What the next call runs.
    source : str
        The program as NumPy source.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: Any,
        kwargs: Any,
        names: list[str],
        native: bool = True,
        allowed: float = budget.BUDGET,
    ) -> None:
        trace, result = _capture(function, args, kwargs, names)
        again, other = _capture(function, args, kwargs, names, trace)
        again.refuse_differences((result, other))
        self._tree = result
        self._single = is_leaf(result)
        self._effects = trace.effects
        computed = [x for x in leaves(result) if not isinstance(x, Later)]
        self._count = len(computed)
        self._is_computed = self._count == len(leaves(result))
        for effect in trace.effects:
            if isinstance(effect, Call):
                computed += [x for x in effect.arguments if isinstance(x, TracedTensor)]
        faces = [getattr(x, "face", Tensor) for x in computed]
        # None where all are arrays, as they mostly are.
        self._faces = faces if any([face is not Tensor for face in faces]) else None
        added = [pair for e in trace.effects if isinstance(e, Gradients) for pair in e.added.items()]
        given = [Given(trace.captured[t], t.shape, _is_turned(get_data(t))) for t, _ in added]
        with collector.pause():
            self._flat = flatten(trace, [*computed, *(g for _, g in added)])
        self._given = given
        self._wants_native = native
        # Loops of which no machine code was kept, what takes over from what runs now, and after how many runs.
        self._new_loops = ""
        self._later: Callable[[], Emitted] | None = None
        self._runs_left = 0
        self.running: Emitted | Interpreter = self._start(allowed)
        self._with_gradient = [tensor for tensor, _ in added]
        self._outside = list(trace.captured)
        self._kinds = [(t, t.shape, t.dtype, t.needs_grad) for t in trace.captured]
        self._drawn = list(trace.drawn.values())
        self._modules = list(trace.modules.items())
        # What modules are made of, each part of which may be replaced by another.
        self._kept_in = [parts.values() for module in trace.modules for parts in module.structure()]
        self._parts = list(chain.from_iterable(self._kept_in))
        first = trace.effects[0] if trace.effects else None
        # What is forgotten before anything else is forgotten before it is computed anew: its memory may be used for that.
        self._forgotten = list(first.forgotten) if isinstance(first, Gradients) else []
        self._idle: list[tuple[Callable[..., Any], list[np.ndarray]]] = []

    def _start(self, allowed: float) -> Emitted | Interpreter:
        """What runs at first: the program as it was captured, where more than a moment goes by until it is written."""
        # For NumPy, as it is at least: to ask whether numba is there is to import it.
        writing = budget.seconds_to_write(self._flat, native=False)
        if writing <= budget.moment(allowed):
            return self._choose(allowed)
        # What takes longer than all that may be waited for is written once, with machine code.
        then = math.inf if writing > max(allowed, budget.TOLD) else allowed
        self._runs_left, self._later = budget.runs_unwritten(self._flat, writing), partial(self._choose, then)
        return Interpreter(self._flat, self._given)

    def _choose(self, allowed: float) -> Emitted:
        """The written program; NumPy's at first, where machine code would take longer than that to make."""
        with budget.tell_of_writing(self._flat, self._native, sys.stderr):
            written = self._written
        duration = budget.seconds(written.loops)
        if duration <= min(allowed, budget.TOLD) or budget.is_made(written.loops):
            return written
        self._new_loops = written.loops
        budget.tell(written.scope, written.loops, sys.stderr)
        if duration <= allowed:
            return written
        self._runs_left, self._later = budget.runs(self._flat, duration), lambda: written
        return self._plain

    def _take_over(self) -> None:
        """Run from now on what was to come later; other threads go on as before until it is there."""
        later, self._later = self._later, None
        if later is None:
            return
        try:
            self.running = later()
        except BaseException:
            # The next call tries again what Ctrl-C ended.
            self._later = later
            raise
        self._idle = []

    def _has_loops(self) -> bool:
        """Whether what runs now has machine code."""
        return isinstance(self.running, Emitted) and self.running.loops != ""

    @property
    def source(self) -> str:
        """The program as NumPy source, whatever runs it."""
        return self._plain.source if self._written.loops else self._written.source

    @property
    def native_source(self) -> str:
        """What runs where numba is there: the loops, and the program that calls them; empty where there are none."""
        return f"{self._written.loops}\n\n{self._written.source}" if self._written.loops else ""

    @cached_property
    def _native(self) -> bool:
        """Whether numba makes machine code of loops."""
        return self._wants_native and has_numba()

    @cached_property
    def _written(self) -> Emitted:
        """With loops of machine code, where numba is there."""
        native = (loop_module, runs_machine_code()) if self._native else (None, False)
        with collector.pause():
            return emit(self._flat, self._given, *native)

    @cached_property
    def _plain(self) -> Emitted:
        return emit(self._flat, self._given)

    def holds(self) -> bool:
        """Whether all that was found outside the function is still of its kind: what modules are made of, parameters' shapes."""
        for module, training in self._modules:
            if module.training is not training:
                return False
        parts = list(chain.from_iterable(self._kept_in))
        if len(parts) != len(self._parts) or not all(map(is_, parts, self._parts)):
            return False
        for tensor, shape, dtype, requires_grad in self._kinds:
            data = get_data(tensor)
            if (
                data.shape != shape
                or (data.dtype is not dtype and data.dtype != dtype)
                or tensor.needs_grad is not requires_grad
            ):
                return False
            if HOOKS and HOOKS.get(tensor):
                return False
        return True

    def __call__(self, arrays: Sequence[np.ndarray]) -> Any:
        if self._later is not None:
            if self._runs_left <= 0:
                self._take_over()
            self._runs_left -= 1
        for tensor in self._forgotten:
            set_grad(tensor, None)
        # Each call has buffers of its own, and leaves them for the next: so threads may share a program.
        idle = self._idle
        try:
            run, gradients = idle.pop()
        except IndexError:
            run, gradients = self._runner()
        for k in range(len(gradients)):
            if sys.getrefcount(gradients[k]) > UNSHARED:
                gradients[k] = np.empty_like(gradients[k])
        outside = list(map(get_data, self._outside))
        drawn = [generator.random(shape) for generator, shape in self._drawn]
        try:
            with np.errstate(all="ignore"):
                computed = run(*arrays, *outside, *drawn, *gradients)
        except Exception as error:
            if not self._has_loops() or not type(error).__module__.startswith("numba."):
                raise
            # What numba can't compile, NumPy runs; numbers that were drawn are not drawn again.
            self.running = self._written = self._plain
            idle = self._idle = []
            run, gradients = self._runner()
            with np.errstate(all="ignore"):
                computed = run(*arrays, *outside, *drawn, *gradients)
        if self._new_loops and self._has_loops():
            budget.note_made(self._new_loops)
            self._new_loops = ""
        own = map(_number, computed) if self._faces is None else map(_in_face, computed, self._faces)
        result = self._result(own, gradients)
        # Not before gradients are where they belong: until then another thread would take them for unused.
        idle.append((run, gradients))
        return result

    def _result(self, own: Iterator[Any], gradients: list[np.ndarray]) -> Any:
        """What the function gives, after it has done what it does beside computing."""
        if not self._effects:
            return next(own) if self._single else rebuild(self._tree, own)
        results = iter([next(own) for _ in range(self._count)])
        found = self._affect(own, iter(gradients))
        if self._is_computed:
            return next(results) if self._single else rebuild(self._tree, results)
        return map_leaves(lambda x: found[x] if isinstance(x, Later) else next(results), self._tree)

    def _runner(self) -> tuple[Callable[..., Any], list[np.ndarray]]:
        return self.running.make(), [np.empty_like(get_data(t)) for t in self._with_gradient]

    def _affect(self, computed: Any, gradients: Any) -> dict[Later, Any]:
        """Do what the function does beside computing."""
        found = {}
        for effect in self._effects:
            if isinstance(effect, Call):
                arguments = [next(computed) if isinstance(x, TracedTensor) else x for x in effect.arguments]
                found[effect.later] = effect.function(*arguments)
                continue
            with GRADIENTS:
                for tensor in effect.dropped:
                    set_grad(tensor, None)
                for tensor in effect.added:
                    held, arrived = None if tensor in effect.forgotten else get_grad(tensor), next(gradients)
                    set_grad(tensor, arrived if held is None else sum_of(tensor, held, arrived))
        return found


def _capture(
    function: Callable[..., Any], args: Any, kwargs: Any, names: list[str], first: Trace | None = None
) -> tuple[Trace, Any]:
    trace = Trace(first)
    words = iter(names)
    stand_ins = [
        trace.input(array_of(x), next(words), face_of(x)) if varies(x) else x for x in leaves((args, kwargs), is_static)
    ]

    def run() -> Any:
        # Here, because a dataclass computes when it is made.
        traced_args, traced_kwargs = rebuild((args, kwargs), iter(stand_ins), is_static)
        result = function(*traced_args, **traced_kwargs)
        return map_leaves(lambda x: trace.stand_in(x) if isinstance(x, Tensor) else x, result)

    with collector.pause():
        return trace, trace.run(run)


def varies(x: Any) -> bool:
    """Whether something is an input of a program, and not part of its signature.

    Examples
    --------
    >>> varies(np.float64(2.0)), varies(2.0)
    (True, False)
    """
    return isinstance(x, (np.ndarray, np.generic, Tensor)) and not isinstance(x, Value)


def is_static(x: Any) -> bool:
    """Whether a dataclass is part of the signature as a whole: it is frozen, and holds no array and no node.

    Examples
    --------
    >>> from fractions import Fraction
    >>> is_static(Fraction(1, 2)), is_static([1.0])
    (False, False)
    """
    if not hasattr(x, "__dataclass_fields__") or isinstance(x, type):
        return False
    try:
        hash(x)
    except TypeError:
        return False
    return not any([isinstance(leaf, Node) or varies(leaf) for leaf in leaves(x)])


def array_of(x: Any) -> np.ndarray:
    """The array of an input.

    Examples
    --------
    >>> array_of(Tensor([1.0, 2.0]))
    array([1., 2.])
    """
    if isinstance(x, Tensor):
        return get_data(x)
    if isinstance(x, np.ndarray):
        refuse_masks("a compiled function", x)
        if x.__class__ is not np.ndarray:
            refuse_matrix("a compiled function", x)
    return np.asarray(x)


def face_of(x: Any) -> type[Tensor]:
    """The dialect that an input is talked to in."""
    return x.face if isinstance(x, Tensor) else Tensor


def _in_face(x: Any, face: type[Tensor]) -> Any:
    """A result as what the function gives: an array, or a tensor of a dialect."""
    return _number(x) if face is Tensor else wrap(np.asarray(x), face=face)


def _is_turned(array: np.ndarray) -> bool:
    return array.ndim == 2 and array.flags.f_contiguous and not array.flags.c_contiguous


def _number(x: Any) -> Any:
    """Scalars without axes come out as NumPy's numbers."""
    return x[()] if x.__class__ is np.ndarray and not x.ndim else x
