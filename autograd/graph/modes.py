"""The modes that recording depends on: `no_grad`, `detect_anomaly`, `record_sites`, capture, and the scope of a module.

A mode is a context variable: it holds for the thread or the asyncio task that entered it, and for no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Mode:
    """What recording does just now."""

    grad: bool = True
    anomaly: bool = False
    sites: bool = False
    trace: Any = None


PLAIN = Mode()
_mode: ContextVar[Mode] = ContextVar("autograd mode", default=PLAIN)
mode = _mode.get
scope: ContextVar[str | None] = ContextVar("autograd scope", default=None)
# What `backward()` calls in place of the reverse pass: how a debugger stops at every one of a program.
instead_of_backward: ContextVar[Callable[..., None] | None] = ContextVar("autograd backward", default=None)
# Whoever takes a pass only to look at it: told of each generator before it is drawn from; see `autograd.engine.observe`.
observer: ContextVar[Callable[[Any], None] | None] = ContextVar("autograd observer", default=None)
# The states of the generators from before what is being computed drew from them, the innermost first; see `checkpoint`.
drawn: ContextVar[tuple[dict[Any, Any], ...]] = ContextVar("autograd generators", default=())
# What each transform that is running differentiates by, the innermost first: leaves that are no results of an operation.
inside: ContextVar[tuple[Set[Any], ...]] = ContextVar("autograd transforms", default=())


class _Switch:
    """A context manager, and a decorator of functions, under which some fields of the mode are set."""

    _fields: dict[str, bool]

    def __init__(self, **fields: bool) -> None:
        self._fields = fields
        self._tokens: list[Token[Mode]] = []

    def __enter__(self) -> None:
        now = _mode.get()
        # What holds already needs no new mode; every transform comes here.
        same = all([getattr(now, name) is value for name, value in self._fields.items()])
        self._tokens.append(_mode.set(now if same else replace(now, **self._fields)))

    def __exit__(self, *exception: object) -> None:
        _mode.reset(self._tokens.pop())

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def under(*args: P.args, **kwargs: P.kwargs) -> R:
            with _Switch(**self._fields):
                return function(*args, **kwargs)

        return under


class no_grad(_Switch):  # noqa: N801 - PyTorch's name
    """Record nothing: results are constants. A context manager or a decorator.

    Examples
    --------
    >>> from autograd import Value, no_grad
    >>> v = Value(2.0)
    >>> with no_grad():
    ...     w = v * v
    >>> w.requires_grad
    False
    """

    def __init__(self) -> None:
        super().__init__(grad=False)


class enable_grad(_Switch):  # noqa: N801 - PyTorch's name
    """Record again inside a `no_grad` block."""

    def __init__(self) -> None:
        super().__init__(grad=True)


class detect_anomaly(_Switch):  # noqa: N801 - PyTorch's name
    """Stop at the first NaN or infinity, forward or backward, and name the line that computed it.

    Inside the block every operation checks its result, every contribution of the backward pass is checked, and the
    values that derivatives need are check-summed, so that writing into `t.data` behind the engine's back is noticed.
    It is slow; switch it on to find a fault, and off again.

    Raises
    ------
    AnomalyError
        With the operation, its values, the upstream gradient and the source line of the forward operation.

    Examples
    --------
    >>> import autograd
    >>> with autograd.detect_anomaly():
    ...     autograd.log(autograd.Value(0.0))
    Traceback (most recent call last):
        ...
    autograd.errors.AnomalyError: forward: log gave -inf...
    """

    def __init__(self) -> None:
        super().__init__(anomaly=True, sites=True)


class record_sites(_Switch):  # noqa: N801 - goes with its neighbours
    """Record for every node, `Value` too, the source line that made it, with its callers (`node.site`)."""

    def __init__(self) -> None:
        super().__init__(sites=True)


@contextmanager
def tracing(trace: Any) -> Iterator[None]:
    """Hand every operation on tensors to a trace of the compiler's."""
    token = _mode.set(replace(_mode.get(), trace=trace))
    try:
        yield
    finally:
        _mode.reset(token)


def at_each_run(function: Callable[P, R]) -> Callable[P, R]:
    """A function that changes what exists beside the graph and comes after it, such as an optimizer's step.

    Where the compiler captures, it is not called: each run of the program calls it, and no parameter is read after it.
    """

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        trace = _mode.get().trace
        if trace is None:
            return function(*args, **kwargs)
        names = list(kwargs)

        def again(*given: Any) -> R:
            count = len(given) - len(names)
            return function(*given[:count], **dict(zip(names, given[count:], strict=True)))

        return trace.call(function.__qualname__, again, (*args, *kwargs.values()), final=True)

    return called


def track(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function that changes what a later pass reads, such as running averages; not where one only looks."""
    if observer.get() is None:
        beside(function, *arguments)


def beside(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function that no derivative sees, such as a check of labels; at each run where one captures."""
    trace = _mode.get().trace
    if trace is None:
        function(*arguments)
    else:
        trace.call(function.__qualname__, function, arguments, final=False)


def uniform(generator: Any, shape: tuple[int, ...]) -> Any:
    """Random numbers between 0 and 1 from a NumPy generator; drawn anew at each run where the compiler captures."""
    looking = observer.get()
    if looking is not None:
        looking(generator)
    trace = _mode.get().trace
    for states in drawn.get():
        states.setdefault(generator, generator.bit_generator.state)
    return generator.random(shape) if trace is None else trace.draw(generator, shape)


def live(array: Any) -> Any:
    """An array that is changed in place from time to time; each run reads it anew where the compiler captures."""
    trace = _mode.get().trace
    return array if trace is None else trace.live(array)


def is_grad_enabled() -> bool:
    """Whether operations are recorded just now."""
    return _mode.get().grad
