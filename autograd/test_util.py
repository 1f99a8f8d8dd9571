"""HIPS autograd's `check_grads`, on the checks of `autograd.check`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from autograd.check import check_gradients
from autograd.engine.transforms import Argnum, argnums
from autograd.extend import vspace
from autograd.graph.node import raw
from autograd.graph.tree import leaves, leaves_like
from autograd.hips import make_jvp, make_vjp


def check_grads(
    f: Callable[..., Any], argnum: Argnum = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """A function of the arguments of `f` that raises where a derivative of `f` is not that of finite differences.

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
        With the table of the coordinates, the worst first.

    Examples
    --------
    >>> check_grads(np.tanh, modes=["rev"], order=2)(np.array([0.5, -1.0]))
    """
    unknown = set(modes) - {"fwd", "rev"}
    if unknown:
        raise ValueError(f"check_grads: modes are 'fwd' and 'rev', not {sorted(unknown)[0]!r}")
    numbers = argnums(argnum)

    def check(*args: Any, **kwargs: Any) -> None:
        chosen = tuple(args[n] for n in numbers)

        def of(*xs: Any) -> Any:
            filled = list(args)
            for number, x in zip(numbers, xs, strict=True):
                filled[number] = x
            return f(*filled, **kwargs)

        _check(of, chosen, modes, order, 0)

    return check


def _check(f: Callable[..., Any], xs: tuple[Any, ...], modes: Sequence[str], order: int, seed: int) -> None:
    everything = tuple(range(len(xs)))
    out = f(*xs)
    weights = vspace(out).randn(seed)

    def weighted(*args: Any) -> Any:
        return sum((np.sum(a * w) for a, w in zip(leaves(f(*args)), leaves(weights), strict=True)))

    if "rev" in modes:
        report = check_gradients(weighted, *xs)
        assert report, f"check_grads of {_name(f)}, reverse: {report}"
    directions = tuple(vspace(x).randn(seed + 1 + i) for i, x in enumerate(xs))
    if "fwd" in modes:

        def along(t: Any) -> Any:
            moved = (vspace(x).add(x, vspace(x).scalar_mul(v, t)) for x, v in zip(xs, directions, strict=True))
            return weighted(*moved)

        slope = make_jvp(weighted, everything)(*xs)(directions)[1]
        report = check_gradients(along, 0.0, grad=lambda t: slope)
        assert report, f"check_grads of {_name(f)}, forward: {report}"
    if order > 1:
        if "rev" in modes:
            _check(lambda *args: make_vjp(f, everything)(*args)[0](weights), xs, modes, order - 1, seed + 10)
        if "fwd" in modes:
            _check(lambda *args: make_jvp(f, everything)(*args)(directions)[1], xs, modes, order - 1, seed + 20)


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
