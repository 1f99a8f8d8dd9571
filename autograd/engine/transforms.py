"""`grad` and its kin: functions that take a function and give one that computes its derivatives.

Raw numbers in, raw numbers out. Where a derivative depends on a node that something outside differentiates, the reverse
pass records itself and a node comes out; so the transforms nest to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import wraps
from threading import RLock
from typing import Any, Literal, Protocol, TypeVar, overload

import numpy as np

from autograd.engine import reverse
from autograd.engine.ownership import SumsInPlace
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import GraphError, LostGradientError, OperandError, ShapeError, type_name
from autograd.graph.liveness import is_live
from autograd.graph.modes import call_recorded, inside, is_grad_enabled, live
from autograd.graph.node import Node, get_data, raw
from autograd.graph.op import refuse_masks
from autograd.graph.tree import leaves, leaves_like, map_leaves, rebuild
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import identity, shape, stack

Function = Callable[..., Any]
Argnum = int | Sequence[int]
Pullback = Callable[[Any], tuple[Any, ...]]
X = TypeVar("X")
R = TypeVar("R")


class Gradient(Protocol):
    """What `grad` makes: a function whose result is of the kind of its first argument, a float for a number."""

    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> float: ...
    @overload
    def __call__(self, x: Node, /, *args: Any, **kwargs: Any) -> Any: ...
    @overload
    def __call__(self, x: X, /, *args: Any, **kwargs: Any) -> X: ...


class ValueAndGradient(Protocol):
    """What `value_and_grad` makes: a function that gives a number, and a gradient of the kind of its first argument."""

    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> tuple[float, float]: ...
    @overload
    def __call__(self, x: Node, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]: ...
    @overload
    def __call__(self, x: X, /, *args: Any, **kwargs: Any) -> tuple[float, X]: ...


def _lift(tree: Any) -> tuple[Any, list[Node]]:
    """The tree with each leaf a fresh node, and these nodes; a plain number becomes a tensor without axes."""
    if tree.__class__ is np.ndarray:
        leaf = Tensor(tree, requires_grad=True)
        return leaf, [leaf]
    fresh: list[Node] = []

    def lift(x: Any) -> Node:
        node: Node
        if isinstance(x, Node):
            node = identity(x)
            if not node.needs_grad:
                node = Value(x.data) if isinstance(x, Value) else Tensor(x.data, requires_grad=True)
        else:
            if x is None or isinstance(x, (str, bytes)) or callable(x):
                raise OperandError(
                    f"{x!r} is among what should be differentiated: numbers, arrays and structures of them can be; "
                    "give the rest as other arguments, or by keyword"
                )
            node = Tensor(x, requires_grad=True, dtype=float if _is_number(x) else None)
        fresh.append(node)
        return node

    return map_leaves(lift, tree), fresh


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float)) and not isinstance(x, np.generic)


def _only_numbers(args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Whether nothing but Python's numbers came in, so that nothing but these should come out."""
    if args and args[0].__class__ is np.ndarray:
        return False
    return not any([isinstance(x, (np.ndarray, np.generic, Node)) for x in leaves((args, kwargs))])


def _differentiated(
    f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Sequence[int]
) -> tuple[Any, list[Node]]:
    """Call `f` with fresh nodes for the chosen arguments; the result, and their nodes."""
    for number in argnums:
        if not -len(args) <= number < len(args):
            raise ValueError(f"argnum {number}: the function was called with {len(args)} positional arguments")

    def recorded() -> tuple[Any, list[Node]]:
        lifted, targets = list(args), []
        for number in argnums:
            lifted[number], fresh = _lift(lifted[number])
            targets += fresh
        return _called(f, lifted, kwargs, targets), targets

    return call_recorded(recorded)


def _called(f: Function, args: Sequence[Any], kwargs: Mapping[str, Any], targets: Sequence[Node]) -> Any:
    """Call `f` on fresh nodes, and close those of them that are leaves: to an outer transform they are constants."""
    own = _leaves(targets)
    try:
        return traced(f, args, kwargs, own)
    finally:
        _let_gradients_into(own, False)


def traced(f: Function, args: Sequence[Any], kwargs: Mapping[str, Any], own: Set[Node]) -> Any:
    """Call `f` inside of a transform that differentiates by leaves of its own."""
    outer = inside.get()
    try:
        inside.set((own, *outer))
        return f(*args, **kwargs)
    except ValueError as error:
        # Where an element of an array is assigned, NumPy hides the error that says why behind one of its own.
        if isinstance(error.__cause__, LostGradientError):
            raise error.__cause__.with_traceback(error.__traceback__) from None
        raise
    finally:
        inside.set(outer)


def _leaves(targets: Sequence[Node]) -> set[Node]:
    return {target for target in targets if target.op is None}


def _let_gradients_into(own: Iterable[Node], whether: bool) -> None:
    for leaf in own:
        leaf.needs_grad = whether


def _cotangents(root: Any, gradient: Any, targets: Sequence[Node], towards: bool = False) -> tuple[list[Any], bool]:
    """The derivatives of `root` by each target, and whether anything outside asks for a derivative of `root`.

    They are raw where nothing else asks for a derivative of them, nodes elsewhere. With `towards`, parts of the graph
    that lead to no target are left out of the walk even where nothing is known to be outside. What is older than the
    targets cannot depend on them, and is not walked.
    """
    if not isinstance(root, Node):
        return [_zero(target) for target in targets], False
    found: dict[Node, Any] = {}

    def visit(node: Node, g: Any) -> None:
        if node in wanted:
            found[node] = (
                g if isinstance(g, Node) else np.array(g, node.data.dtype) if isinstance(node, Tensor) else float(g)
            )

    wanted, own = set(targets), _leaves(targets)
    outside = False
    # A hook in this pass may be in the same pass again, which must not close them.
    closed = [leaf for leaf in own if not leaf.needs_grad]
    try:
        _let_gradients_into(closed, True)
        if root.needs_grad:
            older: set[Node] = set()
            order = reverse.walk(root, min([target.order for target in targets], default=0), older)
            outside = any([node.op is None and node not in own for node in order]) or any(map(is_live, older))
            # What stands for unknown numbers can be recorded, and nothing else.
            recorded = (outside or isinstance(gradient, Node)) and (is_grad_enabled() or root.symbolic)
            read, seed = (reverse.read_node, gradient) if recorded else (get_data, raw(gradient))
            aim = targets if towards or older or outside or len(own) < len(wanted) else None
            arguments: dict[str, Any] = {"targets": aim, "order": order, "sums": SumsInPlace()}
            if recorded:
                # A rule, too, may turn a node into a plain number.
                traced(_quietly, (root, seed, read, visit), arguments, own)
            else:
                _quietly(root, seed, read, visit, **arguments)
    finally:
        _let_gradients_into(closed, False)
    return [found[target] if target in found else _zero(target) for target in targets], outside


@np.errstate(all="ignore")
def _quietly(*args: Any, **kwargs: Any) -> None:
    reverse.propagate(*args, **kwargs)


def _zero(node: Node) -> Any:
    return 0.0 if isinstance(node, Value) else np.zeros_like(node.data)


def _unwrapped(x: Any, number: bool = False) -> Any:
    """Raw data for a node that nobody else differentiates; a Python float where `number` says so."""
    if isinstance(x, Node) and not x.needs_grad:
        x = x.data
    if isinstance(x, np.ndarray) and x.ndim == 0:
        return x.item() if number else x[()]
    return x


def _result(x: Any, number: bool = False, outside: bool | None = None) -> Any:
    """A result of `f` as it leaves the transform: raw, unless something outside asks for a derivative of it."""
    if not isinstance(x, Node) or ((is_live(x) if outside is None else outside) and is_grad_enabled()):
        return x
    return _unwrapped(x.detach(), number)  # type: ignore[attr-defined]


def _in_form(gradients: Sequence[Any], given: Sequence[Any]) -> tuple[Any, ...]:
    """Gradients in the structures of the arguments, Python floats for Python numbers."""
    if len(given) == 1 and given[0].__class__ is np.ndarray:
        return (_unwrapped(gradients[0]),)
    originals = leaves(given)
    found = (_unwrapped(g, _is_number(x)) for g, x in zip(gradients, originals, strict=True))
    return tuple(rebuild(tree, found) for tree in given)


def argnums(argnum: Argnum) -> tuple[int, ...]:
    """The numbers of the arguments to differentiate by, one or several, as a tuple.

    Examples
    --------
    >>> argnums(0), argnums([0, 2])
    ((0,), (0, 2))
    """
    return (argnum,) if isinstance(argnum, (int, np.integer)) else tuple(argnum)


def _scalar(name: str, f: Function, out: Any) -> Any:
    if not isinstance(out, Node):
        try:
            float(out)
        except (TypeError, ValueError):
            raise OperandError(f"{name}: {_name(f)} must return one number, not {type_name(out)}") from None
    elif getattr(out, "size", 1) != 1:
        raise GraphError(
            f"{name}: {_name(f)} must return one number, not shape {shape(out)}; see jacobian, vjp and elementwise_grad"
        )
    return out


def _name(f: Function) -> str:
    return getattr(f, "__name__", repr(f))


def _one(out: Any) -> Any:
    return 1.0 if not isinstance(out, Tensor) else np.ones(out.shape, out.dtype)


@overload
def value_and_grad(f: Function, argnum: Literal[0] = 0, *, has_aux: Literal[False] = False) -> ValueAndGradient: ...
@overload
def value_and_grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Callable[..., tuple[Any, Any]]: ...
def value_and_grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Function:
    """A function that gives `(f(*args), gradient)`.

    Parameters
    ----------
    f : callable
        Returns one number; with `has_aux`, a pair of one number and anything.
    argnum : int or tuple of int
        The argument to differentiate by. For a tuple, a tuple of gradients.
    has_aux : bool

    Returns
    -------
    callable
        With the arguments of `f`. Lists, tuples and dicts of arrays give gradients of the same structure.

    Examples
    --------
    >>> value_and_grad(lambda p: p["w"] ** 2 * p["b"])({"w": 3.0, "b": 2.0})
    (18.0, {'w': 12.0, 'b': 9.0})
    """
    numbers = argnums(argnum)

    @wraps(f)
    def both(*args: Any, **kwargs: Any) -> Any:
        out, targets = _differentiated(f, args, kwargs, numbers)
        out, aux = out if has_aux else (out, None)
        out = _scalar("grad", f, out)
        found, outside = _cotangents(out, _one(out), targets)
        gradients = _in_form(found, [args[number] for number in numbers])
        number = _only_numbers(args, kwargs)
        value = _result(out, number, outside)
        result = gradients if not isinstance(argnum, (int, np.integer)) else gradients[0]
        return ((value, map_leaves(lambda x: _result(x, number), aux)), result) if has_aux else (value, result)

    return both


@overload
def grad(f: Function, argnum: Literal[0] = 0, *, has_aux: Literal[False] = False) -> Gradient: ...
@overload
def grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Function: ...
def grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False) -> Function:
    """The gradient of a function that returns one number; see `value_and_grad`.

    With `has_aux` the result is `(gradient, aux)`.

    Parameters
    ----------
    f : callable
        Returns one number; with `has_aux`, a pair of one number and anything.
    argnum : int or tuple of int
        The argument to differentiate by. For a tuple, a tuple of gradients.
    has_aux : bool

    Returns
    -------
    callable
        With the arguments of `f`; gives the gradient, in the structure and the shapes of the argument.

    Raises
    ------
    GraphError
        When that is called, where `f` gives more than one number.

    Examples
    --------
    >>> import autograd
    >>> grad(autograd.sin)(0.0), grad(grad(grad(autograd.sin)))(0.0)
    (1.0, -1.0)
    """
    both = value_and_grad(f, argnum, has_aux=has_aux)

    @wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


@overload
def elementwise_grad(f: Function, argnum: Literal[0] = 0) -> Gradient: ...
@overload
def elementwise_grad(f: Function, argnum: Argnum = 0) -> Function: ...
def elementwise_grad(f: Function, argnum: Argnum = 0) -> Function:
    """The gradient of the sum of what `f` returns: of a function that works element by element, its derivative.

    Parameters
    ----------
    f : callable
        Of numbers, arrays or tensors, element by element.
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; gives a derivative in the shape of the argument.

    Examples
    --------
    >>> import numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, 2.0, 3.0]))
    array([2., 4., 6.])
    """

    @wraps(f)
    def total(*args: Any, **kwargs: Any) -> Any:
        return sum_(f(*args, **kwargs))

    return grad(total, argnum)


@overload
def vjp(f: Callable[..., Node], *primals: Any, has_aux: Literal[False] = False) -> tuple[Any, Pullback]: ...
@overload
def vjp(f: Callable[..., R], *primals: Any, has_aux: Literal[False] = False) -> tuple[R, Pullback]: ...
@overload
def vjp(f: Function, *primals: Any, has_aux: Literal[True]) -> tuple[Any, Pullback, Any]: ...
def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """`f(*primals)` and the function that takes a cotangent of it to the cotangents of the primals, as in JAX.

    Parameters
    ----------
    f : callable
    *primals
        Its arguments: numbers, arrays, tensors and structures of them.
    has_aux : bool
        Whether `f` gives a pair, of which the second is passed on.

    Returns
    -------
    out : the result of `f`, in any structure
    pullback : callable
        Takes a cotangent in the structure of `out`; gives a tuple with one for each primal.
    aux : only with `has_aux`

    Examples
    --------
    >>> out, pullback = vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> out, pullback(1.0)
    (6.0, (3.0, 2.0))
    """
    return pulled_back(f, primals, {}, range(len(primals)), has_aux)


def pulled_back(
    f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Sequence[int], has_aux: bool = False
) -> Any:
    """`vjp` by some of the arguments."""
    out, targets = _differentiated(f, args, kwargs, argnums)
    out, aux = out if has_aux else (out, None)
    results, chosen = leaves(out), [args[number] for number in argnums]
    turn = RLock()

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        totals: list[Any] | None = None
        given = leaves_like(out, cotangent, "vjp: the cotangent")
        refuse_masks("vjp", given)
        for result, arriving in zip(results, given, strict=True):
            if shape(result) != np.shape(raw(arriving)):
                raise ShapeError(
                    f"vjp: a cotangent of shape {np.shape(raw(arriving))} for a result of shape {shape(result)}"
                )
            if isinstance(result, Tensor) and not isinstance(arriving, Node):
                arriving = np.asarray(arriving, result.dtype)
            elif isinstance(result, Value) and not isinstance(arriving, Node):
                arriving = float(arriving)
            # Threads that pull back take turns: the leaves are open during a pass alone.
            with turn:
                sent, _ = _cotangents(result, arriving, targets)
            totals = sent if totals is None else [a + b for a, b in zip(totals, sent, strict=True)]
        return _in_form(totals or [_zero(t) for t in targets], chosen)

    number = _only_numbers(args, kwargs)
    # The pullback still reads the results: whoever edits what is given here has a copy.
    plain = map_leaves(lambda x: _own(_result(x, number)), out)
    return (plain, pullback, map_leaves(lambda x: _result(x, number), aux)) if has_aux else (plain, pullback)


def _own(x: Any) -> Any:
    return x.copy() if x.__class__ is np.ndarray else x


@overload
def jvp(f: Callable[..., Node], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]: ...
@overload
def jvp(f: Callable[..., R], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[R, R]: ...
def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """`f(*primals)` and its directional derivative along `tangents`, with JAX's signature.

    The map from a cotangent `u` to `vjp(u)` is linear in `u`; its own reverse pass, applied to the tangents, is the
    forward derivative. So forward mode needs no second set of rules.

    Parameters
    ----------
    f : callable
    primals : sequence
        The arguments of `f`.
    tangents : sequence
        A direction for each, in the same structures and shapes.

    Returns
    -------
    tuple
        The result of `f`, and its derivative along the tangents, in the same structure.

    Raises
    ------
    ShapeError
        Where a tangent has another shape than its primal.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    primals, tangents = tuple(primals), tuple(tangents)
    along = leaves_like(primals, tangents, "jvp: the tangents")
    for primal, tangent in zip(leaves(primals), along, strict=True):
        if np.shape(raw(primal)) != np.shape(raw(tangent)):
            raise ShapeError(
                f"jvp: a tangent of shape {np.shape(raw(tangent))} for a primal of shape {np.shape(raw(primal))}"
            )
    number = _only_numbers(primals, {})

    def forward() -> tuple[Any, Any]:
        lifted, targets = _lift(list(primals))
        out = _called(f, lifted, {}, targets)
        return out, rebuild(out, iter([_unwrapped(_pushed(x, targets, along), number) for x in leaves(out)]))

    out, pushed = call_recorded(forward)
    return map_leaves(lambda x: _result(x, number), out), pushed


def _pushed(result: Any, targets: Sequence[Node], tangents: Sequence[Any]) -> Any:
    """The directional derivative of one result: ⟨vjp(u), tangents⟩ differentiated by the cotangent u."""
    if not isinstance(result, Node):
        return np.zeros_like(result)[()]
    if isinstance(result, Tensor):
        nothing = live(np.zeros(result.shape, result.dtype))
        dummy: Node = nothing if isinstance(nothing, Tensor) else Tensor(nothing, requires_grad=True)
    else:
        dummy = Value(0.0)
    along = [
        _inner(sent, tangent) for sent, tangent in zip(_cotangents(result, dummy, targets)[0], tangents, strict=True)
    ]
    total = _total(along)
    dummy.needs_grad = False
    return _cotangents(total, _one(total), [dummy], towards=True)[0][0]


def _inner(x: Any, y: Any) -> Any:
    return sum_(x * y) if shape(x) else x * y


def _total(parts: Sequence[Any]) -> Any:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of `f` at `primals` times `tangents`, without forming the Hessian: the gradient of ⟨∇f, v⟩.

    Parameters
    ----------
    f : callable
        Returns one number.
    primals, tangents : sequence
        The arguments of `f`, and a direction for each, in the same structure.

    Returns
    -------
    The product in the structure of the primals; without the tuple where there is one primal (JAX's
    `jvp(grad(f), primals, tangents)[1]`).

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: (x ** 3).sum(), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    array([6., 0.])
    """
    primals, tangents = tuple(primals), tuple(tangents)
    numbers, directions = tuple(range(len(primals))), leaves_like(primals, tangents, "hvp: the tangents")

    def along(*args: Any) -> Any:
        gradients = leaves(grad(f, numbers)(*args))
        return _total([_inner(g, t) for g, t in zip(gradients, directions, strict=True)])

    products = grad(along, numbers)(*primals)
    return products[0] if len(primals) == 1 else products


def jacobian(f: Function, argnum: Argnum = 0) -> Function:
    """All the derivatives of all the outputs of `f`, one reverse pass for each output.

    Parameters
    ----------
    f : callable
        Returns numbers, arrays, or a structure of them.
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        Its result has the shape of `f(*args)`, followed by the shape of the argument.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(lambda x: x[:2] * x[2])(np.array([1.0, 2.0, 3.0]))
    array([[3., 0., 1.],
           [0., 3., 2.]])
    """
    numbers = argnums(argnum)

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        out, targets = _differentiated(f, args, kwargs, numbers)

        def of(result: Any) -> Any:
            rows = [_cotangents(result, direction, targets)[0] for direction in _directions(result)]
            columns = [_gathered([row[i] for row in rows], result, target) for i, target in enumerate(targets)]
            trees = _in_form(columns, [args[number] for number in numbers])
            return trees if not isinstance(argnum, (int, np.integer)) else trees[0]

        return map_leaves(of, out)

    return derivatives


def _directions(result: Any) -> list[Any]:
    if not shape(result):
        return [_one(result)]
    return [unit.reshape(result.shape) for unit in np.eye(result.size, dtype=result.dtype)]


def _gathered(rows: list[Any], result: Any, target: Node) -> Any:
    if not shape(result):
        return rows[0]
    whole = (*shape(result), *shape(target))
    if not rows:
        return np.zeros(whole)
    return (stack(rows) if any(isinstance(row, Node) for row in rows) else np.stack(rows)).reshape(whole)


def hessian(f: Function, argnum: Argnum = 0) -> Function:
    """The matrix of second derivatives: the jacobian of the gradient.

    Parameters
    ----------
    f : callable
        Returns one number.
    argnum : int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; gives an array with the shape of the argument twice.

    Examples
    --------
    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnum), argnum)
