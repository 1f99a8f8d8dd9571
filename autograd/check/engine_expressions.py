"""What an engine of somebody's own is asked to compute, the simplest first, and what is mostly wrong where one of these is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

# Operations of classes of arrays, and some of numbers, that no expression is of.
OTHERS = (
    "__matmul__", "matmul", "dot", "sum", "mean", "max", "min", "var", "std", "reshape", "view", "transpose", "__getitem__", "softmax",
    "log_softmax", "cross_entropy", "leaky_relu", "gelu", "softplus", "sinh", "cosh", "tan", "__rpow__",
)  # fmt: skip


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

__all__ = ("EXPRESSIONS", "OTHERS", "Expression")
