"""`jacfwd`: the Jacobian by forward mode, all columns at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from autograd.engine.forward import linearize
from autograd.engine.lifting import Function, only_numbers, unwrap
from autograd.engine.transforms import Argnum, argument_numbers
from autograd.engine.vmap import vmap
from autograd.errors import OperandError
from autograd.graph.node import raw
from autograd.graph.tree import leaves, map_leaves, rebuild
from autograd.ops.complex_numbers import is_complex
from autograd.ops.shape import reshape, shape


def jacfwd(f: Function, argnum: Argnum = 0, *, has_aux: bool = False, argnums: Argnum | None = None) -> Function:
    """All the derivatives of all the outputs of `f`, along all inputs at once, in forward mode.

    It costs less than `jacobian` where there are fewer inputs than outputs.

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

    Returns
    -------
    callable
        Its result has the shape of `f(*args)`, followed by the shape of the argument; with `has_aux` it is a pair of
        that and what `f` gave beside.

    Raises
    ------
    OperandError
        When that is called, for complex numbers, of which there are two directions.

    References
    ----------
    JAX's function of this name.

    Examples
    --------
    >>> import numpy as np
    >>> jacfwd(lambda x: x[:2] * x[2])(np.array([1.0, 2.0, 3.0]))
    array([[3., 0., 1.],
           [0., 3., 2.]])
    """
    argnum = argnum if argnums is None else argnums
    numbers = argument_numbers(argnum)

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        def of_chosen(*chosen: Any) -> Any:
            given = list(args)
            for number, x in zip(numbers, chosen, strict=True):
                given[number] = x
            return f(*given, **kwargs)

        chosen = [args[number] for number in numbers]
        inputs = leaves(chosen)
        out, push, *aux = linearize(of_chosen, *chosen, has_aux=has_aux)
        if any(map(is_complex, [*inputs, *leaves(out)])):
            raise OperandError(
                "jacfwd: a complex number moves in two directions: take jvp along each, or holomorphic_grad"
            )
        columns = [leaves(column) for column in _columns(push, chosen, inputs)]

        def of(k: int) -> Any:
            trees = [rebuild(part, found) for found in [iter([column[k] for column in columns])] for part in chosen]
            return trees[0] if isinstance(argnum, (int, np.integer)) else tuple(trees)

        found = rebuild(out, iter([of(k) for k in range(len(leaves(out)))]))
        found = map_leaves(partial(unwrap, number=only_numbers(args, kwargs)), found)
        return (found, *aux) if has_aux else found

    return derivatives


def _columns(push: Callable[..., Any], chosen: list[Any], inputs: list[Any]) -> list[Any]:
    """For each input the tangents of the results along each of its elements, in the shape of the result and then of the input."""
    zeros = [np.zeros(np.shape(raw(x)), np.result_type(getattr(raw(x), "dtype", float), np.float16)) for x in inputs]
    found = []
    for i, zero in enumerate(zeros):

        def along(direction: Any, i: int = i, zero: Any = zero) -> Any:
            parts = iter([reshape(direction, zero.shape) if k == i else other for k, other in enumerate(zeros)])
            return push(*(rebuild(part, parts) for part in chosen))

        columns = vmap(along, out_axes=-1)(np.eye(zero.size, dtype=zero.dtype))
        found.append(map_leaves(partial(_unfold, zero.shape), columns))
    return found


def _unfold(lengths: tuple[int, ...], x: Any) -> Any:
    """The last axis as those of an argument."""
    return reshape(x, (*shape(x)[:-1], *lengths))
