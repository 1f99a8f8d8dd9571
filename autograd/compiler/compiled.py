"""`compile`: a function of arrays as a program for each signature that it is called with."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import update_wrapper
from types import MethodType
from typing import Any, Generic, TypeVar, overload

import numpy as np

from autograd.arguments import argument_names
from autograd.compiler.array_program import ArrayProgram, array_of, face_of, is_static, varies
from autograd.compiler.budget import BUDGET, check_budget
from autograd.compiler.errors import CompileError
from autograd.compiler.program import Program
from autograd.compiler.static import StaticArguments
from autograd.compiler.tape import Tape
from autograd.compiler.tape import flatten as flatten_scalars
from autograd.compiler.trace import TracedScalar
from autograd.engine.tensor import Tensor, wrap
from autograd.engine.value import Value
from autograd.errors import AutogradError, type_name
from autograd.graph.modes import instead_of_backward, mode
from autograd.graph.node import Node, ancestors
from autograd.graph.tree import container_of, leaves, map_leaves, rebuild

# Signatures that are kept, programs of each (modules in training or not), and how many somebody should know of.
MAX_SIGNATURES, MAX_PROGRAMS_EACH, MANY_PROGRAMS = 32, 4, 8
ARRAYS, SCALARS = "arrays", "scalars"


class _ScalarProgram:
    """One signature of plain floats: a flat tape; whole numbers and all else are part of the signature."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: Any,
        kwargs: Any,
        names: list[str],
        native: bool = True,
        allowed: float = BUDGET,
    ) -> None:
        self.tree, tape, self._outside = _capture_scalars(function, args, kwargs, names)
        _, again, outside_again = _capture_scalars(function, args, kwargs, names)
        alike = tape is again if tape is None or again is None else tape.is_same(again)
        if not alike or list(map(id, self._outside)) != list(map(id, outside_again)):
            raise CompileError(
                f"captured twice, {getattr(function, '__name__', 'the function')} did not do the same twice: random numbers, a "
                "counter or the time would be the same in every run. Give what changes as an argument"
            )
        outside = [value.label() for value in self._outside]
        self.program = None if tape is None else Program(tape, [*names, *outside], native)

    def holds(self) -> bool:
        """Always: it has read nothing from outside."""
        return True

    def __call__(self, row: Sequence[float]) -> Any:
        found: list[float] = []
        if self.program is not None:
            found = self.program.all_results([[*row, *(value.data for value in self._outside)]])[0].tolist()
        results = iter(found)
        return map_leaves(lambda x: next(results) if isinstance(x, TracedScalar) else x, self.tree)

    @property
    def native_source(self) -> str:
        """The same as `source`."""
        return self.source

    @property
    def source(self) -> str:
        """What there is to read."""
        raise CompileError("a program of scalars is a tape, not source: see autograd.compiler.gradient_source")


class _NumberProgram:
    """A function of floats as a program of arrays without axes, for what a tape has no place for, such as operations of a user's own."""

    def __init__(
        self, function: Callable[..., Any], args: Any, kwargs: Any, names: list[str], native: bool, allowed: float
    ) -> None:
        args, kwargs = map_leaves(lambda x: np.asarray(x) if x.__class__ is float else x, (args, kwargs), is_static)
        self.program = ArrayProgram(function, args, kwargs, names, native, allowed)

    def holds(self) -> bool:
        """Whether the modes of modules are those of the capture."""
        return self.program.holds()

    def __call__(self, row: Sequence[float]) -> Any:
        out = self.program([np.asarray(x) for x in row])
        return map_leaves(lambda x: x.item() if isinstance(x, (np.ndarray, np.generic)) and not np.ndim(x) else x, out)

    @property
    def native_source(self) -> str:
        """That of the program of arrays."""
        return self.program.native_source

    @property
    def source(self) -> str:
        """That of the program of arrays."""
        return self.program.source


def _program_of_numbers(*given: Any) -> _ScalarProgram | _NumberProgram:
    """The program of a function of floats; what fails both ways fails as it does for floats."""
    try:
        return _ScalarProgram(*given)
    except (AutogradError, AttributeError) as error:
        # A number of a tape has neither shape nor dtype, which derivatives within ask for.
        try:
            return _NumberProgram(*given)
        except (AutogradError, AttributeError, TypeError, ValueError):
            raise error from None


def _capture_scalars(
    function: Callable[..., Any], args: Any, kwargs: Any, names: list[str]
) -> tuple[Any, Tape | None, list[Value]]:
    """What a function of floats gives, the tape of it, and the values from outside that it reads."""
    words = iter(names)
    stand_ins = [TracedScalar(next(words)) if x.__class__ is float else x for x in leaves((args, kwargs), is_static)]
    traced_args, traced_kwargs = rebuild((args, kwargs), iter(stand_ins), is_static)
    tree = function(*traced_args, **traced_kwargs)
    roots = [x for x in leaves(tree) if isinstance(x, TracedScalar)]
    inputs: list[Any] = [x for x in stand_ins if isinstance(x, TracedScalar)]
    reached = dict.fromkeys(node for root in roots for node in ancestors(root))
    outside = [node for node in reached if isinstance(node, Value)]
    return tree, flatten_scalars(roots, [*inputs, *outside]) if roots else None, outside


R = TypeVar("R")


class Compiled(Generic[R]):
    """A function that is captured once for every signature, and then run as a flat program.

    Parameters
    ----------
    function : callable
    native : bool
        Whether numba makes machine code of it, where that is installed.
    budget : float
        Seconds that the first run of a program may wait for machine code.
    static_argnums : int or sequence of int
    static_argnames : str or sequence of str
        Arguments that are part of the signature, and inputs of no program.

    Attributes
    ----------
    function : callable
        The original.

    Examples
    --------
    >>> import numpy as np, autograd
    >>> fast = autograd.compile(lambda x: autograd.exp(x) * 2.0, native=False)
    >>> fast(np.zeros(2))
    array([2., 2.])
    """

    def __init__(
        self,
        function: Callable[..., R],
        native: bool = True,
        budget: float = BUDGET,
        static_argnums: int | Sequence[int] = (),
        static_argnames: str | Sequence[str] = (),
    ) -> None:
        # First, because it takes over the attributes of what is compiled already.
        update_wrapper(self, function)
        self.function: Callable[..., R] = function
        self.native: bool = native
        self.budget: float = check_budget(budget)
        self._chosen = static_argnums, static_argnames
        self._static = StaticArguments(function, static_argnums, static_argnames)
        self._shown = self._static.show(function)
        self._programs: OrderedDict[Any, list[ArrayProgram | _ScalarProgram | _NumberProgram]] = OrderedDict()
        self._made = 0
        self._lock = threading.Lock()

    def __call__(self, *args: Any, **kwargs: Any) -> R:
        now = mode()
        if self._static:
            args, kwargs = self._static.hide(args, kwargs)
        signature, given, nodes = _signature(args, kwargs, now.grad)
        if now.recorder is not None or any([now.grad or x.__class__ is TracedScalar for x in nodes if x.needs_grad]):
            # Within another program, and where a derivative is taken, the function itself tells what it does.
            return self._shown(*args, **kwargs)
        if now.anomaly or instead_of_backward.get() is not None:
            return self._eager(args, kwargs)
        return (self._find(signature) or self._compile(signature, args, kwargs))(given)

    def _eager(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a program does, one recorded operation after the other, where somebody looks at each of them."""
        has_arrays = any(map(varies, leaves((args, kwargs), is_static)))

        def node(x: Any) -> Any:
            if varies(x):
                return wrap(np.array(array_of(x)), face=face_of(x))
            return Value(x, requires_grad=False) if _is_float(x) and not has_arrays else x

        def number(x: Any) -> Any:
            if isinstance(x, Value):
                return x.data
            if face_of(x) is not Tensor:
                return wrap(np.array(array_of(x)), face=face_of(x))
            # As a program gives them: numbers without axes, and arrays of the caller's own.
            return np.array(array_of(x))[()] if varies(x) else x

        args, kwargs = map_leaves(node, (args, kwargs), is_static)
        return map_leaves(number, self._shown(*args, **kwargs))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """A method of an instance, where a function in a class was compiled."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        # A copy compiles anew: programs hold on to the parameters that they were captured with.
        return type(self), (self.function, self.native, self.budget, *self._chosen)

    def _find(self, signature: Any) -> ArrayProgram | _ScalarProgram | _NumberProgram | None:
        """The program for a signature, and for the modes that modules are in now."""
        for program in self._programs.get(signature, ()):
            if program.holds():
                return program
        return None

    def _compile(self, signature: Any, args: Any, kwargs: Any) -> ArrayProgram | _ScalarProgram | _NumberProgram:
        with self._lock:
            found = self._find(signature)
            if found is not None:
                return found
            scalars = signature[0] == SCALARS
            names = _names(self.function, args, kwargs, _is_float if scalars else varies)
            kind = _program_of_numbers if scalars else ArrayProgram
            program = kind(self._shown, args, kwargs, names, self.native, self.budget)
            # The newest first, and its signature last, where those that are forgotten are not taken from.
            self._programs[signature] = [program, *self._programs.pop(signature, ())][:MAX_PROGRAMS_EACH]
            self._made += 1
            while len(self._programs) > MAX_SIGNATURES:
                self._programs.popitem(last=False)
        if self._made == MANY_PROGRAMS:
            warnings.warn(
                f"{getattr(self.function, '__name__', 'a function')} was compiled {MANY_PROGRAMS} times: shapes, dtypes, plain numbers and "
                "the mode of modules are part of a signature; give numbers that change as arrays (np.array(0.1))",
                stacklevel=3,
            )
        return program

    @property
    def source(self) -> str:
        """The program of the last signature that was compiled, as NumPy source."""
        return self._latest().source

    @property
    def native_source(self) -> str:
        """The native loops, and the program that calls them; it runs in place of `source` if numba is installed."""
        return self._latest().native_source

    def _latest(self) -> ArrayProgram | _ScalarProgram | _NumberProgram:
        if not self._programs:
            raise CompileError("nothing is compiled yet: call the function once, or compile_for(…) its arguments")
        return next(reversed(self._programs.values()))[0]

    def compile_for(self, *args: Any, **kwargs: Any) -> Compiled:
        """Compile for the signature of these arguments, without running; gives the function back.

        Parameters
        ----------
        *args, **kwargs
            As for a call.

        Returns
        -------
        Compiled
            This one.

        Examples
        --------
        >>> import numpy as np, autograd
        >>> fast = autograd.compile(lambda x: x * 2.0, native=False).compile_for(np.zeros(2))
        >>> fast(np.ones(2))
        array([2., 2.])
        """
        given, named = self._static.hide(args, kwargs)
        signature, *_ = _signature(given, named, mode().grad)
        self._compile(signature, given, named)
        return self

    def __repr__(self) -> str:
        return f"<Compiled {getattr(self.function, '__name__', self.function)!s}: {sum(map(len, self._programs.values()))} programs>"


@overload
def compile(
    function: Callable[..., Node],
    *,
    native: bool = True,
    budget: float = BUDGET,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
) -> Compiled[Any]: ...
@overload
def compile(
    function: Callable[..., R],
    *,
    native: bool = True,
    budget: float = BUDGET,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
) -> Compiled[R]: ...
def compile(
    function: Callable[..., Any],
    *,
    native: bool = True,
    budget: float = BUDGET,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
) -> Compiled[Any]:
    """Capture a function of arrays once, and run it as a flat program from then on.

    Parameters
    ----------
    function : callable
        Of arrays, tensors, and structures of them; everything else that it is given is part of the signature. Where it is
        given no array at all, floats are its inputs, and the program is a tape of scalars. It may be a transform
        (`grad(f)`, `hvp`, …), call models, whose parameters are read anew at each run, and be a whole training step:
        `backward()` writes gradients, and `optimizer.step()`, `clip_grad_norm_` and their kin are called after each run.
    native : bool
        Whether numba, where it is installed, compiles what is element-wise to loops; otherwise NumPy does all, and a
        debugger steps through all of it.
    budget : float
        About how many seconds the first run may wait for machine code. Where that would take longer, NumPy runs the program
        until it has taken as long itself, a number of runs that is the same each time; then machine code is made. Where it
        would take more than a twentieth of it to write the program alone, as for thousands of operations, they are run one
        after the other at first, until that has taken as long. `math.inf` does all at once. Machine code that is kept from an
        earlier process is used as soon as the program is written. From two seconds on, a terminal is told.
    static_argnums : int or sequence of int
        Numbers of arguments that are part of the signature as they are: the function may branch on them, floats too. They
        have a hash. So is a frozen dataclass without arrays, unasked.
    static_argnames : str or sequence of str
        The same by name. An argument is static however it is given, where its name and its number are known.

    Returns
    -------
    Compiled
        Gives arrays, or tensors of a dialect for such, in the structure that the function gives; `source` is the program as
        NumPy source. Given tensors that require a gradient, it runs the function itself, recorded: compile the derivative,
        not what is differentiated.

    Notes
    -----
    Read anew at each run are the data of tensors and values from outside, running averages, whether modules are in training,
    and whether gradients are recorded (`no_grad`). Everything else that the function finds outside is what it was at the first
    call: numbers and arrays in closures, options such as a dropout's `p`.

    Programs neither warn of floating-point errors nor raise them. Under `detect_anomaly`, and where a debugger stops at
    backward passes, the function itself is run, so that each of its operations is looked at.

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
    >>> np.allclose(gradient(x, w), ag.grad(f, 1)(x, w), rtol=1e-14)
    True
    >>> ag.compile(ag.value_and_grad(lambda a, b: (a + b) * (b + 1), (0, 1)))(2.0, 1.0)
    (6.0, (2.0, 5.0))
    """
    if not callable(function):
        raise CompileError(f"compile takes a function, not {type_name(function)}")
    return Compiled(function, native, budget, static_argnums, static_argnames)


def _signature(
    args: tuple[Any, ...], kwargs: dict[str, Any], grad: bool
) -> tuple[Any, list[Any], list[Tensor | TracedScalar]]:
    """What a program is made for, the inputs of this call, and the nodes among them.

    Whether gradients are recorded is part of it, the structure, of arrays shape and dtype, and everything else itself; where
    there are no arrays, floats are the inputs.
    """
    given: list[Any] = []
    nodes: list[Tensor | TracedScalar] = []
    key = [ARRAYS, grad, *[_part(x, given, nodes) for x in args]]
    key += [(name, _part(x, given, nodes)) for name, x in kwargs.items()]
    if not given:
        floats = [x for x in leaves((args, kwargs), is_static) if x.__class__ is float]
        if floats:
            return (SCALARS, grad, *[_part(x, given, nodes, True) for x in (args, kwargs)]), floats, nodes
    return tuple(key), given, nodes


def _part(tree: Any, given: list[Any], nodes: list[Tensor | TracedScalar], free: bool = False) -> Any:
    """What the signature has for an argument, of which floats may be free; the arrays and nodes in it are added to the lists."""
    if tree.__class__ is np.ndarray:
        given.append(tree)
        return tree.shape, tree.dtype
    if isinstance(tree, dict):
        return ("dict", *[(key, _part(part, given, nodes, free)) for key, part in tree.items()])
    if isinstance(tree, (list, tuple)):
        return (type(tree), *[_part(part, given, nodes, free) for part in tree])
    container = container_of(tree.__class__)
    if container is not None and not is_static(tree):
        parts, rest = container.take_apart(tree)
        return (type(tree), _part(rest, [], nodes), *[_part(part, given, nodes, free) for part in parts])
    if varies(tree):
        part = _part(array_of(tree), given, nodes)
        if isinstance(tree, Tensor):
            nodes.append(tree)
            return part if tree.face is Tensor else (tree.face, part)
        return part
    if isinstance(tree, TracedScalar):
        nodes.append(tree)
    if isinstance(tree, Value):
        raise CompileError(
            "a compiled function takes floats, arrays and tensors; for the graph of a Value see compile_scalar"
        )
    if tree.__class__ is float:
        # Zeros have signs, and nan equals nothing.
        return float if free else (float, tree.hex())
    try:
        hash(tree)
    except TypeError:
        raise CompileError(
            f"an argument of type {type_name(tree)} can be no part of a signature: it has no hash. Give the arrays and "
            "numbers in it as arguments, or something frozen: a tuple, a frozenset, a @dataclass(frozen=True)"
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
        count = sum(map(is_input, leaves(tree, is_static)))
        found += [name] if count == 1 else [f"{name}{k}" for k in range(count)]
    return found
