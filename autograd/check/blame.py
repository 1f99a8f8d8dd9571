"""Blame: the first node of a graph, from the result backwards, whose rule differences of its own operation contradict."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.check.differences import EPSILON, Estimate, derivative
from autograd.check.parts import as_pairs, from_pairs
from autograd.check.report import WrongNode
from autograd.check.verdict import MAX_COARSENESS, Coordinate, judge, magnitude_of_zero, resolve
from autograd.engine import formula, reverse
from autograd.engine.describe import short
from autograd.engine.observe import observing
from autograd.engine.symbol import argument_names
from autograd.errors import AutogradError
from autograd.graph.node import Node, get_data, raw
from autograd.graph.op import Op
from autograd.ops.triangles import reading_both_triangles

# Elements of an operand that are looked at one by one, and numbers that a reproducer spells out.
MAX_ELEMENTS, MAX_SPELLED = 64, 400


@reading_both_triangles()
def first_wrong_node(root: Node, seed: int = 0) -> WrongNode | None:
    """Check every node of a graph by itself, at the values and the upstream gradient that it has there.

    Parameters
    ----------
    root : Node
        A scalar.
    seed : int
        Of the direction along which an operand is moved.

    Returns
    -------
    WrongNode or None
        None where every rule agrees with differences of its own operation: then what is wrong is what the graph lacks.

    Examples
    --------
    >>> from autograd import Value, primitive
    >>> @primitive(lambda g, out, x: g * 2.0 * x * x)
    ... def cube(x):
    ...     return x * x * x
    >>> wrong = first_wrong_node(cube(Value(2.0)).sin())
    >>> wrong.operation, wrong.operand
    ('cube', 0)
    """
    rng = np.random.default_rng(seed)
    with observing():
        taken = list(reverse.steps(root))
    for step in taken:
        for contribution in step.sent:
            found = _judge_rule(step.node, contribution.index, step.upstream, contribution.value, rng)
            if found is not None and found.verdict == "fail":
                return _make_wrong_node(step.node, contribution.index, found, step.upstream)
    return _wrong_for_another_upstream(taken, rng)


@reading_both_triangles()
def wrong_for_another_upstream(root: Node, seed: int = 0) -> WrongNode | None:
    """A rule of a user's that is right for the gradient that arrives here, such as the ones below a sum, and for no other.

    Parameters
    ----------
    root : Node
        A scalar.
    seed : int
        Of the gradients that are tried.

    Examples
    --------
    >>> from autograd import Value, primitive
    >>> @primitive(lambda g, out, x: 2.0 * x)
    ... def square(x):
    ...     return x * x
    >>> wrong_for_another_upstream(square(Value(2.0))).operation
    'square'
    """
    if not any(node.op is not None and node.op.opaque for node in reverse.walk(root)):
        return None
    with observing():
        taken = list(reverse.steps(root))
    return _wrong_for_another_upstream(taken, np.random.default_rng(seed))


def _wrong_for_another_upstream(taken: Sequence[reverse.Step], rng: np.random.Generator) -> WrongNode | None:
    for step in taken:
        if step.sent and step.node.op.opaque:  # type: ignore[union-attr]
            upstream = _perturb_upstream(step.upstream, rng)
            for contribution in step.sent:
                sent = _contribution_to(step.node, contribution.index, upstream)
                found = None if sent is None else _judge_rule(step.node, contribution.index, upstream, sent, rng)
                if found is not None and found.verdict == "fail":
                    return _make_wrong_node(step.node, contribution.index, found, upstream)
    return None


def ignores_upstream(wrong: WrongNode, seed: int = 0) -> bool:
    """Whether a wrong rule sends the same for two different gradients at the result: it forgets to multiply by `g`.

    Examples
    --------
    >>> from autograd import Value, primitive
    >>> @primitive(lambda g, out, x: 2.0 * x)
    ... def square(x):
    ...     return x * x
    >>> ignores_upstream(first_wrong_node(3.0 * square(Value(2.0))))
    True
    """
    other = _perturb_upstream(wrong.upstream, np.random.default_rng(seed + 1))
    here, there = (_contribution_to(wrong.node, wrong.operand, g) for g in (wrong.upstream, other))
    return here is not None and there is not None and bool(np.any(here)) and np.array_equal(here, there)


def _perturb_upstream(upstream: Any, rng: np.random.Generator) -> Any:
    shape = np.shape(upstream)
    drawn = rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape)
    if np.iscomplexobj(upstream):
        drawn = drawn * np.exp(1j * rng.uniform(0.0, 1.0, shape))
    return float(drawn) if upstream.__class__ is float else drawn


def _contribution_to(node: Node, index: int, upstream: Any) -> np.ndarray | None:
    """What a node sends to one operand for a gradient at its result, in the operand's shape; None for nothing."""
    try:
        sent = reverse.contributions(node, upstream, get_data)[index]
        return None if sent is None else np.asarray(raw(reverse.fit(sent, node.parents[index], node)))
    except (AutogradError, ArithmeticError, ValueError):
        return None


def _judge_rule(node: Node, index: int, upstream: Any, sent: Any, rng: np.random.Generator) -> Coordinate | None:
    """What a node sends to one operand, against differences of its operation: along a direction, then element by element."""
    operand = get_data(node.parents[index])
    here, claimed = as_pairs(operand), as_pairs(np.conj(np.broadcast_to(np.asarray(sent), np.shape(operand))))
    largest = float(np.max(np.abs(claimed), initial=0.0, where=np.isfinite(claimed)))

    def total(x: np.ndarray) -> float:
        return _evaluate(node, index, from_pairs(x, operand), upstream)

    def judgement(name: str, claimed: float, measured: Estimate, largest: float) -> Coordinate:
        return resolve(judge(name, claimed, measured, largest), magnitude_of_zero(measured, lambda t: total(t * here)))

    def element(place: tuple[int, ...]) -> Coordinate:
        def at(value: float) -> float:
            moved = here.copy()
            moved[place] = value
            return total(moved)

        name = f"operand {index + 1} {list(map(int, place)) if place else ''}".strip()
        return judgement(name, float(claimed[place]), derivative(at, float(here[place])), largest)

    if here.size == 0:
        return None
    with np.errstate(all="ignore"):
        direction = (
            np.where(here == 0.0, 1.0, np.abs(here))
            * rng.uniform(0.5, 1.0, here.shape)
            * rng.choice([-1.0, 1.0], here.shape)
        )
        if here.size > 1:
            along = derivative(lambda t: total(here + t * direction), 0.0, 1.0, 2.0 * EPSILON)
            terms = claimed * direction
            whole = judgement(f"operand {index + 1}", float(np.sum(terms)), along, float(np.sum(np.abs(terms))))
            if whole.verdict == "pass" and not along.kink:
                return whole
        places = list(np.ndindex(here.shape))
        if len(places) > MAX_ELEMENTS:
            places = [places[k] for k in rng.choice(len(places), MAX_ELEMENTS, replace=False)]
        found = [element(place) for place in places]
    failed = [c for c in found if c.verdict == "fail"]
    if failed:
        return max(failed, key=lambda c: abs(c.claimed - c.measured.value) if np.isfinite(c.claimed) else np.inf)
    if here.size > MAX_ELEMENTS and whole.verdict == "fail" and not along.kink:
        return whole
    return _find_unconventional(node, index, upstream, dict(zip(places, found, strict=True)))


def _evaluate(node: Node, index: int, x: np.ndarray, upstream: Any) -> float:
    """The operation of a node with one operand replaced, its result multiplied by the upstream gradient and added up."""
    return float(np.vdot(np.conj(upstream), _result(node, index, x)).real)


def _result(node: Node, index: int, x: np.ndarray) -> Any:
    """The operation of a node with one operand replaced; NaN where it takes no such operand."""
    op: Op = node.op  # type: ignore[assignment]
    xs = [get_data(parent) for parent in node.parents]
    try:
        if get_data(node).__class__ is float:
            xs[index] = float(x)
            return op.on_floats(xs, node.params)
        xs[index] = x
        return op.array(*xs, **node.params)
    except (ArithmeticError, ValueError):
        return np.full(np.shape(get_data(node)), np.nan)


def _find_unconventional(
    node: Node, index: int, upstream: Any, found: dict[tuple[int, ...], Coordinate]
) -> Coordinate | None:
    """A kink where a row of the table keeps between both sides, and not to the convention."""
    op: Op = node.op  # type: ignore[assignment]
    if op.opaque or op.joint is not None or np.size(upstream) != len(found) or np.iscomplexobj(upstream):
        return None
    for place, c in found.items():
        left, right = c.measured.left, c.measured.right
        if left is None or right is None or c.measured.jump:
            continue
        expected = convention_of(op, left, right)
        if expected is None or abs(c.claimed - expected) <= c.tolerance + MAX_COARSENESS * abs(right - left):
            continue
        if not _is_beside_kink(node, index, upstream, place, c.claimed):
            reason = f"kink, from {left:.6g} to {right:.6g}: by convention {expected:.6g}"
            return Coordinate(c.name, c.claimed, c.measured, c.tolerance, "fail", reason, c.place)
    return None


def _is_beside_kink(node: Node, index: int, upstream: Any, place: tuple[int, ...], claimed: float) -> bool:
    """Whether a number lies beside a kink, by less than differences can tell, and has the slope of its side.

    To the next numbers on both sides the operation then moves by that slope. At the kink itself it moves by two others.
    """
    here = np.array(get_data(node.parents[index]), dtype=np.float64)
    slopes = []
    for side in (-1.0, 1.0):
        moved = here.copy()
        # The numbers next to 0 are too small to be multiplied.
        moved[place] = np.nextafter(here[place], side * np.inf) if here[place] else side * 1e-300
        change = np.subtract(_result(node, index, moved), _result(node, index, here))
        slopes.append(float(np.vdot(upstream, change)) / (moved[place] - here[place]))
    return bool(np.allclose(slopes, claimed, rtol=MAX_COARSENESS, atol=0.0))


# At a tie both operands share; a bound of `clip` keeps the slope inside it, as in PyTorch.
SHARED_AT_TIES = ("maximum", "minimum", "fmax", "fmin")
STEEPEST_AT_KINKS = ("clip",)


def convention_of(op: Op, left: float, right: float) -> float | None:
    """The subgradient that a row of the table takes at a kink: the one nearest to 0, with the named exceptions.

    Examples
    --------
    >>> from autograd.graph.op import TABLE
    >>> [convention_of(TABLE[name], 0.0, 1.0) for name in ("relu", "maximum", "clip")]
    [0.0, 0.5, 1.0]
    """
    low, high = sorted((left, right))
    if op.name in SHARED_AT_TIES:
        return 0.5 * (low + high)
    if op.name in STEEPEST_AT_KINKS:
        return low if abs(low) > abs(high) else high
    return min(max(0.0, low), high)


def _make_wrong_node(node: Node, index: int, worst: Coordinate, upstream: Any) -> WrongNode:
    op: Op = node.op  # type: ignore[assignment]
    place = str(node.site) if node.site is not None else "a line that was not recorded"
    inputs = [short(get_data(parent)) for parent in node.parents]
    return WrongNode(
        op.name, index, _format_rule(node, index), place, inputs, worst, write_reproducer(node), node, upstream
    )


def _format_rule(node: Node, index: int) -> str:
    """The contribution as a formula; of a user's rule, which is never read as one, where it is written."""
    op: Op = node.op  # type: ignore[assignment]
    if not op.opaque:
        return formula.contribution_formula(node, index)
    rule = op.rules[index] if op.joint is None else op.joint
    code = getattr(rule, "__code__", None)
    if code is None:
        return repr(rule)
    return f"{code.co_name} of {op.name}, written at {code.co_filename.rsplit('/', 1)[-1]}:{code.co_firstlineno}"


def write_reproducer(node: Node) -> str:
    """Python code that checks the operation of a node alone, at the same operands.

    Examples
    --------
    >>> from autograd import Value
    >>> print(write_reproducer(Value(2.0).tanh()))
    from autograd.check import check_gradients
    from autograd.graph.op import TABLE
    <BLANKLINE>
    x = 2.0
    print(check_gradients(lambda x: TABLE['tanh'].call(x), x))
    """
    op: Op = node.op  # type: ignore[assignment]
    names = argument_names(op, len(node.parents))
    imports, call = ["from autograd.check import check_gradients"], f"TABLE[{op.name!r}].call"
    if op.opaque:
        call, found = _how_to_import(op)
        imports.append(found)
    else:
        imports.append("from autograd.graph.op import TABLE")
    values = [_literal(get_data(parent)) for parent in node.parents]
    params = [f"{key}={_literal(value)}" for key, value in node.params.items()]
    if any("np." in text for text in (*values, *params)):
        imports.insert(0, "import numpy as np")
    moving = [name for name, parent in zip(names, node.parents, strict=True) if parent.requires_grad]
    assignments = [f"{name} = {value}" for name, value in zip(names, values, strict=True)]
    called = f"{call}({', '.join([*names, *params])})"
    check = f"print(check_gradients(lambda {', '.join(moving)}: {called}, {', '.join(moving)}))"
    return "\n".join([*imports, "", *assignments, check])


def _how_to_import(op: Op) -> tuple[str, str]:
    function: Any = inspect.unwrap(op.array)
    module, name = getattr(function, "__module__", "__main__"), getattr(function, "__qualname__", op.name)
    if module == "__main__" or "<" in name:
        return op.name, f"# {op.name!r} is defined in a running program or inside a function: define it here"
    return name, f"from {module} import {name.split('.')[0]}"


def _literal(data: Any) -> str:
    """Data as Python code: numbers spelled out, very large arrays by their size, as random numbers."""
    if isinstance(data, np.ndarray):
        if data.size > MAX_SPELLED and data.dtype.kind == "f":
            return f"np.random.default_rng(0).normal(size={data.shape})  # the failing values are too many to print"
        numbers = re.sub(r"\b(nan|inf)\b", r"np.\1", repr(data.tolist()))
        dtype = "" if data.dtype in (np.float64, np.int64, np.bool_) else f", dtype=np.{data.dtype}"
        return f"np.array({numbers}{dtype})"
    if isinstance(data, np.dtype):
        return f"np.dtype({data.name!r})"
    if isinstance(data, float) and not np.isfinite(data):
        return f"float({str(data)!r})"
    return repr(data)
