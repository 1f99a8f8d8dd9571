"""`check_engine`: an engine that somebody has written, such as a class `Value` of their own, held to this one expression by expression."""

from __future__ import annotations

import inspect
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd.engine.value import Value
from autograd.errors import UsageError

# Numbers that no rule treats alike, with one below 0; and such as logarithms and roots take.
POINTS, POSITIVE = ((0.7, -1.3), (-0.4, 2.1)), ((0.7, 1.3), (2.4, 0.6))
# By what share values and gradients may differ: single precision passes, a wrong rule does not.
TOLERANCE = 1e-4
# Operations of classes of arrays, and some of numbers, that no expression is of.
OTHERS = (
    *(
        "__matmul__",
        "matmul",
        "dot",
        "sum",
        "mean",
        "max",
        "min",
        "var",
        "std",
        "reshape",
        "view",
        "transpose",
        "__getitem__",
    ),
    *("softmax", "log_softmax", "cross_entropy", "leaky_relu", "gelu", "softplus", "sinh", "cosh", "tan", "__rpow__"),
)
# A graph that is deeper than Python's stack.
DEEP = 2000


@dataclass(frozen=True)
class Expression:
    """What both engines compute.

    Attributes
    ----------
    text : str
        As Python code.
    function : callable
        Of two values, which may use one alone.
    method : str
        What the engine's class needs for it.
    hint : str
        What is mostly wrong where this is wrong, and simpler expressions are right.
    positive : bool
        Whether it takes numbers above 0 alone.
    """

    text: str
    function: Callable[[Any, Any], Any]
    method: str
    hint: str = ""
    positive: bool = False


USED_TWICE = "a node that is used twice adds up what comes to it: its grad += …, and not ="
IN_ORDER = (
    "a node sends its gradient on once, when all that use it have sent theirs: backward() follows a topological order"
)
SENDS = (
    "what a node sends on is the gradient that came to it, out.grad, times its slope, and has all come by then: backward() follows a "
    "topological order"
)
ONE_NUMBER = "two nodes with the same number are two: backward() must tell them apart by what they are, and not by ==, also in a set"
NONE_RIGHT = "no expression is right: look at backward() first, which begins with 1 as the gradient of the result"
FORGETS = "a second backward() forgets the gradients of the first; in micrograd and PyTorch they add up, until they are set to zero"
SHALLOW = f"{DEEP} operations in a row end in a RecursionError, as in micrograd: let backward() keep a list of its own, and not recur"
# How near a value lies to the number that it was made of.
NEAR = 1e-12


def _unary(name: str, positive: bool = False) -> Iterator[Expression]:
    yield Expression(f"a.{name}()", lambda a, b: getattr(a, name)(), name, positive=positive)
    yield Expression(f"a.{name}() * 3.0", lambda a, b: getattr(a, name)() * 3.0, name, SENDS, positive)
    yield Expression(f"a.{name}() * a", lambda a, b: getattr(a, name)() * a, name, USED_TWICE, positive)


EXPRESSIONS = (
    Expression("a + b", lambda a, b: a + b, "__add__"),
    Expression("a * b", lambda a, b: a * b, "__mul__"),
    Expression("a + 2.0", lambda a, b: a + 2.0, "__add__"),
    Expression("a * 3.0", lambda a, b: a * 3.0, "__mul__"),
    Expression("(a + b) * 3.0", lambda a, b: (a + b) * 3.0, "backward", SENDS),
    Expression("a * b * 3.0", lambda a, b: a * b * 3.0, "__mul__", SENDS),
    Expression("a + a", lambda a, b: a + a, "__add__", USED_TWICE),
    Expression("(a + b) * a", lambda a, b: (a + b) * a, "__add__", USED_TWICE),
    Expression("(b + a) * a", lambda a, b: (b + a) * a, "__add__", USED_TWICE),
    Expression("a * a", lambda a, b: a * a, "__mul__", USED_TWICE),
    Expression("a * b + a", lambda a, b: a * b + a, "__mul__", USED_TWICE),
    Expression("b * a + a", lambda a, b: b * a + a, "__mul__", USED_TWICE),
    Expression("2.0 + a", lambda a, b: 2.0 + a, "__radd__"),
    Expression("3.0 * a", lambda a, b: 3.0 * a, "__rmul__"),
    Expression("-a", lambda a, b: -a, "__neg__"),
    Expression("a - b", lambda a, b: a - b, "__sub__"),
    Expression("2.0 - a", lambda a, b: 2.0 - a, "__rsub__"),
    Expression("a ** 3", lambda a, b: a**3, "__pow__"),
    Expression("a ** -2", lambda a, b: a**-2, "__pow__"),
    Expression("a ** 3 * 3.0", lambda a, b: a**3 * 3.0, "__pow__", SENDS),
    Expression("a ** 3 * a", lambda a, b: a**3 * a, "__pow__", USED_TWICE),
    Expression("a ** 0.5", lambda a, b: a**0.5, "__pow__", positive=True),
    Expression("a / b", lambda a, b: a / b, "__truediv__"),
    Expression("2.0 / a", lambda a, b: 2.0 / a, "__rtruediv__"),
    *(one for name in ("exp", "tanh", "relu", "sigmoid", "sin", "cos") for one in _unary(name)),
    *(one for name in ("log", "sqrt") for one in _unary(name, positive=True)),
    Expression("abs(a)", lambda a, b: abs(a), "__abs__"),
    Expression("c = a * b; c + c * a", lambda a, b: (c := a * b) + c * a, "backward", IN_ORDER),
    Expression("c = a + b; d = c * a; d * c", lambda a, b: (c := a + b) * a * c, "backward", IN_ORDER),
    Expression("c = a * b; d = c + a; d * c * d", lambda a, b: (d := (c := a * b) + a) * c * d, "backward", IN_ORDER),
    Expression("(a + b) * (b + a)", lambda a, b: (a + b) * (b + a), "backward", ONE_NUMBER),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one expression.

    Attributes
    ----------
    expression : Expression
    told : str
        What was wrong; empty where it was right.
    place : str
        Where the method that it needs is written.
    """

    expression: Expression
    told: str
    place: str


@dataclass
class EngineReport:
    """The verdict on an engine; true only where all that was looked at is right.

    Attributes
    ----------
    name : str
        Of the class.
    outcomes : list of Outcome
    missing : list of str
        Expressions that its class has no method for, one for each method.
    notes : list of str
        What is no mistake and should be known.
    adds_up : bool
        Whether the gradients of a second `backward()` are added to those of the first.

    Examples
    --------
    >>> import autograd
    >>> report = check_engine(autograd.Value)
    >>> report.verdict, bool(report)
    ('pass', True)
    """

    name: str
    outcomes: list[Outcome]
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    adds_up: bool = True

    @property
    def wrong(self) -> list[Outcome]:
        """Those that are wrong, the simplest first."""
        return [outcome for outcome in self.outcomes if outcome.told]

    @property
    def verdict(self) -> str:
        """ "pass", or "fail"."""
        return "fail" if self.wrong else "pass"

    def __bool__(self) -> bool:
        return not self.wrong

    @property
    def summary(self) -> str:
        """One line: the verdict and the counts."""
        right = len(self.outcomes) - len(self.wrong)
        return f"engine check of {self.name}: {self.verdict} ({right} of {len(self.outcomes)} expressions are right)"

    @property
    def sentence(self) -> str:
        """What is wrong first, with its place and what to do; empty where nothing is."""
        if not self.wrong:
            return ""
        first = self.wrong[0]
        # What hints say is of gradients.
        hint = first.expression.hint if " the gradient of " in first.told else ""
        hint = NONE_RIGHT if len(self.wrong) == len(self.outcomes) else hint
        return f"{first.expression.text}: {first.told} ({first.place}){hint and f'; {hint}'}"

    def to_json(self) -> str:
        """The report as JSON.

        Examples
        --------
        >>> import json, autograd
        >>> json.loads(check_engine(autograd.Value).to_json())["verdict"]
        'pass'
        """
        outcomes = [
            {"expression": one.expression.text, "right": not one.told, "told": one.told, "place": one.place}
            for one in self.outcomes
        ]
        held = {
            "verdict": self.verdict,
            "summary": self.summary,
            "sentence": self.sentence,
            "missing": self.missing,
            "notes": self.notes,
            "expressions": outcomes,
        }
        return json.dumps(held, indent=2)

    def __rich__(self) -> RenderableType:
        colour = "red" if self.wrong else "green"
        parts: list[RenderableType] = [f"[{colour}]{escape(self.summary)}[/]"]
        parts += [escape(self.sentence)] if self.wrong else []
        parts += [escape(f"note: {note}") for note in self.notes]
        if self.missing:
            parts.append(escape(f"not there: {', '.join(self.missing)}"))
        table = Table(highlight=False, box=SIMPLE_HEAD, pad_edge=False)
        for heading in ("expression", "written at", "verdict"):
            table.add_column(heading)
        for one in sorted(self.outcomes, key=lambda one: not one.told):
            table.add_row(
                escape(one.expression.text), escape(one.place), f"[red]{escape(one.told)}[/]" if one.told else "right"
            )
        return Group(*parts, table)

    def __str__(self) -> str:
        text = io.StringIO()
        Console(file=text, width=110, color_system=None, force_jupyter=False).print(self)
        return text.getvalue().rstrip()


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


__all__ = ("EngineReport", "check_engine", "is_engine", "maker_of")
