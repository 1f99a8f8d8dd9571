"""`wrap`: a function whose own code runs under something, and under nothing of it where a generator or a coroutine waits.

Calling a generator function or a coroutine function runs none of its code: each resumption does, up to the next `yield` or
`await`. Between two of them other code runs, which must not see what holds in here.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import AsyncGenerator, Callable, Generator
from functools import wraps
from typing import Any

# Calls a function with arguments under whatever it is.
Call = Callable[..., Any]


def wrap(call: Call, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same kind (plain, generator, coroutine, asynchronous generator) whose code `call` runs.

    Examples
    --------
    >>> def aloud(function, *args):
    ...     print("in")
    ...     try:
    ...         return function(*args)
    ...     finally:
    ...         print("out")
    >>> def counts():
    ...     for k in range(2):
    ...         print("counts", k)
    ...         yield k
    >>> for k in wrap(aloud, counts)():
    ...     print("has", k)
    in
    counts 0
    out
    has 0
    in
    counts 1
    out
    has 1
    in
    out
    """
    # Of a callable object, what is called.
    code = function if inspect.isroutine(function) or hasattr(function, "func") else type(function).__call__
    if inspect.isasyncgenfunction(code):

        @wraps(function)
        async def wrapped_async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            inner = function(*args, **kwargs)
            step, given = inner.asend, None
            while True:
                try:
                    result = await _resume(call, step(given))
                except StopAsyncIteration:
                    return
                try:
                    step, given = inner.asend, (yield result)
                except GeneratorExit:
                    await _resume(call, inner.aclose())
                    raise
                except BaseException as error:
                    step, given = inner.athrow, error

        return wrapped_async_generator

    if inspect.iscoroutinefunction(code):

        @wraps(function)
        async def wrapped_coroutine(*args: Any, **kwargs: Any) -> Any:
            return await _resume(call, function(*args, **kwargs))

        return wrapped_coroutine

    if inspect.isgeneratorfunction(code):

        @wraps(function)
        def wrapped_generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            return (yield from _resume(call, function(*args, **kwargs)))

        return wrapped_generator

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return call(function, *args, **kwargs)

    return wrapped


@types.coroutine
def _resume(call: Call, inner: Any) -> Generator[Any, Any, Any]:
    """Resume a generator or a coroutine by `call`, and hand on what it yields, is sent, and is thrown."""
    step, given = inner.send, None
    while True:
        try:
            result = call(step, given)
        except StopIteration as end:
            return end.value
        try:
            step, given = inner.send, (yield result)
        except GeneratorExit:
            call(inner.close)
            raise
        except BaseException as error:
            step, given = inner.throw, error
