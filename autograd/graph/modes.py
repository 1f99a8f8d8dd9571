"""The modes that recording depends on: `no_grad`, `detect_anomaly`, `record_sites`, capture, and the scope of a module.

A mode is a context variable: it holds for the thread or the asyncio task that entered it, and for no other.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Set
from contextvars import ContextVar
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
# The tensors that were edited in place by what is being computed, the innermost first; see `checkpoint`.
edited: ContextVar[tuple[list[Any], ...]] = ContextVar("autograd edits", default=())
# What each transform that is running differentiates by, the innermost first: leaves that are no results of an operation.
inside: ContextVar[tuple[Set[Any], ...]] = ContextVar("autograd transforms", default=())


# What the switches that were entered replaced, as pairs of what lies below and a mode: one switch may be entered by several
# tasks, and twice.
_replaced: ContextVar[Any] = ContextVar("autograd replaced modes", default=None)


class _Switch:
    """A context manager, and a decorator of functions, under which some fields of the mode are set."""

    _fields: dict[str, bool]

    def __new__(cls, *function: Any) -> Any:
        switch = super().__new__(cls)
        if not function:
            return switch
        # `@no_grad` without parentheses.
        switch.__init__()  # type: ignore[misc]
        return switch(*function)

    def __init__(self, **fields: bool) -> None:
        self._fields = fields

    def _mode(self) -> Mode:
        now = _mode.get()
        # What holds already needs no new mode; every transform comes here.
        same = all([getattr(now, name) is value for name, value in self._fields.items()])
        return now if same else replace(now, **self._fields)

    def __enter__(self) -> None:
        before, outer = _mode.get(), _replaced.get()
        new = self._mode()
        try:
            _replaced.set((outer, before))
            _mode.set(new)
        except BaseException:
            # Ctrl-C comes after a call, and no block was entered that would undo this one.
            _mode.set(before)
            _replaced.set(outer)
            raise

    def __exit__(self, *exception: object) -> None:
        outer, before = None, None
        try:
            outer, before = _replaced.get()
            _mode.set(before)
            _replaced.set(outer)
        except BaseException:
            if before is None:
                outer, before = _replaced.get()
            _mode.set(before)
            _replaced.set(outer)
            raise

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if not callable(function) or isinstance(function, type):
            raise TypeError(
                f"{type(self).__name__} decorates functions, not {function!r}: decorate the methods of a class one by one"
            )
        if inspect.isgeneratorfunction(function):
            return self._of_generator(function)
        if inspect.isasyncgenfunction(function):
            return self._of_async_generator(function)
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return awaited  # type: ignore[return-value]

        @wraps(function)
        def under(*args: P.args, **kwargs: P.kwargs) -> R:
            return call_with(_mode, self._mode(), function, *args, **kwargs)

        return under

    def _of_generator(self, function: Callable[..., Any]) -> Any:
        """A generator whose body runs under the switch, and whoever goes through it does not."""

        @wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Any:
            running = function(*args, **kwargs)
            advance: Callable[..., Any] = running.send
            given: tuple[Any, ...] = (None,)
            while True:
                try:
                    found = call_with(_mode, self._mode(), advance, *given)
                except StopIteration as stop:
                    return stop.value
                try:
                    sent = yield found
                except GeneratorExit:
                    call_with(_mode, self._mode(), running.close)
                    raise
                except BaseException as error:
                    advance, given = running.throw, (error,)
                else:
                    advance, given = running.send, (sent,)

        return generator

    def _of_async_generator(self, function: Callable[..., Any]) -> Any:
        @wraps(function)
        async def generator(*args: Any, **kwargs: Any) -> Any:
            running = function(*args, **kwargs)
            advance: Callable[..., Any] = running.asend
            given: tuple[Any, ...] = (None,)
            while True:
                try:
                    with self:
                        found = await advance(*given)
                except StopAsyncIteration:
                    return
                try:
                    sent = yield found
                except GeneratorExit:
                    with self:
                        await running.aclose()
                    raise
                except BaseException as error:
                    advance, given = running.athrow, (error,)
                else:
                    advance, given = running.asend, (sent,)

        return generator


def call_with(variable: ContextVar[Any], value: Any, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Call a function while a context variable has a value, and put the old one back, wherever Ctrl-C falls.

    A generator under `contextmanager` may be interrupted before its first and after its last line, outside of any `try`.

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


def call_traced(trace: Any, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Call a function, and hand every operation on tensors to a trace of the compiler's."""
    return call_with(_mode, replace(_mode.get(), trace=trace), function, *args, **kwargs)


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
