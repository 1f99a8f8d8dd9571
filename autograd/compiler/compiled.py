"""`compile`: a function of arrays as a program for each signature that it is called with."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.compiler.capture import Trace
from autograd.compiler.emit import Emitted, emit
from autograd.compiler.errors import CompileError
from autograd.compiler.flat import flatten
from autograd.compiler.program import Program
from autograd.compiler.tape import flatten as flatten_scalars
from autograd.compiler.trace import TracedScalar
from autograd.node import get_data, get_grad, set_grad
from autograd.tensor import Tensor
from autograd.tree import leaves, map_leaves, rebuild
from autograd.value import Value

# Programs that are kept, and from which number on somebody should know.
KEPT, MANY = 32, 8


class _Program:
    """One signature: what to read, what to run, and what to make of its results."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, names: list[str]) -> None:
        trace = Trace()
        given = leaves((args, kwargs))
        arrays = iter(names)
        stand_ins = [trace.input(_array(x), next(arrays)) if _varies(x) else x for x in given]
        traced_args, traced_kwargs = rebuild((args, kwargs), iter(stand_ins))
        result = trace.run(function, *traced_args, **traced_kwargs)
        self.tree, outputs = result, leaves(result)
        self.count = len(outputs)
        self.captured = list(trace.captured)
        self.with_gradient = list(trace.gradients)
        self.emitted: Emitted = emit(flatten(trace, [*outputs, *trace.gradients.values()]))
        self.aliased, self.single = self.emitted.given[: self.count], not isinstance(result, (dict, list, tuple))
        self._idle: list[Callable[..., Any]] = []

    @property
    def source(self) -> str:
        """The program as NumPy source."""
        return self.emitted.source

    def __call__(self, args: Any, kwargs: Any) -> Any:
        given = [_array(x) for x in leaves((args, kwargs)) if _varies(x)]
        # Each call has buffers of its own, and leaves them for the next: so threads may share a program.
        run = self._idle.pop() if self._idle else self.emitted.make()
        try:
            with np.errstate(all="ignore"):
                results = run(*given, *[get_data(tensor) for tensor in self.captured])
        finally:
            self._idle.append(run)
        if self.with_gradient:
            results, gradients = results[: self.count], results[self.count :]
            for tensor, gradient in zip(self.with_gradient, gradients, strict=True):
                held = get_grad(tensor)
                set_grad(tensor, np.asarray(gradient) if held is None else held + gradient)
        # What is an input, or looks at one, is not given away.
        own = [_number(np.array(x) if aliased else x) for x, aliased in zip(results, self.aliased, strict=True)]
        return own[0] if self.single else rebuild(self.tree, iter(own))


class _ScalarProgram:
    """One signature of plain floats: a flat tape; whole numbers and all else are part of the signature."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, names: list[str]) -> None:
        given = leaves((args, kwargs))
        words = iter(names)
        stand_ins = [TracedScalar(next(words)) if x.__class__ is float else x for x in given]
        traced_args, traced_kwargs = rebuild((args, kwargs), iter(stand_ins))
        self.tree = function(*traced_args, **traced_kwargs)
        roots = [x for x in leaves(self.tree) if isinstance(x, TracedScalar)]
        inputs = [x for x in stand_ins if isinstance(x, TracedScalar)]
        self.program = Program(flatten_scalars(roots, inputs), names) if roots else None

    def __call__(self, args: Any, kwargs: Any) -> Any:
        found: list[float] = []
        if self.program is not None:
            row = [x for x in leaves((args, kwargs)) if x.__class__ is float]
            found = self.program.all_results([row])[0].tolist()
        results = iter(found)
        return map_leaves(lambda x: next(results) if isinstance(x, TracedScalar) else x, self.tree)

    @property
    def source(self) -> str:
        """What there is to read."""
        raise CompileError("a program of scalars is a tape, not source: see autograd.compiler.gradient_source")


class Compiled:
    """A function that is captured once for every signature, and then run as a flat program.

    Attributes
    ----------
    function : callable
        The original.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._programs: OrderedDict[Any, _Program | _ScalarProgram] = OrderedDict()
        self._made = 0
        self._lock = threading.Lock()
        update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._program(args, kwargs)(args, kwargs)

    def _program(self, args: Any, kwargs: Any) -> _Program | _ScalarProgram:
        arrays = any(_varies(x) for x in leaves((args, kwargs)))
        signature = _signature((args, kwargs), floats=arrays)
        program = self._programs.get(signature)
        if program is None:
            with self._lock:
                program = self._programs.get(signature) or self._compiled(signature, args, kwargs)
        return program

    def _compiled(self, signature: Any, args: Any, kwargs: Any) -> _Program | _ScalarProgram:
        arrays = any(_varies(x) for x in leaves((args, kwargs)))
        kind = _Program if arrays or not any(x.__class__ is float for x in leaves((args, kwargs))) else _ScalarProgram
        program = kind(
            self.function, args, kwargs, _names(self.function, args, kwargs, _varies if arrays else _is_float)
        )
        self._programs[signature] = program
        self._made += 1
        if self._made == MANY:
            warnings.warn(
                f"{getattr(self.function, '__name__', 'a function')} was compiled for {MANY} signatures: shapes, dtypes and plain "
                "numbers are part of one; give numbers that change as arrays (np.array(0.1))",
                stacklevel=4,
            )
        while len(self._programs) > KEPT:
            self._programs.popitem(last=False)
        return program

    @property
    def source(self) -> str:
        """The program of the last signature that was compiled, as NumPy source."""
        if not self._programs:
            raise CompileError("nothing is compiled yet: call the function once, or compile_for(…) its arguments")
        return next(reversed(self._programs.values())).source

    def compile_for(self, *args: Any, **kwargs: Any) -> Compiled:
        """Compile for the signature of these arguments, without running; gives the function back."""
        self._program(args, kwargs)
        return self

    def __repr__(self) -> str:
        return f"<Compiled {getattr(self.function, '__name__', self.function)!s}: {len(self._programs)} programs>"


def compile(function: Callable[..., Any]) -> Compiled:
    """Capture a function of arrays once, and run it as a flat program from then on.

    Parameters
    ----------
    function : callable
        Of arrays, tensors, and structures of them; everything else that it is given is part of the signature. Where it is
        given no array at all, floats are its inputs, and the program is a tape of scalars. It may be a
        transform (`grad(f)`, `hvp`, …), call models, whose parameters are read anew at each run, and call `backward()`,
        whose gradients are added to `.grad` then.

    Returns
    -------
    Compiled
        Gives arrays, in the structure that the function gives; `source` is the program as NumPy source.

    Raises
    ------
    CompileError
        At the first call, where the function does something that depends on numbers: it names the line and the way out.

    Examples
    --------
    >>> import autograd as ag
    >>> def f(x, w):
    ...     h = np.tanh(x @ w)
    ...     return (h * h).sum()
    >>> gradient = ag.compile(ag.grad(f, 1))
    >>> x, w = np.eye(2), np.array([0.5, 1.0])
    >>> np.array_equal(gradient(x, w), ag.grad(f, 1)(x, w))
    True
    >>> ag.compile(ag.value_and_grad(lambda a, b: (a + b) * (b + 1), (0, 1)))(2.0, 1.0)
    (6.0, (2.0, 5.0))
    """
    if not callable(function):
        raise CompileError(f"compile takes a function, not {type(function).__name__}")
    return Compiled(function)


def _varies(x: Any) -> bool:
    """Whether something is an input of the program, and not part of its signature."""
    return isinstance(x, (np.ndarray, np.generic, Tensor)) and not isinstance(x, Value)


def _array(x: Any) -> np.ndarray:
    return get_data(x) if isinstance(x, Tensor) else np.asarray(x)


def _number(x: Any) -> Any:
    """Scalars without axes come out as NumPy's numbers."""
    return x[()] if x.__class__ is np.ndarray and not x.ndim else x


def _signature(tree: Any, floats: bool) -> Any:
    """What a program is made for: the structure, and of arrays shape and dtype, and everything else itself.

    With `floats`, a float is part of it; where there are no arrays, floats are what varies.
    """
    if isinstance(tree, dict):
        return ("dict", *((key, _signature(part, floats)) for key, part in tree.items()))
    if isinstance(tree, (list, tuple)):
        return (type(tree), *(_signature(part, floats) for part in tree))
    if tree.__class__ is float and not floats:
        return float
    if _varies(tree):
        array = _array(tree)
        return array.shape, array.dtype.char
    if isinstance(tree, Value):
        raise CompileError(
            "a compiled function takes floats, arrays and tensors; for the graph of a Value see compile_scalar"
        )
    try:
        hash(tree)
    except TypeError:
        raise CompileError(
            f"an argument of type {type(tree).__name__} can be no part of a signature: it has no hash"
        ) from None
    return type(tree), tree


def _is_float(x: Any) -> bool:
    return x.__class__ is float


def _names(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], is_input: Callable[[Any], bool]
) -> list[str]:
    """A name for each input: the argument's, with a number where there are several in it."""
    found = []
    for name, tree in [*zip(argument_names(function, len(args)), args, strict=True), *kwargs.items()]:
        count = sum(map(is_input, leaves(tree)))
        found += [name] if count == 1 else [f"{name}{k}" for k in range(count)]
    return found
