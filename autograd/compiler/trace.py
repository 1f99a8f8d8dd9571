"""Capture: a function of scalars is run once on stand-ins that record every operation, and have no value to branch on."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from autograd.compiler.errors import CompileError
from autograd.engine.methods import ValueMethods
from autograd.engine.value import Value
from autograd.errors import type_name
from autograd.graph.node import NO_PARAMS, Const, Node, initialise, set_data, set_grad
from autograd.graph.op import Op
from autograd.graph.sites import here, is_internal
from autograd.ops import comparison


class TracedScalar(ValueMethods):
    """A number that is not known yet; comparisons of it are recorded too."""

    __slots__ = ()
    symbolic = True

    def __init__(
        self, name: str | None, op: Op | None = None, parents: tuple[Node, ...] = (), params: Any = NO_PARAMS
    ) -> None:
        initialise(self, op, parents, params, True, name, site=here(callers=True))
        # What the engine sees where it asks whether this is a float.
        set_data(self, math.nan)
        set_grad(self, 0.0)

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> TracedScalar:
        return TracedScalar(None, op, tuple(map(_operand, xs)), params)

    def _refuse(self, what: str) -> NoReturn:
        raise CompileError(
            f"{what} of {self.label()!r}, whose value is not known while the function is captured, at {here()}; "
            "write where(condition, x, y), maximum(x, y) or minimum(x, y) for a choice, or leave this function uncompiled"
        )

    def __bool__(self) -> bool:
        self._refuse("a branch on the value")

    def __float__(self) -> float:
        self._refuse("float(…)")

    def __int__(self) -> int:
        self._refuse("int(…)")

    def __index__(self) -> int:
        self._refuse("the use as an index")

    def detach(self) -> TracedScalar:
        """The same number as a constant."""
        constant: TracedScalar = comparison.stop_gradient(self)
        return constant

    def item(self) -> float:
        self._refuse("item()")

    def backward(self, *_: Any, **__: Any) -> None:
        self._refuse("backward()")

    @property
    def data(self) -> Any:
        # The engine may ask what kind of thing this is, as long as it does not decide by the number.
        if is_internal(sys._getframe(1).f_code.co_filename):
            return math.nan
        self._refuse(".data")

    @property
    def grad(self) -> Any:
        self._refuse(".grad")

    __hash__ = Node.__hash__

    def __repr__(self) -> str:
        return f"TracedScalar({self.label()})"


def _operand(x: Any) -> Node:
    if isinstance(x, (TracedScalar, Const)):
        return x
    if isinstance(x, Value):
        # A leaf from outside stays one: who compiles says whether it is a constant or read anew.
        return x if x.op is None else Const(x.data)
    if isinstance(x, (bool, int, float)) or getattr(x, "ndim", 1) == 0:
        return Const(float(x))
    raise CompileError(f"an operand is {type_name(x)}: programs of scalars take numbers and Values, at {here()}")


def _comparison(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: function(self, other)


for _name, _function in {
    "gt": comparison.greater,
    "ge": comparison.greater_equal,
    "lt": comparison.less,
    "le": comparison.less_equal,
    "eq": comparison.equal,
    "ne": comparison.not_equal,
}.items():
    setattr(TracedScalar, f"__{_name}__", _comparison(_function))


def trace(function: Callable[..., Any], names: list[str]) -> tuple[list[TracedScalar], Node]:
    """The stand-ins for the arguments, and what the function made of them.

    Raises
    ------
    CompileError
        Where it looks at a value, or gives something that is not a scalar of it.
    """
    inputs = [TracedScalar(name) for name in names]
    result = function(*inputs)
    if isinstance(result, (int, float)) and not isinstance(result, bool):
        return inputs, Const(float(result))
    if not isinstance(result, TracedScalar):
        raise CompileError(f"the function gave {type_name(result)}; a scalar of its arguments was expected")
    return inputs, result
