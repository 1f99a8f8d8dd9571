"""`gradient_property`: a property test of the gradient of a user's own operation, in one line."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from autograd.check.gradients import assert_gradients
from autograd.errors import MissingDependencyError


def gradient_property(
    *inputs: Any,
    grad: Callable[..., Any] | None = None,
    order: int = 1,
    allow_inconclusive: bool = True,
    **named: Any,
) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Make a hypothesis test of a function: at every drawn input its gradient is checked.

    Parameters
    ----------
    *inputs, **named : strategies
        One for each argument of the function, such as those of `autograd.check.strategies`.
    grad : callable, optional
        A hand-written gradient to check, as for `check_gradients`.
    order : int
    allow_inconclusive : bool
        Random points may be ill-conditioned, which is no failure here.

    Returns
    -------
    callable
        A decorator; the test has the name and the docstring of the function and takes no argument. Settings of
        hypothesis apply as they do to `@given`.

    Raises
    ------
    MissingDependencyError
        Without hypothesis.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.check.strategies import arrays
    >>> @gradient_property(arrays((2,)), order=2)
    ... def test_softsign(x):
    ...     return x / (1 + np.abs(x))
    >>> test_softsign()
    """
    try:
        from hypothesis import given
    except ImportError as error:
        raise MissingDependencyError("gradient_property needs hypothesis: pip install hypothesis") from error

    def decorate(function: Callable[..., Any]) -> Callable[..., None]:
        names = list(inspect.signature(function).parameters)

        @functools.wraps(function)
        def test(*drawn: Any, **also: Any) -> None:
            __tracebackhide__ = True
            bound = {**dict(zip(names, drawn, strict=False)), **also}
            # In the function's order, which is the gradient's.
            arguments = {name: bound[name] for name in names if name in bound}

            def called(*values: Any) -> Any:
                return function(**dict(zip(arguments, values, strict=True)))

            assert_gradients(called, *arguments.values(), grad=grad, order=order, allow_inconclusive=allow_inconclusive)

        tested: Callable[..., None] = given(*inputs, **named)(test)
        return tested

    return decorate
