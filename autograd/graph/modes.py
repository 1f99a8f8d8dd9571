"""The modes that recording depends on: `no_grad`, `detect_anomaly`, `record_sites`, capture, and the scope of a module.

A mode is a context variable: it holds for the thread or the asyncio task that entered it, and for no other.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, Self, TypeVar, overload

from autograd.graph.wrapping import wrap

if TYPE_CHECKING:
    from autograd.graph.recorder import Recorder

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Mode:
    """What recording does just now."""

    grad: bool = True
    anomaly: bool = False
    sites: bool = False
    recorder: Recorder | None = None


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
# The tensors that were edited in place by what is being computed, the innermost first; see `checkpoint`.
edited: ContextVar[tuple[list[Any], ...]] = ContextVar("autograd edits", default=())
# What each running transform differentiates with respect to, the innermost first: leaves, which are not results of an operation.
inside: ContextVar[tuple[Set[Any], ...]] = ContextVar("autograd transforms", default=())


# The switches that were entered and not left, the innermost first, each with the mode from before it.
_entered: ContextVar[tuple[tuple[_Switch, Mode], ...]] = ContextVar("autograd switches", default=())


class _Switch:
    """A context manager, and a decorator of functions, under which some fields of the mode are set.

    It holds no state of its own: what was before is kept in the context, so that one object serves any number of threads
    and tasks, and may be entered within itself.
    """

    _fields: ClassVar[dict[str, Any]]

    @overload
    def __new__(cls, function: None = None) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, function: Any = None) -> Any:
        switch = super().__new__(cls)
        # `@no_grad` without parentheses.
        return switch if function is None else switch(function)

    def __enter__(self) -> None:
        before, entered = _mode.get(), _entered.get()
        try:
            _entered.set(((self, before), *entered))
            _mode.set(self._over(before))
        except BaseException:
            # Ctrl-C comes after a call, and no block was entered that would undo this one.
            _mode.set(before)
            _entered.set(entered)
            raise

    def __exit__(self, *exception: object) -> None:
        interrupt = None
        try:
            found = self._place()
        except BaseException as error:
            found, interrupt = self._place(), error
        if found is not None:
            before, outer = found
            try:
                _mode.set(before)
            finally:
                _entered.set(outer)
        if interrupt is not None:
            raise interrupt

    def _place(self) -> tuple[Mode, Any] | None:
        """The mode from before this was entered, and what was entered then; None where another context entered it."""
        entered = _entered.get()
        for depth, (switch, before) in enumerate(entered, 1):
            if switch is self:
                # What was entered within it and never left, is left with it.
                return before, entered[depth:]
        return None

    def __call__(self, function: F) -> F:
        """The function under this mode; a generator or a coroutine is so whenever its own code runs, and at no other time."""
        if isinstance(function, (staticmethod, classmethod)):
            return type(function)(self(function.__func__))
        name = type(self).__name__
        if isinstance(function, type):
            raise TypeError(
                f"{name} decorates functions and methods, not {function!r}: decorate its methods one by one"
            )
        if not callable(function):
            raise TypeError(f"{name} decorates functions and methods, not {function!r}: write with {name}(): …")
        return wrap(self._call, function)  # type: ignore[return-value]

    def _call(self, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
        return call_with(_mode, self._over(_mode.get()), function, *args, **kwargs)

    def _over(self, now: Mode) -> Mode:
        """The mode with these fields set; itself, where they are so already."""
        same = all([getattr(now, field) is value for field, value in self._fields.items()])
        return now if same else replace(now, **self._fields)


def call_with(variable: ContextVar[Any], value: Any, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Call a function while a context variable has a value, and put the old one back, wherever Ctrl-C falls.

    A generator under `contextmanager` may be interrupted before its first and after its last line, outside any `try`.

    Examples
    --------
    >>> call_with(scope, "encoder", scope.get), scope.get()
    ('encoder', None)
    """
    before = variable.get()
    try:
        variable.set(value)
        return function(*args, **kwargs)
    finally:
        variable.set(before)


class no_grad(_Switch):  # noqa: N801 - PyTorch's name
    """Record nothing: results are constants. A context manager or a decorator, with or without parentheses.

    Generators and coroutines that it decorates run under it, and whoever goes through them or awaits them does not. One
    object may be entered by several tasks and threads.

    Parameters
    ----------
    function : callable, optional
        What it decorates, where it is written without parentheses.

    Examples
    --------
    >>> from autograd import Value, no_grad
    >>> v = Value(2.0)
    >>> with no_grad():
    ...     w = v * v
    >>> w.requires_grad
    False
    """

    _fields: ClassVar = {"grad": False}


class enable_grad(_Switch):  # noqa: N801 - PyTorch's name
    """Record again inside a `no_grad` block.

    Parameters
    ----------
    function : callable, optional
        What it decorates, where it is written without parentheses.

    Examples
    --------
    >>> from autograd import Value, enable_grad, no_grad
    >>> v = Value(2.0)
    >>> with no_grad():
    ...     with enable_grad():
    ...         w = v * v
    >>> w.requires_grad
    True
    """

    _fields: ClassVar = {"grad": True}


class detect_anomaly(_Switch):  # noqa: N801 - PyTorch's name
    """Stop at the first NaN or infinity, forward or backward, and name the line that computed it.

    Inside the block every operation checks its result, every contribution of the backward pass is checked, and the
    values that derivatives need are check-summed, so that writing into `t.data` behind the engine's back is noticed.
    It is slow; switch it on to find a fault, and off again.

    Parameters
    ----------
    function : callable, optional
        What it decorates, where it is written without parentheses.

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

    _fields: ClassVar = {"anomaly": True, "sites": True}


class record_sites(_Switch):  # noqa: N801 - goes with its neighbours
    """Record for every node, `Value` too, the source line that made it, with its callers (`node.site`).

    Parameters
    ----------
    function : callable, optional
        What it decorates, where it is written without parentheses.

    Examples
    --------
    >>> from autograd import Value, record_sites
    >>> with record_sites():
    ...     w = Value(2.0) * 3.0
    >>> w.site is not None
    True
    """

    _fields: ClassVar = {"sites": True}


def call_recorded(function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Call a function with operations recorded, as within `enable_grad`; every transform comes here."""
    now = _mode.get()
    return call_with(_mode, now if now.grad else replace(now, grad=True), function, *args, **kwargs)


def call_traced(recorder: Recorder | None, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Call a function, and hand all that it does to tensors to a recorder; where there is none, to the engine."""
    return call_with(_mode, replace(_mode.get(), recorder=recorder), function, *args, **kwargs)


def at_each_run(function: Callable[P, R]) -> Callable[P, R]:
    """A function that changes what exists beside the graph and comes after it, such as an optimizer's step.

    Where the compiler captures, it is not called: each run of the program calls it, and no parameter is read after it.
    """

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        recorder = _mode.get().recorder
        if recorder is None:
            return function(*args, **kwargs)
        names = list(kwargs)
        if not names:
            return recorder.call(function.__qualname__, function, args, final=True)

        def again(*given: Any) -> R:
            count = len(given) - len(names)
            return function(*given[:count], **dict(zip(names, given[count:], strict=True)))

        return recorder.call(function.__qualname__, again, (*args, *kwargs.values()), final=True)

    return called


def track(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function that changes what a later pass reads, such as running averages; not where one only looks."""
    if observer.get() is None:
        beside(function, *arguments)


def beside(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function that no derivative sees, such as a check of labels; at each run where one captures."""
    recorder = _mode.get().recorder
    if recorder is None:
        function(*arguments)
    else:
        recorder.call(function.__qualname__, function, arguments, final=False)


def uniform(generator: Any, shape: tuple[int, ...]) -> Any:
    """Random numbers between 0 and 1 from a NumPy generator; drawn anew at each run where the compiler captures."""
    looking = observer.get()
    if looking is not None:
        looking(generator)
    recorder = _mode.get().recorder
    for states in drawn.get():
        states.setdefault(generator, generator.bit_generator.state)
    return generator.random(shape) if recorder is None else recorder.draw(generator, shape)


def live(array: Any) -> Any:
    """An array that is changed in place from time to time; each run reads it anew where the compiler captures."""
    recorder = _mode.get().recorder
    return array if recorder is None else recorder.live(array)


def switch_grad(on: bool) -> None:
    """Record operations from here on, or none, in this thread or task, until the next call or the end of a block around it."""
    now = replace(_mode.get(), grad=on)
    # That nothing else is set is known by identity.
    _mode.set(PLAIN if now == PLAIN else now)


def is_grad_enabled() -> bool:
    """Whether operations are recorded just now.

    Returns
    -------
    bool

    Examples
    --------
    >>> from autograd import is_grad_enabled, no_grad
    >>> with no_grad():
    ...     inside = is_grad_enabled()
    >>> inside, is_grad_enabled()
    (False, True)
    """
    return _mode.get().grad
