"""HIPS autograd's `check_grads`: derivatives along one random direction against finite differences, quick enough to repeat.

`autograd.check` looks at every coordinate, knows kinks, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from autograd.engine.transforms import Argnum, argument_numbers
from autograd.extend import vspace
from autograd.graph.node import raw
from autograd.graph.tree import leaves, leaves_like
from autograd.hips.transforms import make_jvp, make_vjp
from autograd.ops.triangles import reading_both_triangles

TOLERANCE = 1e-6
STEP = 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Whether two numbers are within 1e-6 of each other, or within that share of their sum.

    Parameters
    ----------
    a, b : float

    Returns
    -------
    bool

    Examples
    --------
    >>> from autograd.test_util import scalar_close
    >>> scalar_close(1e9, 1e9 + 1.0), scalar_close(1.0, 1.1)
    (True, False)
    """
    apart = abs(a - b)
    return bool(apart < TOLERANCE or apart < TOLERANCE * abs(a + b))


def check_grads(
    f: Callable[..., Any], argnum: Argnum = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """A function of the arguments of `f` that raises where a derivative of `f` is not that of finite differences.

    It looks along one direction, the same in every run. `autograd.check.check_gradients` looks at all of them.

    Parameters
    ----------
    f : callable
        Of numbers, arrays and structures of them, with a result of these.
    argnum : int or tuple of int
        The argument to differentiate with respect to; as in HIPS autograd, the first by default.
    modes : sequence of {"fwd", "rev"}
    order : int
        Derivatives of derivatives, too, up to this order.

    Raises
    ------
    AssertionError
        With the derivative and the difference.

    Examples
    --------
    >>> check_grads(np.tanh, modes=["rev"], order=2)(np.array([0.5, -1.0]))
    """
    unknown = set(modes) - {"fwd", "rev"}
    if unknown:
        raise ValueError(f"check_grads: modes are 'fwd' and 'rev', not {sorted(unknown)[0]!r}")
    numbers = argument_numbers(argnum)

    def check(*args: Any, **kwargs: Any) -> None:
        def of(*xs: Any) -> Any:
            filled = list(args)
            for number, x in zip(numbers, xs, strict=True):
                filled[number] = x
            return f(*filled, **kwargs)

        with reading_both_triangles():
            _check(of, _name(f), tuple(args[n] for n in numbers), modes, order, np.random.default_rng(0))

    return check


def _check(
    f: Callable[..., Any], name: str, xs: tuple[Any, ...], modes: Sequence[str], order: int, rng: np.random.Generator
) -> None:
    everything, space = tuple(range(len(xs))), vspace(xs)
    direction = space.randn(rng)
    there, here = (f(*space.add(xs, space.scalar_mul(direction, step))) for step in (0.5 * STEP, -0.5 * STEP))
    results = vspace(there)
    weights = results.randn(rng)
    slope = (results.inner_prod(weights, there) - results.inner_prod(weights, here)) / STEP

    def agree(kind: str, found: Any, vectors: Any, along: Any) -> None:
        assert vspace(found) == vectors, f"check_grads: the {kind} of {name} is in {vspace(found)}, not in {vectors}"
        exact = vectors.inner_prod(along, found)
        assert scalar_close(exact, slope), (
            f"check_grads: ({kind}) check of {name} failed: along a random direction the derivative is {exact}, and "
            f"finite differences give {slope}; autograd.check.check_gradients says where. The arguments: {xs}"
        )

    if "fwd" in modes:
        agree("JVP", make_jvp(f, everything)(*xs)(direction)[1], results, weights)
        if order > 1:
            push = lambda *both: make_jvp(f, everything)(*both[: len(xs)])(both[len(xs) :])[1]  # noqa: E731
            _check(push, f"jvp_{name}", (*xs, *space.randn(rng)), modes, order - 1, rng)
    if "rev" in modes:
        pulled = make_vjp(f, everything)(*xs)[0](results.covector(weights))
        agree("VJP", space.covector(pulled), space, direction)
        if order > 1:
            pull = lambda *both: make_vjp(f, everything)(*both[:-1])[0](both[-1])  # noqa: E731
            _check(pull, f"vjp_{name}", (*xs, results.randn(rng)), modes, order - 1, rng)


def check_equivalent(x: Any, y: Any) -> None:
    """Raise AssertionError unless two structures have the same shapes and, nearly, the same numbers.

    Parameters
    ----------
    x, y : numbers, arrays, or structures of them

    Raises
    ------
    AssertionError
        Where they differ by more than rounding.

    Examples
    --------
    >>> from autograd.test_util import check_equivalent
    >>> check_equivalent([1.0, 2.0], [1.0, 2.0 + 1e-12])
    """
    assert vspace(x) == vspace(y), f"{vspace(x)} and {vspace(y)} differ"
    for a, b in zip(leaves(x), leaves_like(x, y), strict=True):
        np.testing.assert_allclose(raw(a), raw(b), rtol=1e-6, atol=1e-6)


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", repr(f))


def combo_check(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., None]:
    """`check_grads(fun, …)` at every combination of the arguments that are given, each as a list.

    Parameters
    ----------
    fun : callable
    *args, **kwargs
        Of `check_grads`.

    Returns
    -------
    callable
        Of lists of arguments, every combination of which is checked.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.test_util import combo_check
    >>> combo_check(np.multiply, modes=['rev'])([1.0, 2.0], [3.0])
    """

    def check(*lists: Any, **named: Any) -> None:
        keys = list(named)
        for chosen in product(*lists):
            for values in product(*named.values()):
                check_grads(fun, *args, **kwargs)(*chosen, **dict(zip(keys, values, strict=True)))

    return check
