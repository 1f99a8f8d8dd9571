"""`primitive`: operations that a user defines, with one derivative per argument, on `Value` and `Tensor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from inspect import Parameter, signature
from typing import Any, Generic, ParamSpec, TypeVar, overload

from autograd.engine.structured import Push, SeveralResults, call_on_parts, holds_node, one_result
from autograd.errors import MissingRuleError
from autograd.graph.node import Node
from autograd.graph.op import Op, Rule, apply

P = ParamSpec("P")
R = TypeVar("R")
P2 = ParamSpec("P2")
R2 = TypeVar("R2")


class Primitive(Generic[P, R]):
    """A function that is recorded as one node; made by `primitive`."""

    def __init__(self, function: Callable[P, R], rules: Sequence[Rule | None] = ()) -> None:
        update_wrapper(self, function)  # type: ignore[arg-type] # it has overloads
        self.function = function
        self.name = getattr(function, "__name__", "primitive")
        self._rules: dict[int, Rule | None] = dict(enumerate(rules))
        self._any: Callable[[int], Rule | None] | None = None
        self._pushes: dict[int, Push | None] = {}
        self._any_push: Callable[[int], Push] | None = None
        self._ops: dict[int, Op] = {}

    def derivatives(self, *rules: Rule | None) -> Primitive[P, R]:
        """Set the derivatives, one per argument; None where it is zero."""
        return self.derive(dict(enumerate(rules)))

    def derive(
        self, rules: Mapping[int, Rule | None], others: Callable[[int], Rule | None] | None = None
    ) -> Primitive[P, R]:
        """Set the derivatives by argument number; `others` gives the rule for any number that is missing."""
        self._rules = {**self._rules, **rules}
        self._any = others or self._any
        self._ops.clear()
        return self

    def push(self, pushes: Mapping[int, Push | None], others: Callable[[int], Push] | None = None) -> Primitive[P, R]:
        """Set derivatives forward as `derive` sets reverse ones: `push(tangent, out, *xs)` gives the tangent of the result."""
        self._pushes = {**self._pushes, **pushes}
        self._any_push = others or self._any_push
        self._ops.clear()
        return self

    def _pushes_of(self, arity: int) -> dict[int, Push | None]:
        every: dict[int, Push | None] = {i: self._any_push(i) for i in range(arity)} if self._any_push else {}
        return {**every, **self._pushes}

    def has_rule(self, number: int) -> bool:
        """Whether the derivative with respect to an argument is known."""
        return number in self._rules or self._any is not None

    def rule(self, number: int) -> Rule | None:
        """The derivative with respect to an argument; one that raises where it is not known."""
        if number in self._rules:
            return self._rules[number]
        return self._any(number) if self._any else self._missing(number)

    def _op(self, arity: int) -> Op:
        """The row for so many arguments."""
        found = self._ops.get(arity)
        if found is None:
            rules, forward = [self.rule(i) for i in range(arity)], one_result(self.function)
            found = self._ops[arity] = Op(self.name, forward, forward, rules, opaque=True)
            found.pushes = self._pushes_of(arity)
        return found

    def __deepcopy__(self, memo: dict[int, Any]) -> Primitive[P, R]:
        # As functions are.
        return self

    def __reduce__(self) -> str:
        return str(getattr(self, "__qualname__", self.name))

    def _missing(self, number: int) -> Rule:
        which = f" with respect to argument {number + 1}" if self._rules else "s yet"

        def rule(g: Any, out: Any, *xs: Any, **params: Any) -> Any:
            raise MissingRuleError(
                f"primitive {self.name!r} has no derivative{which}: give it with "
                f"{self.name}.derivatives(lambda g, out, x: …), or with autograd.extend.defvjp"
            )

        return rule

    # The first is that of `primitive(rule)`, which type checkers cannot tell from `primitive(function)`.
    @overload
    def __call__(self, function: Callable[P2, R2], /) -> Primitive[P2, R2]: ...
    @overload
    def __call__(self, *args: P.args, **params: P.kwargs) -> R: ...
    def __call__(self, *args: Any, **params: Any) -> Any:
        nodes = any([isinstance(x, Node) for x in args])
        for number, x in enumerate(args):
            # Without a derivative by it, a container alone is none of ours: the nodes in it record what is computed.
            if isinstance(x, (list, tuple, dict)) and (nodes or self.has_rule(number)) and holds_node(x):
                record: Callable[..., Any] = self._on_parts
                break
        else:
            if not nodes:
                return self.function(*args, **params)
            record = self._on_whole
        try:
            return record(args, params)
        except SeveralResults as several:
            return self._on_parts(args, params, several.result)

    def _on_whole(self, args: Sequence[Any], params: dict[str, Any]) -> Any:
        return apply(self._op(len(args)), tuple(args), params)

    def _on_parts(self, args: Sequence[Any], params: dict[str, Any], pattern: Any = None) -> Any:
        pushes = self._pushes_of(len(args))
        return call_on_parts(self.name, self.function, self.rule, pushes, args, params, pattern)


# What was said of the derivatives of plain functions, until they are made primitives.
PENDING: dict[Any, Primitive[..., Any]] = {}


@overload
def primitive(function: Callable[P, R], /) -> Primitive[P, R]: ...
@overload
def primitive(rule_x: None, /) -> Callable[[Callable[P2, R2]], Primitive[P2, R2]]: ...
@overload
def primitive(
    rule_x: Rule | None, rule_y: Rule | None, /, *rules: Rule | None
) -> Callable[[Callable[P2, R2]], Primitive[P2, R2]]: ...
def primitive(*rules: Any) -> Any:
    """Make a function an operation of its own, recorded as one node.

    Parameters
    ----------
    *rules : callable or None
        For each positional argument its derivative `(g, out, x, y, …)`, with keyword arguments passed on as they came.
        The first two parameters must have these names. Written with the operators and the functions of `autograd`,
        rules hold to any order.

    Returns
    -------
    callable
        A decorator; used bare, `@primitive` takes the derivatives later, from `.derivatives(…)` or from
        `autograd.extend.defvjp`, as in HIPS autograd.

    Examples
    --------
    >>> from autograd import Value, grad
    >>> @primitive(lambda g, out, x: g * 3.0 * x * x)
    ... def cube(x):
    ...     return x * x * x
    >>> grad(cube)(2.0), grad(grad(cube))(2.0)
    (12.0, 12.0)
    """
    if len(rules) == 1 and callable(rules[0]) and not _is_rule(rules[0]):
        return PENDING.pop(rules[0], None) or Primitive(rules[0])
    return lambda function: Primitive(function, rules)


def _is_rule(function: Callable[..., Any]) -> bool:
    """A rule is known by the names of its first parameters, which are the same in every rule."""
    try:
        parameters: Sequence[Parameter] = list(signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    return [p.name for p in parameters[:2]] == ["g", "out"]
