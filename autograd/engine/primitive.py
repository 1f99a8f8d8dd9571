"""`primitive`: operations that a user defines, with one derivative per argument, on `Value` and `Tensor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from inspect import Parameter, signature
from typing import Any, Generic, ParamSpec, TypeVar, overload

from autograd.errors import MissingRuleError
from autograd.graph.node import Node
from autograd.graph.op import Op, Rule, apply
from autograd.graph.tree import leaves, leaves_like, rebuild

Push = Callable[..., Any]

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
            rules = [self.rule(i) for i in range(arity)]
            found = self._ops[arity] = Op(self.name, self.function, self.function, rules, opaque=True)
            found.pushes = {i: self._any_push(i) for i in range(arity)} if self._any_push else {}
            found.pushes.update(self._pushes)
        return found

    def _missing(self, number: int) -> Rule:
        which = f" with respect to argument {number + 1}" if self._rules else "s yet"

        def rule(g: Any, out: Any, *xs: Any, **params: Any) -> Any:
            raise MissingRuleError(
                f"primitive {self.name!r} has no derivative{which}: give it with "
                f"{self.name}.derivatives(lambda g, out, x: …), or with autograd.extend.defvjp"
            )

        return rule

    def _on_parts(self, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Record a call among whose arguments are containers of nodes: the nodes are the operands."""
        taken = [isinstance(x, (list, tuple, dict)) and _holds_node(x) for x in args]
        parts = [leaves(x) if apart else [x] for x, apart in zip(args, taken, strict=True)]

        def whole(xs: Sequence[Any]) -> list[Any]:
            rest = iter(xs)
            return [rebuild(x, rest) if apart else next(rest) for x, apart in zip(args, taken, strict=True)]

        def forward(*xs: Any, **params: Any) -> Any:
            return self.function(*whole(xs), **params)

        def joint(g: Any, out: Any, xs: Sequence[Any], **params: Any) -> list[Any]:
            given, sent = whole(xs), list[Any]()
            for number, apart in enumerate(taken):
                rule = self.rule(number) if any([isinstance(x, Node) and x.needs_grad for x in parts[number]]) else None
                back = None if rule is None else rule(g, out, *given, **params)
                if back is None:
                    sent += [None] * len(parts[number])
                else:
                    sent += leaves_like(args[number], back, f"{self.name}: the derivative") if apart else [back]
            return sent

        op = Op(self.name, None, forward, joint=joint, opaque=True)
        return apply(op, tuple(leaf for part in parts for leaf in part), params)

    # The first is that of `primitive(rule)`, which type checkers cannot tell from `primitive(function)`.
    @overload
    def __call__(self, function: Callable[P2, R2], /) -> Primitive[P2, R2]: ...
    @overload
    def __call__(self, *args: P.args, **params: P.kwargs) -> R: ...
    def __call__(self, *args: Any, **params: Any) -> Any:
        nodes = any([isinstance(x, Node) for x in args])
        for number, x in enumerate(args):
            # Without a derivative by it, a container alone is none of ours: the nodes in it record what is computed.
            if isinstance(x, (list, tuple, dict)) and (nodes or self.has_rule(number)) and _holds_node(x):
                return self._on_parts(args, params)
        return apply(self._op(len(args)), args, params) if nodes else self.function(*args, **params)


def _holds_node(tree: Any) -> bool:
    return any([isinstance(leaf, Node) for leaf in leaves(tree)])


# What was said of the derivatives of plain functions, until they are made primitives.
KEPT: dict[Any, Primitive[..., Any]] = {}


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
        return KEPT.pop(rules[0], None) or Primitive(rules[0])
    return lambda function: Primitive(function, rules)


def _is_rule(function: Callable[..., Any]) -> bool:
    """A rule is known by the names of its first parameters, which are the same in every rule."""
    try:
        parameters: Sequence[Parameter] = list(signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    return [p.name for p in parameters[:2]] == ["g", "out"]
