"""`grad` and its kin: functions that take a function and give one that computes its derivatives.

Raw numbers in, raw numbers out. Where a derivative depends on a node that something outside differentiates, the reverse
pass records itself and a node comes out; so the transforms nest to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from threading import RLock
from typing import Any, Literal, Protocol, TypeVar, overload

import numpy as np

from autograd.engine.lifting import (
    Function,
    Pass,
    call_on_fresh_nodes,
    copy_array,
    cotangents,
    inner_product,
    one,
    only_numbers,
    rebuild_like,
    release,
    split_aux,
    total,
    zero,
)
from autograd.engine.sparse import sparse_jacobian
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import NotOneNumberError, OperandError, ShapeError, type_name
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.graph.tree import leaves, leaves_like, map_leaves
from autograd.ops.complex_numbers import is_complex, real, refuse_imaginary
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import shape, stack

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


def argument_numbers(argnum: Argnum) -> tuple[int, ...]:
    """The numbers of the arguments to differentiate with respect to, one or several, as a tuple.

    Examples
    --------
    >>> argument_numbers(0), argument_numbers([0, 2])
    ((0,), (0, 2))
    """
    return (argnum,) if isinstance(argnum, (int, np.integer)) else tuple(argnum)


def _scalar(name: str, f: Function, out: Any) -> Any:
    if isinstance(out, (bool, np.bool_)):
        raise OperandError(f"{name}: {_name(f)} must return one number, not {out}, which has no derivative")
    if not isinstance(out, Node):
        try:
            float(out)
        except (TypeError, ValueError):
            raise OperandError(f"{name}: {_name(f)} must return one number, not {type_name(out)}") from None
    elif np.size(raw(out)) != 1:
        raise NotOneNumberError(
            f"{name}: {_name(f)} must return one number, not shape {shape(out)}; see jacobian, vjp and elementwise_grad"
        )
    elif is_complex(out):
        raise OperandError(
            f"{name}: {_name(f)} returned a complex number, and a loss is real: return its real, imag or abs, or see "
            "holomorphic_grad"
        )
    return out


def _name(f: Function) -> str:
    return getattr(f, "__name__", repr(f))


@overload
def value_and_grad(f: Function, argnum: Literal[0] = 0, *, has_aux: Literal[False] = False) -> ValueAndGradient: ...
@overload
def value_and_grad(
    f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None
) -> Callable[..., tuple[Any, Any]]: ...
def value_and_grad(
    f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None
) -> Function:
    """A function that gives `(f(*args), gradient)`.

    Parameters
    ----------
    f : callable
        Returns one number; with `has_aux`, a pair of one number and anything.
    argnum : int or tuple of int
        The argument to differentiate with respect to. A tuple of numbers gives a tuple of gradients.
    argnums : int or tuple of int, optional
        JAX's name for it.
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
    argnum = argnum if argnums is None else argnums
    return wraps(f)(_both(f, argnum, has_aux))


def _both(f: Function, argnum: Argnum, has_aux: bool) -> Function:
    numbers = argument_numbers(argnum)

    def both(*args: Any, **kwargs: Any) -> Any:
        out, targets = call_on_fresh_nodes(f, args, kwargs, numbers)
        out, aux = split_aux(out, has_aux)
        out = _scalar("grad", f, out)
        found, outside = cotangents(out, one(out), targets)
        gradients = rebuild_like(found, [args[number] for number in numbers])
        number = only_numbers(args, kwargs)
        value = release(out, number, outside)
        result = gradients if not isinstance(argnum, (int, np.integer)) else gradients[0]
        return ((value, map_leaves(lambda x: release(x, number), aux)), result) if has_aux else (value, result)

    return both


@overload
def grad(f: Function, argnum: Literal[0] = 0, *, has_aux: Literal[False] = False) -> Gradient: ...
@overload
def grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None) -> Function: ...
def grad(f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None) -> Function:
    """The gradient of a function that returns one number; see `value_and_grad`.

    With `has_aux` the result is `(gradient, aux)`.

    Parameters
    ----------
    f : callable
        Returns one number; with `has_aux`, a pair of one number and anything.
    argnum : int or tuple of int
        The argument to differentiate with respect to. A tuple of numbers gives a tuple of gradients.
    argnums : int or tuple of int, optional
        JAX's name for it.
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
    argnum = argnum if argnums is None else argnums
    both = _both(f, argnum, has_aux)

    @wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def holomorphic_grad(f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Function:
    """The derivative of a function of complex numbers that has one: f'(z), a complex number.

    That of other functions depends on the direction; see `grad` of their real and of their imaginary parts.

    Parameters
    ----------
    f : callable
        Of complex numbers; returns one.
    argnum : int or tuple of int
        The argument to differentiate with respect to.
    argnums : int or tuple of int, optional
        JAX's name for it.

    Returns
    -------
    callable
        With the arguments of `f`.

    Raises
    ------
    OperandError
        When that is called with real numbers to differentiate with respect to.

    References
    ----------
    The name and the meaning are those of HIPS autograd.

    Examples
    --------
    >>> holomorphic_grad(lambda z: z**2)(1.0 + 2.0j)
    (2+4j)
    """
    argnum = argnum if argnums is None else argnums

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        for number in argument_numbers(argnum):
            if not all(map(is_complex, leaves(args[number]))):
                raise OperandError(
                    f"holomorphic_grad: argument {number + 1} of {_name(f)} is real: give complex numbers, such as x + 0j, or see grad"
                )
        return grad(wraps(f)(lambda *args, **kwargs: real(f(*args, **kwargs))), argnum)(*args, **kwargs)

    return derivative


@overload
def elementwise_grad(f: Function, argnum: Literal[0] = 0) -> Gradient: ...
@overload
def elementwise_grad(f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Function: ...
def elementwise_grad(f: Function, argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Function:
    """The gradient of the sum of what `f` returns: of a function that works element by element, its derivative.

    Parameters
    ----------
    f : callable
        Of numbers, arrays or tensors, element by element.
    argnum : int or tuple of int
        The argument to differentiate by.
    argnums : int or tuple of int, optional
        JAX's name for it.

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
    argnum = argnum if argnums is None else argnums

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
    out, targets = call_on_fresh_nodes(f, args, kwargs, argnums)
    out, aux = split_aux(out, has_aux)
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
            if isinstance(result, Tensor):
                refuse_imaginary("vjp: the cotangent", arriving, result.dtype)
            if isinstance(result, Tensor) and not isinstance(arriving, Node):
                arriving = np.asarray(arriving, result.dtype)
            elif isinstance(result, Value) and not isinstance(arriving, Node):
                arriving = float(arriving)
            # Threads that pull back take turns: the leaves are open during a pass alone.
            with turn:
                sent, _ = cotangents(result, arriving, targets)
            totals = sent if totals is None else [a + b for a, b in zip(totals, sent, strict=True)]
        return rebuild_like(totals or [zero(t) for t in targets], chosen)

    number = only_numbers(args, kwargs)
    # The pullback still reads the results: whoever edits what is given here has a copy.
    plain = map_leaves(lambda x: copy_array(release(x, number)), out)
    return (plain, pullback, map_leaves(lambda x: release(x, number), aux)) if has_aux else (plain, pullback)


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
    tuple
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
        return total([inner_product(g, t) for g, t in zip(gradients, directions, strict=True)])

    products = grad(along, numbers)(*primals)
    return products[0] if len(primals) == 1 else products


def jacobian(
    f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None, sparse: bool = False
) -> Function:
    """All the derivatives of all the outputs of `f`, one reverse pass for each output.

    Parameters
    ----------
    f : callable
        Returns numbers, arrays, or a structure of them.
    argnum : int or tuple of int
        The argument to differentiate by.
    argnums : int or tuple of int, optional
        JAX's name for it.
    has_aux : bool
        Whether `f` gives a pair, of which the second is passed on.
    sparse : bool
        Give matrices of SciPy (the `train` extra has it). Which elements can differ from 0 is found in the recorded graph,
        and one pass gives as many of them as do not overlap: for a chain of any length three are enough.

    Returns
    -------
    callable
        Its result has the shape of `f(*args)`, followed by the shape of the argument; with `has_aux` it is a pair of
        that and what `f` gave beside. With `sparse` it is a `scipy.sparse.csr_array` of the shape (size of the result,
        size of the argument), elements in C order.

    Raises
    ------
    OperandError
        When that is called, for complex results; with `sparse` without SciPy, and inside another transform.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(lambda x: x[:2] * x[2])(np.array([1.0, 2.0, 3.0]))
    array([[3., 0., 1.],
           [0., 3., 2.]])
    >>> chain = jacobian(lambda x: x[1:] * x[:-1], sparse=True)(np.arange(1000.0))
    >>> chain.shape, chain.nnz
    ((999, 1000), 1998)
    """
    argnum = argnum if argnums is None else argnums
    numbers = argument_numbers(argnum)
    if sparse:
        return sparse_jacobian(f, numbers, not isinstance(argnum, (int, np.integer)), has_aux, symmetric=False)

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        out, targets = call_on_fresh_nodes(f, args, kwargs, numbers)
        out, aux = split_aux(out, has_aux)

        def of(result: Any) -> Any:
            if is_complex(result):
                raise OperandError(
                    f"jacobian: {_name(f)} gave complex numbers, as a gradient by some is: take the Jacobian of their real and of their "
                    "imag, or of second derivatives the product with a vector, hvp"
                )
            if isinstance(result, Node):
                way = Pass(result, targets)
                rows = [way.take(direction) for direction in _directions(result)]
                columns = [_gather([row[i] for row in rows], result, target) for i, target in enumerate(targets)]
            else:
                columns = [_nothing(result, target) for target in targets]
            trees = rebuild_like(columns, [args[number] for number in numbers])
            return trees if not isinstance(argnum, (int, np.integer)) else trees[0]

        found = map_leaves(of, out)
        return (found, map_leaves(release, aux)) if has_aux else found

    return derivatives


# JAX's name for it.
jacrev = jacobian


def _directions(result: Any) -> Iterator[Any]:
    """The cotangents that ask for one element of the result each, made one at a time: all of them are a square matrix."""
    if not shape(result):
        yield one(result)
        return
    for place in range(np.size(raw(result))):
        unit = np.zeros(result.shape, result.dtype)
        unit.flat[place] = 1.0
        yield unit


def _nothing(result: Any, target: Node) -> Any:
    """The derivatives of a result that depends on nothing."""
    nothing = zero(target)
    return np.zeros((*shape(result), *shape(nothing)), getattr(nothing, "dtype", float)) if shape(result) else nothing


def _gather(rows: list[Any], result: Any, target: Node) -> Any:
    if not shape(result):
        return rows[0]
    whole = (*shape(result), *shape(target))
    if not rows:
        return np.zeros(whole)
    return (stack(rows) if any(isinstance(row, Node) for row in rows) else np.stack(rows)).reshape(whole)


def hessian(
    f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None, sparse: bool = False
) -> Function:
    """The matrix of second derivatives: the jacobian of the gradient.

    Parameters
    ----------
    f : callable
        Returns one number.
    argnum : int
        The argument to differentiate by.
    argnums : int or tuple of int, optional
        JAX's name for it.
    has_aux : bool
        Whether `f` gives a pair, of which the second is passed on.
    sparse : bool
        Give matrices of SciPy, as `jacobian` does. Since they are symmetric, fewer passes are needed still.

    Returns
    -------
    callable
        With the arguments of `f`; gives an array with the shape of the argument twice, and with `has_aux` a pair of that and
        what `f` gave beside. With `sparse` it is a `scipy.sparse.csr_array` of the shape (size, size).

    Examples
    --------
    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    >>> rosenbrock = lambda x: (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()
    >>> hessian(rosenbrock, sparse=True)(np.ones(3)).toarray()
    array([[ 802., -400.,    0.],
           [-400., 1002., -400.],
           [   0., -400.,  200.]])
    """
    argnum = argnum if argnums is None else argnums
    gradient = grad(f, argnum, has_aux=has_aux)
    if sparse:
        several = not isinstance(argnum, (int, np.integer))
        return sparse_jacobian(gradient, argument_numbers(argnum), several, has_aux, symmetric=True)
    return jacobian(gradient, argnum, has_aux=has_aux)
