"""Forward mode: `jvp`, the derivative along a direction, read from the rules of the reverse pass.

The function is recorded. Then each node, parents first, is given its *tangent*: how fast it changes when the arguments
move along theirs. There is no second table of derivatives, because the rules, which take a gradient back, say that too:

- What is linear in an operand changes as if it were applied to the operand's tangent.
- What works element by element has a diagonal Jacobian, which is its own transpose: the rule, given the operand's tangent
  in the place of the gradient, gives what that operand adds to the tangent of the result.
- Of one number the rule, given 1, gives the gradient; the tangent is its inner product with the operand's tangent.
- Every rule is linear in the gradient that it is given: its own reverse pass, applied to the tangents, is its transpose.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable, Sequence, Set
from typing import Any, Literal, TypeVar, overload

import numpy as np

from autograd.engine.contributions import contributions, record_contributions
from autograd.engine.guards import LATEST, check_in_place
from autograd.engine.lifting import (
    Function,
    call_and_close,
    call_inside,
    copy_array,
    cotangents,
    inner_product,
    leaves_among,
    let_gradients_into,
    lift,
    one,
    only_numbers,
    release,
    split_aux,
    total,
    unwrap,
    zero,
)
from autograd.engine.reverse import read_node, walk
from autograd.engine.tensor import Tensor
from autograd.engine.unbroadcast import fit
from autograd.engine.value import Value
from autograd.errors import ShapeError
from autograd.graph.liveness import is_live
from autograd.graph.modes import call_recorded
from autograd.graph.modes import live as anew
from autograd.graph.node import Node, get_data, raw
from autograd.graph.op import Op, refuse_masks
from autograd.graph.tree import leaves, leaves_like, map_leaves, rebuild
from autograd.ops.comparison import where
from autograd.ops.complex_numbers import is_complex, refuse_imaginary
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import shape
from autograd.ops.strong import scale

R = TypeVar("R")
Tangents = Sequence[Any]


@overload
def jvp(
    f: Callable[..., Node], primals: Sequence[Any], tangents: Sequence[Any], has_aux: Literal[False] = False
) -> tuple[Any, Any]: ...
@overload
def jvp(
    f: Callable[..., R], primals: Sequence[Any], tangents: Sequence[Any], has_aux: Literal[False] = False
) -> tuple[R, R]: ...
@overload
def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool) -> tuple[Any, ...]: ...
def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> tuple[Any, ...]:
    """`f(*primals)` and its directional derivative along `tangents`, with JAX's signature.

    It costs a small multiple of the function, however many numbers come in and go out. No gradient passes, so that hooks
    are not called.

    Parameters
    ----------
    f : callable
    primals : sequence
        The arguments of `f`.
    tangents : sequence
        A direction for each, in the same structures and shapes.
    has_aux : bool
        Whether `f` gives a pair, of which the second is passed on.

    Returns
    -------
    tuple
        The result of `f`, and its derivative along the tangents, in the same structure; with `has_aux` the rest as well.

    Raises
    ------
    ShapeError
        Where a tangent has another shape than its primal.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    primals = tuple(primals)
    along = _directions("jvp", primals, tuple(tangents))
    out, push, *aux = _linearize(f, primals, has_aux)
    return out, push(along), *aux


@overload
def linearize(
    f: Callable[..., Node], *primals: Any, has_aux: Literal[False] = False
) -> tuple[Any, Callable[..., Any]]: ...
@overload
def linearize(f: Callable[..., R], *primals: Any, has_aux: Literal[False] = False) -> tuple[R, Callable[..., R]]: ...
@overload
def linearize(f: Function, *primals: Any, has_aux: bool) -> tuple[Any, ...]: ...
def linearize(f: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """`f(*primals)`, and the function that takes tangents of the primals to that of the result, as in JAX.

    `f` is called once, however many tangents are pushed through it.

    Parameters
    ----------
    f : callable
    *primals
        Its arguments.
    has_aux : bool
        Whether `f` gives a pair, of which the second is passed on.

    Returns
    -------
    out : the result of `f`, in any structure
    push : callable
        Takes a tangent for each primal, in its structure; gives the tangent in the structure of `out`.
    aux : only with `has_aux`

    Raises
    ------
    ShapeError
        When `push` is called, where a tangent has another shape than its primal.

    Examples
    --------
    >>> out, push = linearize(lambda x, y: x * y, 2.0, 3.0)
    >>> out, push(1.0, 0.0), push(0.0, 1.0)
    (6.0, 3.0, 2.0)
    """
    out, push, *aux = _linearize(f, primals, has_aux)
    return out, lambda *tangents: push(_directions("linearize", primals, tangents)), *aux


def _directions(name: str, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> list[Any]:
    """The leaves of the tangents, in the order of those of the primals."""
    along = leaves_like(primals, tangents, f"{name}: the tangents")
    refuse_masks(name, along)
    for primal, tangent in zip(leaves(primals), along, strict=True):
        if np.shape(raw(primal)) != np.shape(raw(tangent)):
            raise ShapeError(
                f"{name}: a tangent of shape {np.shape(raw(tangent))} for a primal of shape {np.shape(raw(primal))}"
            )
    return along


def _linearize(f: Function, primals: tuple[Any, ...], has_aux: bool) -> tuple[Any, ...]:
    number = only_numbers(primals, {})

    def forward() -> tuple[Any, list[Node]]:
        lifted, targets = lift(list(primals))
        return call_and_close(f, lifted, {}, targets), targets

    def push(along: list[Any]) -> Any:
        moving = {target: _like(x, target) for target, x in zip(targets, along, strict=True)}
        pushed = call_recorded(push_along, leaves(out), moving)
        return rebuild(out, iter([copy_array(unwrap(x, number)) for x in pushed]))

    found, targets = call_recorded(forward)
    out, aux = split_aux(found, has_aux)
    # The tangents are still computed from the results: whoever edits what is given here has a copy.
    told = map_leaves(lambda x: copy_array(release(x, number)), out), push
    return (*told, map_leaves(lambda x: release(x, number), aux)) if has_aux else told


def _like(tangent: Any, target: Node) -> Any:
    if isinstance(tangent, Node):
        return tangent
    if isinstance(target, Value):
        return float(tangent)
    refuse_imaginary("jvp: the tangent", tangent, get_data(target).dtype)
    return np.asarray(tangent, get_data(target).dtype)


@np.errstate(all="ignore")
def push_along(results: Sequence[Any], moving: dict[Node, Any]) -> list[Any]:
    """The tangents of the results, given those of the targets: raw where nothing else asks for a derivative of them."""
    targets, found, older = list(moving), dict(moving), set[Node]()
    roots = [x for x in results if isinstance(x, Node) and x.needs_grad]
    order = walk(*roots, since=min([target.order for target in targets], default=0), older=older)
    # What something outside asks for a derivative of: there the tangents are nodes, and elsewhere numbers.
    live = {node for node in older if is_live(node)}
    for node in reversed(order):
        if node.op is None or node.symbolic or not live.isdisjoint(node.parents):
            live.add(node)
    recorded = bool(live) or any([isinstance(tangent, Node) for tangent in moving.values()])
    closed = leaves_among(targets)
    if recorded and any([node.op is not None and node.op.length for node in order]):
        # That the square of a length is smooth where it is 0 is seen on the way back alone.
        for root in roots:
            sent = lambda g, x=root: cotangents(x, g, targets)[0]  # noqa: E731
            found[root] = _transpose_pull(sent, root, list(moving.values()), set())
        return [_tangent_of(x, found) for x in results]
    try:
        # The rules are told, and `checkpoint` records, by what requires a gradient.
        let_gradients_into(closed, True)
        call_inside(_push, (order, found, live, closed), {}, closed)
    finally:
        let_gradients_into(closed, False)
    return [_tangent_of(x, found) for x in results]


def _tangent_of(x: Any, found: dict[Node, Any]) -> Any:
    if not isinstance(x, Node):
        return np.zeros_like(x)[()]
    return found[x] if x in found else zero(x)


def _push(order: Sequence[Node], tangents: dict[Node, Any], live: Set[Node], closed: Set[Node]) -> None:
    """Add the tangents of all that depends on what has one already; the nodes come as `walk` gives them."""
    for node in reversed(order):
        # Of what stands for unknown numbers, whole numbers are in the order too, such as places and ranks.
        if node in tangents or (node.symbolic and get_data(node).dtype.kind not in "fc"):
            continue
        moving = [tangents.get(parent) for parent in node.parents]
        if any([tangent is not None for tangent in moving]):
            recorded = node in live or any([isinstance(tangent, Node) for tangent in moving])
            parts = _parts(node, moving, read_node if recorded else get_data, closed)
            if parts:
                tangents[node] = fit(total(parts), node, node)


def _parts(node: Node, moving: Tangents, read: Callable[[Node], Any], closed: Set[Node]) -> list[Any]:
    """What the tangents of the operands, None for those that stand still, add to the tangent of a node."""
    op: Op = node.op  # type: ignore[assignment]
    parts, left = [], list(moving)
    if op.linear:
        parts = _linear(node, left, read)
    if op.pushes:
        parts = _ask_operation(node, left, read)
    wanted = [tangent is not None for tangent in left]
    if not any(wanted):
        return parts
    send = record_contributions if read is read_node else contributions
    if op.elementwise:
        for i, tangent in enumerate(left):
            if tangent is not None and op.rules[i] is not None:
                needs = [j == i for j in range(len(left))]
                part = send(node, tangent, read, needs)[i]
                parts.append(_settle(part, node, i, needs))
        return parts
    data = get_data(node)
    if data.__class__ is not float and (data.size != 1 or is_complex(data)):
        return [*parts, _transpose_pull(lambda g: send(node, g, read, wanted), node, left, closed)]
    slopes = send(node, 1.0 if data.__class__ is float else np.ones_like(data), read, wanted)
    return parts + [_product(t, slope) for t, slope in zip(left, slopes, strict=True) if _both(t, slope)]


def _settle(part: Any, node: Node, i: int, needs: Sequence[bool]) -> Any:
    """An exactly zero slope times an overflowed tangent is 0, as on the way back, where the zero comes first."""
    if node.symbolic or (isinstance(part, Node) and part.symbolic):
        # Of these no number is known.
        return part
    numbers = raw(part)
    if cmath.isfinite(np.add.reduce(numbers, None) if numbers.__class__ is np.ndarray else numbers):
        return part
    data = get_data(node)
    slope = contributions(node, 1.0 if data.__class__ is float else np.ones_like(data), get_data, needs)[i]
    nothing = np.isnan(numbers) & np.equal(slope, 0.0) & ~np.isnan(data)
    if data.__class__ is float:
        return 0.0 if nothing else part
    return where(nothing, np.zeros((), data.dtype), part)


def _linear(node: Node, left: list[Any], read: Callable[[Node], Any]) -> list[Any]:
    """A row on the tangents of the operands in which it is linear; they are taken out of `left`."""
    op: Op = node.op  # type: ignore[assignment]
    if LATEST[0] > node.order:
        check_in_place(node)
    parts = []
    for group in op.linear:
        together = [i for i in range(len(left)) if i in group]
        if any([left[i] is not None for i in together]):
            operands = [read(parent) for parent in node.parents]
            for i in together:
                operands[i] = zero(node.parents[i]) if left[i] is None else left[i]
                left[i] = None
            parts.append(op.call(*operands, **node.params))
    return parts


def _ask_operation(node: Node, left: list[Any], read: Callable[[Node], Any]) -> list[Any]:
    """What a user's operation says of its tangents itself; those are taken out of `left`."""
    op: Op = node.op  # type: ignore[assignment]
    operands, parts = [read(parent) for parent in node.parents], []
    for i, push in op.pushes.items():
        if i < len(left) and left[i] is not None:
            if push is not None:
                parts.append(push(left[i], read(node), *operands, **node.params))
            left[i] = None
    return parts


def _both(x: Any, y: Any) -> bool:
    return x is not None and y is not None


def _product(tangent: Any, slope: Any) -> Any:
    product = scale(tangent, slope)
    return sum_(product) if shape(product) else product


def _transpose_pull(pull: Callable[[Any], Sequence[Any]], x: Any, tangents: Tangents, opened: Set[Node]) -> Any:
    """The tangent of `x`: ⟨pull(u), tangents⟩ differentiated with respect to its cotangent `u`, and by no leaf that is open."""
    if isinstance(x, Tensor):
        nothing = anew(np.zeros(x.shape, x.dtype))
        u: Node = nothing if isinstance(nothing, Tensor) else Tensor(nothing, requires_grad=True)
    else:
        u = Value(0.0)
    along = [inner_product(sent, t) for sent, t in zip(pull(u), tangents, strict=True) if _both(sent, t)]
    if not along:
        return zero(x)
    product = total(along)
    try:
        let_gradients_into((u, *opened), False)
        return cotangents(product, one(product), [u], towards=True)[0][0]
    finally:
        let_gradients_into(opened, True)
