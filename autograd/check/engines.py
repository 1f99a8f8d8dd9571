"""`check_engine`: an engine that somebody has written, such as a class `Value` of their own, held to this one expression by expression."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from autograd.check.engine_expressions import EXPRESSIONS, OTHERS, Expression
from autograd.check.engine_report import EngineReport, Outcome
from autograd.engine.value import Value
from autograd.errors import UsageError

# Numbers that no rule treats alike, with one below 0; and such as logarithms and roots take.
POINTS, POSITIVE = ((0.7, -1.3), (-0.4, 2.1)), ((0.7, 1.3), (2.4, 0.6))
# By what share values and gradients may differ: single precision passes, a wrong rule does not.
TOLERANCE = 1e-4
# A graph that is deeper than Python's stack.
DEEP = 2000
# How near a value lies to the number that it was made of.
NEAR = 1e-12
FORGETS = "a second backward() forgets the gradients of the first; in micrograd and PyTorch they add up, until they are set to zero"
SHALLOW = f"{DEEP} operations in a row end in a RecursionError, as in micrograd: let backward() keep a list of its own, and not recur"


def is_engine(thing: Any) -> bool:
    """Whether something is a class of values that record what is computed with them.

    Examples
    --------
    >>> is_engine(Value), is_engine(float)
    (True, False)
    """
    return isinstance(thing, type) and all(
        callable(getattr(thing, name, None)) for name in ("backward", "__add__", "__mul__")
    )


def check_engine(engine: type) -> EngineReport:
    """Hold an engine of somebody's own to this one: values and gradients of every operation that it has, and of graphs that need order.

    Parameters
    ----------
    engine : class
        Made of a number, as micrograd's `Value`; results have `data`, `grad` and `backward()`.

    Returns
    -------
    EngineReport

    Raises
    ------
    UsageError
        Where no value can be made of a number, or it has no `data` or `grad`.

    Examples
    --------
    >>> class Value:
    ...     def __init__(self, data, parents=()):
    ...         self.data, self.grad, self.parents, self.send = data, 0.0, parents, lambda: None
    ...     def __add__(self, other):
    ...         out = Value(self.data + other.data, (self, other))
    ...         def send():
    ...             self.grad = out.grad
    ...             other.grad = out.grad
    ...         out.send = send
    ...         return out
    ...     def __mul__(self, other):
    ...         out = Value(self.data * other.data, (self, other))
    ...         def send():
    ...             self.grad = other.data * out.grad
    ...             other.grad = self.data * out.grad
    ...         out.send = send
    ...         return out
    ...     def backward(self, grad=1.0):
    ...         self.grad = grad
    ...         self.send()
    ...         for parent in self.parents:
    ...             parent.backward(parent.grad)
    >>> [outcome.expression.text for outcome in check_engine(Value).wrong][:3]
    ['a + 2.0', 'a * 3.0', '(a + b) * 3.0']
    """
    make = maker_of(engine)
    outcomes: list[Outcome] = []
    missing: dict[str, str] = {}
    for expression in EXPRESSIONS:
        if getattr(engine, expression.method, None) is None:
            missing.setdefault(expression.method, expression.text)
            continue
        told = next(filter(None, (_try(make, expression, point) for point in _points_of(expression))), "")
        outcomes.append(Outcome(expression, told, _place_of(engine, expression.method)))
    report = EngineReport(engine.__name__, outcomes, list(missing.values()))
    if report:
        report.adds_up = _adds_up(make)
        report.notes += [] if report.adds_up else [FORGETS]
        report.notes += [] if _goes_deep(make) else [SHALLOW]
    if others := _list_others(engine):
        report.notes.append(f"{', '.join(others)} were not looked at: only what is computed of single numbers is")
    return report


def _list_others(engine: type) -> list[str]:
    """The operations of a class that no expression is of: methods of a value, or of two, by their names."""
    known = {expression.method for expression in EXPRESSIONS}
    return [name for name in OTHERS if name not in known and callable(getattr(engine, name, None))]


def _points_of(expression: Expression) -> Sequence[tuple[float, float]]:
    return POSITIVE if expression.positive else POINTS


def maker_of(engine: type) -> Callable[[float], Any]:
    """How a class makes a value of a number: of a float, or of an array with one; it is asked for a gradient where that can be.

    Raises
    ------
    UsageError
        Where it makes none that has `data` and `grad`.

    Examples
    --------
    >>> maker_of(Value)(0.5).data
    0.5
    """
    error: Exception | None = None
    kinds: list[Callable[[float], Any]] = [float, np.array, lambda x: np.array([x])]
    asked: list[dict[str, Any]] = [{"requires_grad": True}, {}]
    for convert, options in product(kinds, asked):
        try:
            value = _make(engine, convert, options, 0.5)
            if not abs(_number(value.data) - 0.5) < NEAR:
                raise ValueError(f"its data is {value.data!r}")
            _number(0.0 if value.grad is None else value.grad)
        except Exception as raised:  # whatever a class of the user's raises
            error = raised if error is None or options == {} else error
            continue
        return partial(_make, engine, convert, options)
    raise UsageError(
        f"{engine.__name__}(0.5) makes no value with `data` and `grad`: {type(error).__name__}: {error}. An engine is checked by values "
        "that are made of a number"
    )


def _make(engine: type, convert: Callable[[float], Any], options: dict[str, Any], x: float) -> Any:
    value = engine(convert(x), **options)
    if getattr(value, "requires_grad", None) is False:
        value.requires_grad = True
    return value


def _number(x: Any) -> float:
    # Gradients may be values, too.
    x = x.data if is_engine(type(x)) else x
    return float(np.asarray(x, float).reshape(()) if np.size(x) == 1 else x)


def _try(make: Callable[[float], Any], expression: Expression, point: tuple[float, float]) -> str:
    """What is wrong with an expression at a point, beside this engine's; nothing where it is right."""
    ours = [Value(x) for x in point]
    expected = expression.function(*ours)
    expected.backward()
    where = f"at a = {point[0]}, b = {point[1]}" if "b" in expression.text.replace("abs", "") else f"at a = {point[0]}"
    try:
        leaves = [make(x) for x in point]
        result = expression.function(*leaves)
        value = _number(result.data)
        result.backward()
        gradients = [0.0 if leaf.grad is None else _number(leaf.grad) for leaf in leaves]
        data = [_number(leaf.data) for leaf in leaves]
    except Exception as error:  # whatever a class of the user's raises
        return f"{where} it raises {type(error).__name__}: {error}"
    if not _is_near(value, expected.data):
        return f"{where} its value is {value:.6g}, and {expected.data:.6g} is right"
    for name, leaf, gradient in zip("ab", ours, gradients, strict=True):
        if not _is_near(gradient, leaf.grad):
            return f"{where} the gradient of {name} is {gradient:.6g}, and {leaf.grad:.6g} is right"
    return f"{where} backward() changes the data" if data != list(point) and not np.allclose(data, point) else ""


def _is_near(found: float, right: float) -> bool:
    return math.isclose(found, right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _place_of(engine: type, method: str) -> str:
    """Where a method is written, as far as that can be told."""
    function = inspect.unwrap(getattr(engine, method))
    code = getattr(function, "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}, {method}" if code is not None else method


def _adds_up(make: Callable[[float], Any]) -> bool:
    a = make(0.5)
    for _ in range(2):
        (a * 3.0).backward()
    return _is_near(_number(a.grad), 6.0)


def _goes_deep(make: Callable[[float], Any]) -> bool:
    result = make(0.5)
    try:
        for _ in range(DEEP):
            result = result + 0.001
        result.backward()
    except RecursionError:
        return False
    return True


__all__ = ("check_engine", "is_engine", "maker_of")
